"""Who was booked already is of the class of the order, and carried over to a contract that was named then."""

from django.db import migrations

BEFORE = """
alter table placements_placement disable trigger user;
update placements_placement p set step_class = r.step_class from recruitment_release r where r.id = p.release_id;
update placements_placement p set source_id = s.id, via_lot_id = s.lot_id
  from recruitment_stepsource s, recruitment_contract c, recruitment_release r
 where p.continues_as = 'carry_over' and c.id = p.contract_id and (s.contract_id = c.id or s.lot_id = c.lot_id)
   and r.id = p.release_id and s.order_id = r.order_id and s.position = r.position;
set constraints all immediate;
set constraints all deferred;
alter table placements_placement enable trigger user;
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0021_class_of_a_placement"), ("recruitment", "0024_asked_as_the_order_names")]
    operations = [migrations.RunSQL(BEFORE, migrations.RunSQL.noop)]
