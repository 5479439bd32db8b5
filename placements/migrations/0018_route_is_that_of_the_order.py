"""Who was booked already is of the route of the order."""

from django.db import migrations

BEFORE = """
alter table placements_placement disable trigger user;
update placements_placement p set route = r.route from recruitment_release r where r.id = p.release_id;
set constraints all immediate;
set constraints all deferred;
alter table placements_placement enable trigger user;
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0017_route_of_a_placement")]
    operations = [migrations.RunSQL(BEFORE, migrations.RunSQL.noop)]
