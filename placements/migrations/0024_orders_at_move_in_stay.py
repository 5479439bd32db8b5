"""The orders of sourcing up to the day a council moved in stay, and who is carried over keeps to the order of that day and the agency."""

from django.db import migrations

GUARDS = """
-- Which contract was of the first agency step when placements were brought forward is said by the order in force on that day.
create function placements_orders_at_move_in_stay() returns trigger language plpgsql as $$
declare
    was jsonb := to_jsonb(old);
    becomes jsonb := to_jsonb(new);
begin
    if exists (
        select 1 from placements_broughtforward b
          left join recruitment_sourcingorder o on o.id in ((was ->> 'order_id')::bigint, (becomes ->> 'order_id')::bigint)
         where b."on" >= least((was ->> 'starts_on')::date, (becomes ->> 'starts_on')::date, o.starts_on)
           and exists (select 1 from placements_placement where batch_id = b.id)) then
        raise exception 'at move-in' using errcode = '23514', constraint = 'sourcing_order_at_move_in';
    end if;
    return coalesce(new, old);
end $$;
create trigger order_at_move_in before insert or delete or update of starts_on on recruitment_sourcingorder
    for each row execute function placements_orders_at_move_in_stay();
create trigger step_at_move_in before insert or update or delete on recruitment_sourcingstep
    for each row execute function placements_orders_at_move_in_stay();
create trigger source_at_move_in before insert or update or delete on recruitment_stepsource
    for each row execute function placements_orders_at_move_in_stay();

create function placements_carried_over() returns trigger language plpgsql as $$
begin
    if new.continues_as = 'carry_over' and not exists (
        select 1 from placements_placement p
          join recruitment_contract was on was.id = p.contract_id
          join recruitment_contract becomes on becomes.id = new.contract_id and becomes.agency_id = was.agency_id
          join recruitment_stepsource n on n.id = new.source_id
         where p.id = new.continues_id and n.order_id = (
            select id from recruitment_sourcingorder where starts_on <= new.starts_on order by starts_on desc limit 1)) then
        raise exception 'another agency or order' using errcode = '23514', constraint = 'placement_carried_over_by_its_order';
    end if;
    return new;
end $$;
create trigger carried_over before insert or update of contract_id, source_id, via_lot_id, continues_id on placements_placement
    for each row execute function placements_carried_over();
"""

UNDO = """
drop trigger carried_over on placements_placement;
drop function placements_carried_over();
drop trigger source_at_move_in on recruitment_stepsource;
drop trigger step_at_move_in on recruitment_sourcingstep;
drop trigger order_at_move_in on recruitment_sourcingorder;
drop function placements_orders_at_move_in_stay();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("placements", "0023_carried_over_within_its_class"),
        ("recruitment", "0028_orders_hold_their_time"),
    ]
    operations = [migrations.RunSQL(GUARDS, UNDO)]
