"""Sums over rows, which no key can say: a vacancy's FTE and a worker's week.

Each check first takes its turn by updating a row of `placements_turn`, so that two transactions cannot both read a state
without the other's booking, in any isolation level.
"""

from django.db import migrations

HOURS = """
create function placements_take_turn(subject_name text) returns void
language sql security definer set search_path = public as $$
    insert into placements_turn (subject, turn) values (subject_name, 1)
    on conflict (subject) do update set turn = placements_turn.turn + 1;
$$;

create function placements_check_vacancy(vacancy bigint) returns void language plpgsql as $$
declare most numeric; wanted numeric;
begin
    perform placements_take_turn('vacancy ' || vacancy);
    select hours_per_week into wanted from recruitment_vacancy where id = vacancy;  -- as it is now that the turn is ours
    select max(at_once.hours) into most from (
        select (select sum(other.hours_per_week) from placements_placement other
                 where other.vacancy_id = vacancy and other.did_not_start_at is null and other.voided_at is null
                   and one.starts_on between other.starts_on and other.ends_on) as hours
          from placements_placement one
         where one.vacancy_id = vacancy and one.did_not_start_at is null and one.voided_at is null) at_once;
    if most > wanted then
        raise exception 'more than the FTE' using errcode = '23514', constraint = 'placement_within_fte';
    end if;
end $$;

create function placements_check_hours() returns trigger language plpgsql as $$
declare most numeric; weekly numeric;
begin
    if new.did_not_start_at is not null or new.voided_at is not null then
        return null;
    end if;
    perform placements_check_vacancy(new.vacancy_id);
    perform placements_take_turn('worker ' || new.worker_id);
    select worker_weekly_hours_limit into weekly from council_council where id = 1;
    select max(at_once.hours) into most from (
        select (select sum(other.hours_per_week) from placements_placement other
                 where other.worker_id = new.worker_id and other.did_not_start_at is null and other.voided_at is null
                   and one.starts_on between other.starts_on and other.ends_on) as hours
          from placements_placement one
         where one.worker_id = new.worker_id and one.did_not_start_at is null and one.voided_at is null) at_once;
    if most > coalesce(weekly, 48) then
        raise exception 'more than the weekly limit'
            using errcode = '23514', constraint = 'placement_worker_within_weekly_limit';
    end if;
    return null;
end $$;
create trigger check_hours after insert or update of vacancy_id, worker_id, hours_per_week, starts_on, ends_on,
    did_not_start_at, voided_at on placements_placement for each row execute function placements_check_hours();

create function placements_check_vacancy_hours() returns trigger language plpgsql as $$
begin
    perform placements_check_vacancy(new.id);
    return null;
end $$;
create trigger check_vacancy_hours after update of hours_per_week on recruitment_vacancy
    for each row when (new.hours_per_week < old.hours_per_week) execute function placements_check_vacancy_hours();
"""

UNDO = """
drop trigger check_vacancy_hours on recruitment_vacancy;
drop function placements_check_vacancy_hours();
drop trigger check_hours on placements_placement;
drop function placements_check_hours();
drop function placements_check_vacancy(bigint);
drop function placements_take_turn(text);
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0002_initial")]
    operations = [migrations.RunSQL(HOURS, UNDO)]
