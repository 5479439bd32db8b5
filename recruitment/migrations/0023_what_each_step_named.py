"""Orders of sourcing there are: each step names what its route stood for, and orders to suppliers say by what they were named."""

from django.db import migrations

BEFORE = """
alter table recruitment_sourcingstep disable trigger user;
update recruitment_sourcingstep s
   set kind = case when s.route in ('direct', 'exemption') then s.route else 'agency' end, proof_age_days = o.proof_age_days
  from recruitment_sourcingorder o where o.id = s.order_id;
alter table recruitment_sourcingstep enable trigger user;
insert into recruitment_stepsource (step_id, order_id, position, contract_id)
    select s.id, s.order_id, s.position, c.id from recruitment_sourcingstep s join recruitment_contract c on c.route = s.route
     where s.route = 'corporate' order by s.order_id, c.id;
insert into recruitment_stepsource (step_id, order_id, position, lot_id)
    select distinct s.id, s.order_id, s.position, c.lot_id from recruitment_sourcingstep s join recruitment_contract c on c.route = s.route
     where s.route = 'framework';
alter table recruitment_release disable trigger user;
update recruitment_release r set source_id = s.id, via_lot_id = s.lot_id
  from recruitment_stepsource s, recruitment_contract c
 where r.exemption_id is null and r.position > 0 and c.id = r.contract_id
   and s.order_id = r.order_id and s.position = r.position and (s.contract_id = c.id or s.lot_id = c.lot_id);
set constraints all immediate;
set constraints all deferred;
alter table recruitment_release enable trigger user;
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0022_steps_name_contracts")]
    operations = [migrations.RunSQL(BEFORE, migrations.RunSQL.noop)]
