"""On a later step nobody is booked from an agency that no step names, unless it was allowed."""

from django.db import migrations

GUARDS = """
create function placements_supplied_by_leave() returns trigger language plpgsql as $$
begin
    if new.step_class = 'later' and new.supply_mode = 'brokered' and new.continues_as <> 'carry_over'
        and not exists (
            select 1 from recruitment_supplyleave where release_id = new.release_id and agency_id = new.supplying_agency_id)
        and not exists (
            select 1 from recruitment_release r
              join recruitment_stepsource n on n.order_id = r.order_id
              join recruitment_contract c on c.id = n.contract_id or c.lot_id = n.lot_id
              join recruitment_contractaccount a on a.contract_id = c.id
             where r.id = new.release_id and c.agency_id = new.supplying_agency_id and c.route not in ('direct', 'exemption')
               and (r.answered_at at time zone 'Europe/London')::date between c.starts_on and a.ends_on) then
        raise exception 'no leave' using errcode = '23514', constraint = 'placement_supplied_by_leave';
    end if;
    return new;
end $$;
create trigger supplied_by_leave before insert on placements_placement
    for each row execute function placements_supplied_by_leave();
create trigger leave_stands before update or delete on recruitment_supplyleave
    for each row execute function recruitment_refuse('supply_leave_stays');
"""

UNDO = """
drop trigger leave_stands on recruitment_supplyleave;
drop trigger supplied_by_leave on placements_placement;
drop function placements_supplied_by_leave();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("placements", "0024_orders_at_move_in_stay"),
        ("recruitment", "0029_leave_for_another_agencys_worker"),
    ]
    operations = [migrations.RunSQL(GUARDS, UNDO)]
