"""What a key or a CHECK cannot say: kept totals of a contract, and answers that stay as they were given.

Plain triggers, owned by the owner of the tables: `SET LOCAL pgtrigger.ignore` cannot open them. The functions that keep
totals run as the owner (SECURITY DEFINER), because the site's role may not write those tables.
"""

from django.db import migrations

ACCOUNT = """
create function recruitment_open_account() returns trigger language plpgsql security definer set search_path = public as $$
begin
    insert into recruitment_contractaccount (contract_id, exposure) values (new.id, 0);
    return null;
end $$;
create trigger open_account after insert on recruitment_contract
    for each row execute function recruitment_open_account();

create function recruitment_approval_in_force() returns trigger language plpgsql security definer set search_path = public as $$
begin
    perform 1 from recruitment_contractaccount where contract_id = new.contract_id for update;  -- one approval after the other
    update recruitment_contractaccount account
       set approved_value = latest.value, ends_on = latest.ends_on
      from (select value, ends_on from recruitment_contractapproval where contract_id = new.contract_id
             order by decided_on desc, id desc limit 1) latest
     where account.contract_id = new.contract_id;
    return null;
end $$;
create trigger approval_in_force after insert on recruitment_contractapproval
    for each row execute function recruitment_approval_in_force();

create function recruitment_keep_totals() returns trigger language plpgsql security definer set search_path = public as $$
declare moved record;
begin
    for moved in
        select contract_id,
               sum(case when taken_from = '' then amount when put_into = '' then -amount else 0 end) as change,
               bool_or(put_into = 'committed') as commits
          from entries group by contract_id order by contract_id
    loop
        update recruitment_contractaccount set exposure = exposure + moved.change where contract_id = moved.contract_id;
        if moved.commits and exists (
            select 1 from recruitment_contractaccount where contract_id = moved.contract_id and exposure > approved_value
        ) then
            raise exception 'beyond the approved value'
                using errcode = '23514', constraint = 'contract_exposure_within_approved_value';
        end if;
    end loop;
    insert into recruitment_accountmonth (contract_id, month, added, released)
        select contract_id, period,
               sum(case when taken_from = '' then amount else 0 end), sum(case when put_into = '' then amount else 0 end)
          from entries where taken_from = '' or put_into = '' group by contract_id, period order by contract_id, period
        on conflict (contract_id, month) do update
            set added = recruitment_accountmonth.added + excluded.added,
                released = recruitment_accountmonth.released + excluded.released;
    return null;
end $$;
create trigger keep_totals after insert on recruitment_accountentry
    referencing new table as entries for each statement execute function recruitment_keep_totals();
"""

ANSWERS = """
create function recruitment_differences(before jsonb, after jsonb) returns text[] language sql immutable as $$
    select coalesce(array_agg(n.key), '{}') from jsonb_each(after) n where n.value is distinct from before -> n.key;
$$;

-- For a trigger: the columns named after the constraint stay as they are.
create function recruitment_columns_stay() returns trigger language plpgsql as $$
begin
    if recruitment_differences(to_jsonb(old), to_jsonb(new)) && tg_argv[1:] then
        raise exception 'as recorded' using errcode = '23514', constraint = tg_argv[0];
    end if;
    return new;
end $$;

-- For a trigger with a condition: the row stays whole.
create function recruitment_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'as recorded' using errcode = '23514', constraint = tg_argv[0];
end $$;

create function recruitment_confirmed_correction(number bigint, of text) returns recruitment_correction
language sql stable as $$
    select * from recruitment_correction where id = number and decision = 'confirmed' and subject = of;
$$;

-- What was sent stays as it was sent, and an answer as it was given, unless a confirmed correction names the field.
create function recruitment_release_stands() returns trigger language plpgsql as $$
declare
    correction recruitment_correction;
    changed text[] := recruitment_differences(to_jsonb(old), to_jsonb(new));
    kept text[] := array['proof', 'standing', 'failed', 'proof_position', 'proof_failed', 'needs_direct'];  -- generated
    always text[] := array['order_number', 'version', 'voided_at', 'voided_by_id', 'void_reason', 'corrected_by_id',
        'unproved_by_id', 'proof_rate', 'proof_answered_at'];  -- the last two agree with the proof by a key
    answer text[] := array['outcome', 'answered_at', 'answer_recorded_at', 'answered_by_id', 'answer_late_reason', 'reason', 'note',
        'rate_asked', 'declined_on', 'declined_sender', 'declined_text', 'supply_mode', 'supplying_agency_id', 'own_supply',
        'brokered_supply', 'agencies_approached'];
    falling text[] := array['outcome', 'fell_through_at', 'fell_through_by_id', 'fell_through_reason',
        'fell_through_recorded_at', 'fell_through_late_reason'];
    allowed text[] := kept || always;
begin
    if old.outcome = 'open' then
        allowed := allowed || answer;
    elsif old.outcome = 'secured' and new.outcome = 'fell_through' then
        allowed := allowed || falling;
    end if;
    if new.corrected_by_id is distinct from old.corrected_by_id then
        correction := recruitment_confirmed_correction(new.corrected_by_id, 'release');
        if correction.subject_id is distinct from old.id then
            raise exception 'no correction' using errcode = '23514', constraint = 'release_corrected_by_its_correction';
        end if;
        allowed := allowed || array(select jsonb_object_keys(correction.after));
    end if;
    if not (changed && array(select jsonb_object_keys(to_jsonb(new)) except select unnest(allowed))) then
        null;
    elsif changed && array(select unnest(answer || falling) except select unnest(allowed)) then
        raise exception 'answered' using errcode = '23514', constraint = 'release_answer_is_final';
    else
        raise exception 'as sent' using errcode = '23514', constraint = 'release_as_sent';
    end if;
    if new.unproved_by_id is distinct from old.unproved_by_id then
        correction := recruitment_confirmed_correction(new.unproved_by_id, 'release');
        if old.unproved_by_id is not null or correction.id is null
            or (correction.subject_id is distinct from old.rests_on_id and not exists (
                select 1 from recruitment_release where id = old.rests_on_id and unproved_by_id = correction.id)) then
            raise exception 'unproved' using errcode = '23514', constraint = 'release_unproved_by_its_proof';
        end if;
    end if;
    if old.voided_at is not null and new.voided_at is distinct from old.voided_at then
        raise exception 'voided' using errcode = '23514', constraint = 'release_answer_is_final';
    end if;
    return new;
end $$;
create trigger release_stands before update on recruitment_release
    for each row execute function recruitment_release_stands();

-- A correction is written once and decided once.
create trigger correction_stands before update on recruitment_correction
    for each row execute function recruitment_columns_stay('correction_is_final', 'id', 'subject', 'subject_id', 'subject_name',
        'vacancy_id', 'before', 'after', 'reason', 'proposed_by_id', 'proposed_at');
create trigger correction_is_decided before update on recruitment_correction
    for each row when (old.decision <> '') execute function recruitment_refuse('correction_is_final');
"""

ORDERS = """
create function recruitment_order_stays() returns trigger language plpgsql as $$
begin
    if exists (select 1 from recruitment_round where order_id = (to_jsonb(old) ->> tg_argv[0])::bigint) then
        raise exception 'followed' using errcode = '23514', constraint = 'sourcing_order_is_followed';
    end if;
    return coalesce(new, old);
end $$;
create trigger order_stays before update or delete on recruitment_sourcingorder
    for each row execute function recruitment_order_stays('id');
create trigger step_stays before update or delete on recruitment_sourcingstep
    for each row execute function recruitment_order_stays('order_id');
"""

UNDO = """
drop trigger step_stays on recruitment_sourcingstep;
drop trigger order_stays on recruitment_sourcingorder;
drop function recruitment_order_stays();
drop trigger correction_is_decided on recruitment_correction;
drop trigger correction_stands on recruitment_correction;
drop trigger release_stands on recruitment_release;
drop function recruitment_release_stands();
drop function recruitment_confirmed_correction(bigint, text);
drop function recruitment_refuse();
drop function recruitment_columns_stay();
drop function recruitment_differences(jsonb, jsonb);
drop trigger keep_totals on recruitment_accountentry;
drop function recruitment_keep_totals();
drop trigger approval_in_force on recruitment_contractapproval;
drop function recruitment_approval_in_force();
drop trigger open_account on recruitment_contract;
drop function recruitment_open_account();
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0001_initial")]
    operations = [migrations.RunSQL(ACCOUNT + ANSWERS + ORDERS, UNDO)]
