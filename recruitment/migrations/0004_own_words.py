"""What a supplier said stays as it was sent, and an answer may name it."""

from django.db import migrations

STAY = """
create trigger statement_stands before update on recruitment_statement
    for each row execute function recruitment_refuse('statement_stays');
create trigger link_stands before update on recruitment_supplierlink
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'token_hash', 'message_id',
        'made_by_id', 'made_at', 'expires_at');
create trigger link_is_revoked before update on recruitment_supplierlink
    for each row when (old.revoked_at is not null) execute function recruitment_refuse('statement_stays');
"""
GO = """
drop trigger link_is_revoked on recruitment_supplierlink;
drop trigger link_stands on recruitment_supplierlink;
drop trigger statement_stands on recruitment_statement;
"""
RELEASE_STANDS = """
create or replace function recruitment_release_stands() returns trigger language plpgsql as $$
declare
    correction recruitment_correction;
    changed text[] := recruitment_differences(to_jsonb(old), to_jsonb(new));
    kept text[] := array['proof', 'standing', 'failed', 'proof_position', 'proof_failed', 'needs_direct'];  -- generated
    always text[] := array['order_number', 'version', 'voided_at', 'voided_by_id', 'void_reason', 'corrected_by_id',
        'unproved_by_id', 'proof_rate', 'proof_answered_at'];  -- the last two agree with the proof by a key
    answer text[] := array['outcome', 'answered_at', 'answer_recorded_at', 'answered_by_id', 'answer_late_reason', 'reason', 'note',
        'statement_id', 'rate_asked', 'declined_on', 'declined_sender', 'declined_text', 'supply_mode', 'supplying_agency_id', 'own_supply',
        'brokered_supply', 'agencies_approached'];
    falling text[] := array['outcome', 'fell_through_at', 'fell_through_by_id', 'fell_through_reason',
        'fell_through_recorded_at', 'fell_through_late_reason'];
    allowed text[] := kept || always;
begin
    if old.outcome = 'open' then
        allowed := allowed || answer;
    elsif old.outcome = 'secured' and new.outcome = 'fell_through' then
        allowed := allowed || falling;
    end if;
    if new.corrected_by_id is distinct from old.corrected_by_id then
        correction := recruitment_confirmed_correction(new.corrected_by_id, 'release');
        if correction.subject_id is distinct from old.id then
            raise exception 'no correction' using errcode = '23514', constraint = 'release_corrected_by_its_correction';
        end if;
        allowed := allowed || array(select jsonb_object_keys(correction.after));
    end if;
    if not (changed && array(select jsonb_object_keys(to_jsonb(new)) except select unnest(allowed))) then
        null;
    elsif changed && array(select unnest(answer || falling) except select unnest(allowed)) then
        raise exception 'answered' using errcode = '23514', constraint = 'release_answer_is_final';
    else
        raise exception 'as sent' using errcode = '23514', constraint = 'release_as_sent';
    end if;
    if new.unproved_by_id is distinct from old.unproved_by_id then
        correction := recruitment_confirmed_correction(new.unproved_by_id, 'release');
        if old.unproved_by_id is not null or correction.id is null
            or (correction.subject_id is distinct from old.rests_on_id and not exists (
                select 1 from recruitment_release where id = old.rests_on_id and unproved_by_id = correction.id)) then
            raise exception 'unproved' using errcode = '23514', constraint = 'release_unproved_by_its_proof';
        end if;
    end if;
    if old.voided_at is not null and new.voided_at is distinct from old.voided_at then
        raise exception 'voided' using errcode = '23514', constraint = 'release_answer_is_final';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0003_supplier_links")]
    operations = [migrations.RunSQL(STAY, GO), migrations.RunSQL(RELEASE_STANDS, migrations.RunSQL.noop)]
