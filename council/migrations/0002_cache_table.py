"""The table of the shared cache (see CACHES), so that `migrate` is all a new server needs."""

from django.db import migrations

CREATE = """
create table council_cache (
    cache_key varchar(255) primary key,
    value text not null,
    expires timestamptz not null
);
create index council_cache_expires on council_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("council", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "drop table council_cache")]
