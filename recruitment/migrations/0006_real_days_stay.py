"""What a key or a CHECK cannot say of candidates, disputes and emergencies: rows that stay, entries that name an authority, and lower rates."""

from django.db import migrations

CANDIDATES = """
create trigger submission_stands before update on recruitment_submission
    for each row execute function recruitment_columns_stay('submission_stays', 'id', 'reference', 'release_id', 'candidate',
        'supply_mode', 'supplying_agency_id', 'brokered_from', 'pay_rate', 'charge_rate', 'available_from', 'note', 'first_shown_id',
        'received_at', 'recorded_at', 'recorded_by_id', 'late_reason', 'link_id', 'said_by', 'sent');
create trigger submission_is_known before update on recruitment_submission
    for each row when (old.registration_number <> '')
    execute function recruitment_columns_stay('submission_stays', 'registration_number');
create trigger submission_is_allowed before update on recruitment_submission
    for each row when (old.allowed_at is not null)
    execute function recruitment_columns_stay('submission_stays', 'allowed_at', 'allowed_by_id', 'allowed_reason');
create trigger submission_is_void before update on recruitment_submission
    for each row when (old.voided_at is not null) execute function recruitment_refuse('submission_stays');
create trigger submission_step_stands before update on recruitment_submissionstep
    for each row execute function recruitment_refuse('submission_stays');
create trigger approach_stands before update on recruitment_approach
    for each row execute function recruitment_refuse('submission_stays');
"""
DISPUTES = """
drop trigger statement_stands on recruitment_statement;
create trigger statement_stands before update on recruitment_statement
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'kind', 'link_id', 'said_by', 'words',
        'sent', 'received_at', 'recorded_at', 'recorded_by_id');
create trigger statement_is_answered before update on recruitment_statement
    for each row when (old.replied_at is not null) execute function recruitment_refuse('statement_stays');
drop trigger link_stands on recruitment_supplierlink;
create trigger link_stands before update on recruitment_supplierlink
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'purpose', 'token_hash', 'message_id',
        'made_by_id', 'made_at', 'expires_at');
"""
EMERGENCIES = """
create trigger emergency_call_stands before update on recruitment_emergencycall
    for each row execute function recruitment_columns_stay('emergency_stays', 'id', 'vacancy_id', 'line', 'spoke_to', 'why', 'called_at',
        'recorded_at', 'recorded_by_id', 'late_reason', 'confirm_by');
create trigger emergency_call_is_decided before update on recruitment_emergencycall
    for each row when (old.decision <> '') execute function recruitment_refuse('emergency_stays');
create trigger authority_stands before update on recruitment_spendingauthority
    for each row execute function recruitment_refuse('emergency_stays');
create trigger vacancy_origin_stands before update on recruitment_vacancy
    for each row execute function recruitment_columns_stay('vacancy_origin_stays', 'origin');

create or replace function recruitment_keep_totals() returns trigger language plpgsql security definer set search_path = public as $$
declare moved record;
begin
    for moved in
        select contract_id,
               sum(case when taken_from = '' then amount when put_into = '' then -amount else 0 end) as change,
               sum(case when put_into = 'committed' and authority_id is null then amount
                        when taken_from = 'committed' then -amount else 0 end) as more_committed,
               bool_or(put_into = 'committed' and authority_id is null) as commits
          from entries group by contract_id order by contract_id
    loop
        update recruitment_contractaccount set exposure = exposure + moved.change where contract_id = moved.contract_id;
        -- what is committed again for no more than is given back of the same, in one statement, is not refused
        if moved.commits and (moved.change > 0 or moved.more_committed > 0) and exists (
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
UNDO = """
drop trigger vacancy_origin_stands on recruitment_vacancy;
drop trigger authority_stands on recruitment_spendingauthority;
drop trigger emergency_call_is_decided on recruitment_emergencycall;
drop trigger emergency_call_stands on recruitment_emergencycall;
drop trigger link_stands on recruitment_supplierlink;
create trigger link_stands before update on recruitment_supplierlink
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'token_hash', 'message_id',
        'made_by_id', 'made_at', 'expires_at');
drop trigger statement_is_answered on recruitment_statement;
drop trigger statement_stands on recruitment_statement;
create trigger statement_stands before update on recruitment_statement
    for each row execute function recruitment_refuse('statement_stays');
drop trigger approach_stands on recruitment_approach;
drop trigger submission_step_stands on recruitment_submissionstep;
drop trigger submission_is_void on recruitment_submission;
drop trigger submission_is_allowed on recruitment_submission;
drop trigger submission_is_known on recruitment_submission;
drop trigger submission_stands on recruitment_submission;

create or replace function recruitment_keep_totals() returns trigger language plpgsql security definer set search_path = public as $$
declare moved record;
begin
    for moved in
        select contract_id,
               sum(case when taken_from = '' then amount when put_into = '' then -amount else 0 end) as change,
               bool_or(put_into = 'committed') as commits
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
    dependencies = [("recruitment", "0005_real_days")]
    operations = [migrations.RunSQL(CANDIDATES + DISPUTES + EMERGENCIES, UNDO)]
