"""A call stays as it was logged and is decided once; an authority stays; an entry that names one may pass the approved value."""

from django.db import migrations

STAY = """
create trigger emergency_call_stands before update on recruitment_emergencycall
    for each row execute function recruitment_columns_stay('emergency_stays', 'id', 'vacancy_id', 'line', 'spoke_to', 'why', 'called_at',
        'recorded_at', 'recorded_by_id', 'late_reason', 'confirm_by');
create trigger emergency_call_is_decided before update on recruitment_emergencycall
    for each row when (old.decision <> '') execute function recruitment_refuse('emergency_stays');
create trigger authority_stands before update on recruitment_spendingauthority
    for each row execute function recruitment_refuse('emergency_stays');
create trigger vacancy_origin_stands before update on recruitment_vacancy
    for each row execute function recruitment_columns_stay('vacancy_origin_stays', 'origin');
"""
GO = """
drop trigger vacancy_origin_stands on recruitment_vacancy;
drop trigger authority_stands on recruitment_spendingauthority;
drop trigger emergency_call_is_decided on recruitment_emergencycall;
drop trigger emergency_call_stands on recruitment_emergencycall;
"""
KEEP_TOTALS = """
create or replace function recruitment_keep_totals() returns trigger language plpgsql security definer set search_path = public as $$
declare moved record;
begin
    for moved in
        select contract_id,
               sum(case when taken_from = '' then amount when put_into = '' then -amount else 0 end) as change,
               bool_or(put_into = 'committed' and authority_id is null) as commits
          from entries group by contract_id order by contract_id
    loop
        update recruitment_contractaccount set exposure = exposure + moved.change where contract_id = moved.contract_id;
        if moved.commits and exists (
            select 1 from recruitment_contractaccount where contract_id = moved.contract_id and exposure > approved_value
        ) then
            raise exception 'beyond the approved value'
                using errcode = '23514', constraint = 'contract_exposure_within_approved_value';
        end if;
    end loop;
    insert into recruitment_accountmonth (contract_id, month, added, released)
        select contract_id, period,
               sum(case when taken_from = '' then amount else 0 end), sum(case when put_into = '' then amount else 0 end)
          from entries where taken_from = '' or put_into = '' group by contract_id, period order by contract_id, period
        on conflict (contract_id, month) do update
            set added = recruitment_accountmonth.added + excluded.added,
                released = recruitment_accountmonth.released + excluded.released;
    return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0010_emergencies")]
    operations = [migrations.RunSQL(STAY, GO), migrations.RunSQL(KEEP_TOTALS, migrations.RunSQL.noop)]
