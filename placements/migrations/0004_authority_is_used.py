"""An entry that passes the approved value on authority belongs to one short booking for the authority's own request."""

from django.db import migrations

USED = """
create function placements_authority_is_used() returns trigger language plpgsql as $$
begin
    if not exists (
        select 1 from placements_placementperiod d
          join placements_placement p on p.id = d.placement_id
          join recruitment_spendingauthority a on a.id = new.authority_id and a.vacancy_id = p.vacancy_id
         where d.entry_id = new.id and d.ends_on - d.starts_on < 18  -- ten working days, also over a week of bank holidays
    ) then
        raise exception 'authority' using errcode = '23514', constraint = 'authority_is_for_its_booking';
    end if;
    return null;
end $$;
create constraint trigger authority_is_used after insert on recruitment_accountentry deferrable initially deferred
    for each row when (new.authority_id is not null) execute function placements_authority_is_used();
"""
UNDO = """
drop trigger authority_is_used on recruitment_accountentry;
drop function placements_authority_is_used();
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0003_breach_words"), ("recruitment", "0006_real_days_stay")]
    operations = [migrations.RunSQL(USED, UNDO)]
