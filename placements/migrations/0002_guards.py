"""Sums over rows, which no key can say: a vacancy's FTE and a worker's week. And facts that stay as they were entered.

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
                   and one.starts_on between greatest(other.starts_on, other.handover_until + 1) and other.ends_on) as hours
          from (select starts_on from placements_placement
                 where vacancy_id = vacancy and did_not_start_at is null and voided_at is null
                union select handover_until + 1 from placements_placement
                 where vacancy_id = vacancy and did_not_start_at is null and voided_at is null and handover_until is not null) one) at_once;
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
    did_not_start_at, voided_at, handover_until on placements_placement for each row execute function placements_check_hours();

create function placements_check_vacancy_hours() returns trigger language plpgsql as $$
begin
    perform placements_check_vacancy(new.id);
    return null;
end $$;
create trigger check_vacancy_hours after update of hours_per_week on recruitment_vacancy
    for each row when (new.hours_per_week < old.hours_per_week) execute function placements_check_vacancy_hours();
"""

FACTS = """
-- The mark of a placement stays: how it came to stand, whose it is, and what it follows.
create function placements_placement_stands() returns trigger language plpgsql as $$
declare
    correction recruitment_correction;
    named text[] := '{}';
begin
    if new.corrected_by_id is distinct from old.corrected_by_id then
        correction := recruitment_confirmed_correction(new.corrected_by_id, 'placement');
        if correction.subject_id is distinct from old.id then
            raise exception 'no correction' using errcode = '23514', constraint = 'placement_corrected_by_its_correction';
        end if;
        named := array(select jsonb_object_keys(correction.after));
    end if;
    if recruitment_differences(to_jsonb(old), to_jsonb(new))
        && array(select unnest(array['worker_id', 'starts_on', 'hours_per_week']) except select unnest(named))
    then
        raise exception 'as booked' using errcode = '23514', constraint = 'placement_as_booked';
    end if;
    if recruitment_differences(to_jsonb(old), to_jsonb(new))
        && array['basis', 'release_id', 'round_id', 'vacancy_id', 'contract_id', 'batch_id', 'proof_held', 'continues_id', 'continues_as', 'booked_by_id',
                 'booked_at', 'pattern', 'supply_mode', 'supplying_agency_id', 'reference']
        or (old.basis = 'breach' and (new.voided_at is not null or new.did_not_start_at is not null))
        or (old.unproved_by_id is not null and new.unproved_by_id is distinct from old.unproved_by_id)
    then
        raise exception 'as booked' using errcode = '23514', constraint = 'placement_as_booked';
    end if;
    return new;
end $$;
create trigger placement_stands before update on placements_placement
    for each row execute function placements_placement_stands();

create trigger breach_stands before update on placements_breach
    for each row execute function recruitment_columns_stay('breach_stays', 'id', 'reference', 'placement_id', 'kind', 'correction_id',
        'since', 'found_on', 'how_found', 'recorded_by_id', 'recorded_at');
create trigger breach_approval_stands before update on placements_breach
    for each row when (old.approved_at is not null)
    execute function recruitment_columns_stay('breach_stays', 'approved_at', 'approved_by_id', 'approval_reason');

create trigger hire_stands before update on placements_hire
    for each row execute function recruitment_columns_stay('hire_as_recorded', 'id', 'reference', 'vacancy_id', 'round_id',
        'release_id', 'contract_id', 'worker_id', 'converts_id', 'fee', 'entry_id', 'recorded_by_id', 'recorded_at');

create trigger proposal_stands before update on placements_extensionproposal
    for each row execute function recruitment_columns_stay('extension_is_final', 'id', 'placement_id', 'ends_on', 'reason',
        'recruitment_state', 'rechecked_on', 'recheck_note', 'proposed_by_id', 'proposed_at');
create trigger proposal_is_decided before update on placements_extensionproposal
    for each row when (old.decision <> '') execute function recruitment_refuse('extension_is_final');

-- Closed for good: nothing comes to the batch and it does not open again.
create trigger batch_stays_closed before update or delete on placements_broughtforward
    for each row when (old.closed_at is not null) execute function recruitment_refuse('brought_forward_is_closed');

create function placements_batch_is_open() returns trigger language plpgsql as $$
declare batch placements_broughtforward;
begin
    if new.batch_id is null then
        return new;
    end if;
    select * into batch from placements_broughtforward where id = new.batch_id for share;
    if batch.closed_at is not null then
        raise exception 'closed' using errcode = '23514', constraint = 'brought_forward_is_closed';
    end if;
    if not (batch.on between new.starts_on and new.ends_on) then
        raise exception 'not live' using errcode = '23514', constraint = 'brought_forward_was_live';
    end if;
    return new;
end $$;
create trigger batch_is_open before insert on placements_placement
    for each row execute function placements_batch_is_open();

-- At the end of the action: what stands without proof is marked, and the days of a placement are those agreed for it.
create function placements_is_whole() returns trigger language plpgsql as $$
declare
    number bigint := case tg_argv[0] when 'placement' then (to_jsonb(new) ->> 'id')::bigint else (to_jsonb(new) ->> 'placement_id')::bigint end;
    placement placements_placement;
    agreed record;
begin
    select * into placement from placements_placement where id = number;
    if placement.voided_at is not null or placement.did_not_start_at is not null then
        return null;
    end if;
    select min(starts_on) as first, max(coalesce(cut_on, ends_on)) as last,
           bool_and(contract_id is not distinct from placement.contract_id) as same
      into agreed from placements_placementperiod where placement_id = number and coalesce(cut_on, ends_on) >= starts_on;
    if not agreed.same or placement.starts_on < agreed.first or placement.ends_on > agreed.last
        or (placement.ended_early_at is null and placement.ends_on <> agreed.last)
        or agreed.first is null
    then
        raise exception 'other days' using errcode = '23514', constraint = 'placement_days_are_agreed';
    end if;
    if (placement.basis = 'breach' or placement.unproved_by_id is not null or exists (
            select 1 from recruitment_release where id = placement.release_id and unproved_by_id is not null))
        and not exists (select 1 from placements_breach where placement_id = number)
    then
        raise exception 'unmarked' using errcode = '23514', constraint = 'placement_without_proof_is_marked';
    end if;
    return null;
end $$;
create constraint trigger placement_is_whole after insert or update on placements_placement
    deferrable initially deferred for each row execute function placements_is_whole('placement');
create constraint trigger period_is_whole after insert or update on placements_placementperiod
    deferrable initially deferred for each row execute function placements_is_whole('period');

create function placements_release_is_marked() returns trigger language plpgsql as $$
begin
    if exists (select 1 from placements_placement p where p.release_id = new.id and p.voided_at is null and p.did_not_start_at is null
                  and not exists (select 1 from placements_breach b where b.placement_id = p.id)) then
        raise exception 'unmarked' using errcode = '23514', constraint = 'placement_without_proof_is_marked';
    end if;
    return null;
end $$;
create constraint trigger release_is_marked after update of unproved_by_id on recruitment_release
    deferrable initially deferred for each row when (new.unproved_by_id is not null) execute function placements_release_is_marked();
"""

UNDO = """
drop trigger release_is_marked on recruitment_release;
drop function placements_release_is_marked();
drop trigger period_is_whole on placements_placementperiod;
drop trigger placement_is_whole on placements_placement;
drop function placements_is_whole();
drop trigger proposal_is_decided on placements_extensionproposal;
drop trigger proposal_stands on placements_extensionproposal;
drop trigger hire_stands on placements_hire;
drop trigger breach_approval_stands on placements_breach;
drop trigger batch_is_open on placements_placement;
drop function placements_batch_is_open();
drop trigger batch_stays_closed on placements_broughtforward;
drop trigger breach_stands on placements_breach;
drop trigger placement_stands on placements_placement;
drop function placements_placement_stands();
drop trigger check_vacancy_hours on recruitment_vacancy;
drop function placements_check_vacancy_hours();
drop trigger check_hours on placements_placement;
drop function placements_check_hours();
drop function placements_check_vacancy(bigint);
drop function placements_take_turn(text);
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0001_initial"), ("recruitment", "0002_guards")]
    operations = [migrations.RunSQL(HOURS + FACTS, UNDO)]
