"""Who was booked already rests on what the order rests on."""

from django.db import migrations

BEFORE = """
alter table placements_placement disable trigger user;
update placements_placement p set proof_id = r.booking_proof
  from recruitment_release r where r.id = p.release_id and r.booking_proof <> 0;
set constraints all immediate;
set constraints all deferred;
alter table placements_placement enable trigger user;
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0014_proof_of_a_placement")]
    operations = [migrations.RunSQL(BEFORE, migrations.RunSQL.noop)]
