"""What a key or a CHECK cannot say of exemptions: moves, who has commented, what stays once it is approved, and the steps of orders."""

from django.db import migrations

GUARDS = """
-- Nothing is changed under somebody who decides: what is asked for changes only when it was returned and is put again.
create function recruitment_exemption_stands() returns trigger language plpgsql as $$
declare
    changed text[] := recruitment_differences(to_jsonb(old), to_jsonb(new));
    asked text[] := array['agency_id', 'group_name', 'reason', 'justification', 'why_no_competition', 'risk_if_refused', 'return_plan',
        'starts_on', 'ends_on', 'value', 'value_with_vat', 'revision', 'put_at'];
begin
    if changed && array['id', 'reference', 'requested_by_id', 'requested_at', 'extends_id']
        or (changed && asked and not (old.status = 'returned' and new.status = 'requested' and new.revision = old.revision + 1))
        or (not changed && array['status'] and changed && array['ended_on', 'status_reason', 'closed_at', 'closed_by_id'])
    then
        raise exception 'as asked' using errcode = '23514', constraint = 'exemption_stays';
    end if;
    if old.status <> new.status and not (old.status || '>' || new.status) = any (array['requested>approved', 'requested>returned',
        'requested>turned_down', 'requested>taken_back', 'returned>requested', 'returned>taken_back', 'approved>ended',
        'approved>taken_back'])
    then
        raise exception 'no such move' using errcode = '23514', constraint = 'exemption_moves_as_allowed';
    end if;
    if new.status = 'taken_back' and (old.status = 'approved' and old.extends_id is not null or exists (select 1 from recruitment_release where exemption_id = new.id and voided_at is null)) then
        raise exception 'used' using errcode = '23514', constraint = 'exemption_moves_as_allowed';
    end if;
    return new;
end $$;
create trigger exemption_stands before update on recruitment_exemption
    for each row execute function recruitment_exemption_stands();

-- A comment or a decision is on what is being decided now; nobody who commented decides. Both take their turn at the exemption.
create function recruitment_exemption_is_put() returns trigger language plpgsql as $$
declare exemption recruitment_exemption;
begin
    select * into exemption from recruitment_exemption where id = new.exemption_id for no key update;
    if exemption.status <> 'requested' or exemption.revision <> new.revision or exists (
        select 1 from recruitment_exemptiondecision where exemption_id = new.exemption_id and revision = new.revision)
    then
        raise exception 'not put' using errcode = '23514', constraint = 'exemption_waits_for_a_decision';
    end if;
    if tg_argv[0] = 'decision' and exists (select 1 from recruitment_exemptioncomment
            where exemption_id = new.exemption_id and given_by_id in ((to_jsonb(new) ->> 'decided_by_id')::bigint,
                (to_jsonb(new) ->> 'in_place_of_id')::bigint)) then
        raise exception 'commented' using errcode = '23514', constraint = 'exemption_not_decided_by_a_commenter';
    end if;
    if tg_argv[0] = 'decision' and (
        (to_jsonb(new) ->> 'decided_on')::date <> ((to_jsonb(new) ->> 'decided_at')::timestamptz at time zone 'Europe/London')::date
        or to_jsonb(new) ->> 'decision' = 'approved'
            and not exists (select 1 from recruitment_exemptionneed where exemption_id = new.exemption_id))
    then
        raise exception 'not whole' using errcode = '23514', constraint = 'exemption_decision_is_whole';
    end if;
    return new;
end $$;
create trigger comment_is_in_time before insert on recruitment_exemptioncomment
    for each row execute function recruitment_exemption_is_put('comment');
create trigger decision_is_in_time before insert on recruitment_exemptiondecision
    for each row execute function recruitment_exemption_is_put('decision');
create trigger comment_stands before update on recruitment_exemptioncomment
    for each row execute function recruitment_refuse('exemption_stays');
create trigger decision_stands before update on recruitment_exemptiondecision
    for each row execute function recruitment_refuse('exemption_stays');
create trigger ground_stands before update on recruitment_statutoryground
    for each row execute function recruitment_refuse('exemption_stays');

-- Which requests an exemption is for stays once it is decided; only a correction takes the proof from one.
create function recruitment_exemption_needs_stay() returns trigger language plpgsql as $$
declare
    exemption recruitment_exemption;
    correction recruitment_correction;
begin
    if tg_op = 'UPDATE' then
        correction := recruitment_confirmed_correction(new.unproved_by_id, 'release');
        if recruitment_differences(to_jsonb(old), to_jsonb(new))
                && array['id', 'exemption_id', 'vacancy_id', 'round_id', 'proof_id', 'no_proof_reason']
            or old.unproved_by_id is not null or correction.subject_id is distinct from old.proof_id
        then
            raise exception 'as asked' using errcode = '23514', constraint = 'exemption_needs_stay';
        end if;
        return new;
    end if;
    select * into exemption from recruitment_exemption where id = coalesce(new.exemption_id, old.exemption_id) for no key update;
    if exemption.status not in ('requested', 'returned') or exists (
        select 1 from recruitment_exemptiondecision where exemption_id = exemption.id and decision <> 'returned')
    then
        raise exception 'decided' using errcode = '23514', constraint = 'exemption_needs_stay';
    end if;
    return coalesce(new, old);
end $$;
create trigger needs_stay before insert or update or delete on recruitment_exemptionneed
    for each row execute function recruitment_exemption_needs_stay();

-- The value and end of a contract let by exemption are those of the exemptions behind it, or less.
create function recruitment_contract_within_exemption() returns trigger language plpgsql as $$
declare approved record;
begin
    if not exists (select 1 from recruitment_contract where id = new.contract_id and route = 'exemption') then
        return new;
    end if;
    select sum(d.value) as value, max(coalesce(e.ended_on, d.ends_on)) as ends_on into approved
      from recruitment_exemptiondecision d join recruitment_exemption e on e.id = d.exemption_id
     where d.contract_id = new.contract_id and e.status in ('approved', 'ended');
    if new.exemption_id is null or new.value is null or approved.value is null or new.value > approved.value or new.ends_on > approved.ends_on then
        raise exception 'beyond' using errcode = '23514', constraint = 'contract_within_its_exemption';
    end if;
    return new;
end $$;
create trigger within_exemption before insert on recruitment_contractapproval
    for each row execute function recruitment_contract_within_exemption();

create trigger exempted_contract_stands before update on recruitment_contract
    for each row when (old.route = 'exemption' or new.route = 'exemption')
    execute function recruitment_columns_stay('exemption_stays', 'agency_id', 'route', 'lot_id', 'let_on', 'starts_on');

-- An order under an exemption rests on the answer that the exemption names for its request, or on none where it names none.
create function recruitment_release_rests_as_exempted() returns trigger language plpgsql as $$
begin
    if new.exemption_id is null then
        return new;
    end if;
    if not exists (
        select 1 from recruitment_exemptionneed n where n.exemption_id = new.exemption_id and n.vacancy_id = new.vacancy_id
           and n.proof_id is not distinct from new.rests_on_id) then
        raise exception 'another proof' using errcode = '23514', constraint = 'release_rests_as_exempted';
    end if;
    perform 1 from recruitment_exemption e join recruitment_exemptiondecision d on d.approves = e.id
      where e.id = new.exemption_id and e.status in ('approved', 'ended') and d.decided_at <= new.sent_at for share of e;
    if not found then
        raise exception 'not in force' using errcode = '23514', constraint = 'release_under_an_exemption_in_force';
    end if;
    return new;
end $$;
create trigger rests_as_exempted before insert on recruitment_release
    for each row execute function recruitment_release_rests_as_exempted();
"""

# Another agency may be asked by exemption under every order of sourcing there is: it is its last step.
STEPS = """
insert into recruitment_sourcingstep (order_id, position, route, routine_hours, urgent_hours)
    select o.id, (select max(position) + 1 from recruitment_sourcingstep where order_id = o.id), 'exemption', 16, 8
      from recruitment_sourcingorder o
     where exists (select 1 from recruitment_sourcingstep where order_id = o.id)
       and not exists (select 1 from recruitment_sourcingstep where order_id = o.id and route = 'exemption');
"""

UNDO = """
drop trigger exempted_contract_stands on recruitment_contract;
drop trigger rests_as_exempted on recruitment_release;
drop function recruitment_release_rests_as_exempted();
drop trigger within_exemption on recruitment_contractapproval;
drop function recruitment_contract_within_exemption();
drop trigger needs_stay on recruitment_exemptionneed;
drop function recruitment_exemption_needs_stay();
drop trigger ground_stands on recruitment_statutoryground;
drop trigger decision_stands on recruitment_exemptiondecision;
drop trigger comment_stands on recruitment_exemptioncomment;
drop trigger decision_is_in_time on recruitment_exemptiondecision;
drop trigger comment_is_in_time on recruitment_exemptioncomment;
drop function recruitment_exemption_is_put();
drop trigger exemption_stands on recruitment_exemption;
drop function recruitment_exemption_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0007_exemptions")]
    operations = [migrations.RunSQL(GUARDS + STEPS, UNDO)]
