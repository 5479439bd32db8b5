"""Orders of sourcing there are: each step names what its route stood for, and orders to suppliers say by what they were named.

Where suppliers were asked at a step, it names the contracts of these agencies that have its label, or their lots: a contract
that only carries the label, and under which nobody was ever asked, is left for a new order to name. A contract whose lot
another step names is named by that lot alone.
"""

from django.db import migrations

BEFORE = """
alter table recruitment_sourcingstep disable trigger user;
update recruitment_sourcingstep s
   set kind = case when s.route in ('direct', 'exemption') then s.route else 'agency' end, proof_age_days = o.proof_age_days
  from recruitment_sourcingorder o where o.id = s.order_id;
alter table recruitment_sourcingstep enable trigger user;
create temporary view labelled as
    select s.id as step_id, s.order_id, s.position, s.route, c.id as contract_id, c.lot_id
      from recruitment_sourcingstep s join recruitment_contract c on c.route = s.route
     where s.route in ('corporate', 'framework')
       and (exists (select 1 from recruitment_release r join recruitment_contract a on a.id = r.contract_id
                     where r.route = s.route and a.agency_id = c.agency_id)
            or not exists (select 1 from recruitment_release r where r.route = s.route));
insert into recruitment_stepsource (step_id, order_id, position, lot_id)
    select distinct step_id, order_id, position, lot_id from labelled where route = 'framework';
insert into recruitment_stepsource (step_id, order_id, position, contract_id)
    select step_id, order_id, position, contract_id from labelled l
     where route = 'corporate'
       and (exists (select 1 from recruitment_release r where r.contract_id = l.contract_id)
            or not exists (select 1 from recruitment_stepsource n where n.order_id = l.order_id and n.lot_id = l.lot_id))
     order by order_id, contract_id;
drop view labelled;
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
