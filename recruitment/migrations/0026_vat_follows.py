"""Including VAT follows from excluding it, or somebody says why not; what was recorded before says that."""

from decimal import Decimal

import django.db.models.functions.math
from django.db import migrations, models

BEFORE = """
alter table recruitment_exemption disable trigger user;
update recruitment_exemption set vat_differs = 'Recorded before a reason was asked for.' where value_with_vat <> round(value * 1.2, 2);
set constraints all immediate;
set constraints all deferred;
alter table recruitment_exemption enable trigger user;
"""

STANDS = """
create or replace function recruitment_exemption_stands() returns trigger language plpgsql as $$
declare
    changed text[] := recruitment_differences(to_jsonb(old), to_jsonb(new));
    asked text[] := array['agency_id', 'group_name', 'reason', 'justification', 'why_no_competition', 'risk_if_refused', 'return_plan',
        'starts_on', 'ends_on', 'value', 'value_with_vat', 'vat_differs', 'revision', 'put_at', 'put_by_id'];
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
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0025_vat_and_deputies")]
    operations = [
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(STANDS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('vat_differs', ''), _negated=True), ('value_with_vat', django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('value'), '*', models.Value(Decimal('1.2'))), 2)), _connector='OR'), name='exemption_vat_follows', violation_error_message='Including VAT follows from excluding it. Say why VAT differs.'),
        ),
    ]
