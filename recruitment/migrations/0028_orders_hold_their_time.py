"""An order of sourcing is the one of its time: no round follows another, and none is set for days on which rounds were opened."""

from django.db import migrations

GUARDS = """
-- A round follows the order in force when it is opened, whole, and for good.
create function recruitment_round_follows() returns trigger language plpgsql as $$
declare
    day date := (new.opened_at at time zone 'Europe/London')::date;
begin
    if tg_op = 'UPDATE' then
        if new.order_id <> old.order_id then
            raise exception 'another order' using errcode = '23514', constraint = 'round_follows_its_order';
        end if;
        return new;
    end if;
    perform 1 from recruitment_sourcingorder where id = new.order_id for share;
    if new.order_id is distinct from (
        select id from recruitment_sourcingorder where starts_on <= day order by starts_on desc limit 1) then
        raise exception 'not in force' using errcode = '23514', constraint = 'round_follows_its_order';
    end if;
    if exists (
        select 1 from recruitment_sourcingstep s where s.order_id = new.order_id
        having min(s.position) <> 0 or max(s.position) <> count(*) - 1
            or max(case when s.kind = 'exemption' then s.position end) < max(s.position)
            or max(case when s.kind = 'exemption' then s.position end) = 1)
       or not exists (select 1 from recruitment_sourcingstep where order_id = new.order_id)
       or exists (
        select 1 from recruitment_stepsource n join recruitment_contract c on c.id = n.contract_id
         where n.order_id = new.order_id and c.route in ('direct', 'exemption')) then
        raise exception 'not whole' using errcode = '23514', constraint = 'sourcing_order_is_whole';
    end if;
    return new;
end $$;
create trigger follows_the_order before insert or update on recruitment_round
    for each row execute function recruitment_round_follows();

create function recruitment_order_of_its_time() returns trigger language plpgsql as $$
begin
    if exists (select 1 from recruitment_round where (opened_at at time zone 'Europe/London')::date >= new.starts_on) then
        raise exception 'past' using errcode = '23514', constraint = 'sourcing_order_in_the_past';
    end if;
    return new;
end $$;
create trigger order_of_its_time before insert or update of starts_on on recruitment_sourcingorder
    for each row execute function recruitment_order_of_its_time();

-- What a contract is known by stays once a step names it, a supplier was asked under it or money stands on it.
create function recruitment_contract_stands() returns trigger language plpgsql as $$
begin
    if (new.agency_id, new.route) is distinct from (old.agency_id, old.route) or new.lot_id is distinct from old.lot_id then
        if exists (select 1 from recruitment_stepsource where contract_id = old.id or lot_id = old.lot_id)
            or exists (select 1 from recruitment_release where contract_id = old.id)
            or exists (select 1 from recruitment_accountentry where contract_id = old.id) then
            raise exception 'in use' using errcode = '23514', constraint = 'contract_in_use_stays';
        end if;
    end if;
    return new;
end $$;
create trigger contract_stands before update on recruitment_contract
    for each row execute function recruitment_contract_stands();
"""

UNDO = """
drop trigger contract_stands on recruitment_contract;
drop function recruitment_contract_stands();
drop trigger order_of_its_time on recruitment_sourcingorder;
drop function recruitment_order_of_its_time();
drop trigger follows_the_order on recruitment_round;
drop function recruitment_round_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0027_orders_are_deleted_whole")]
    operations = [migrations.RunSQL(GUARDS, UNDO)]
