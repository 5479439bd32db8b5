"""How a supplier told us its answer belongs to the answer; its e-mail may be added afterwards."""

from django.db import migrations

GUARDS = """
create or replace function recruitment_release_stands() returns trigger language plpgsql as $$
declare
    correction recruitment_correction;
    changed text[];
    -- A generated column has no value yet before the row is written.
    kept text[] := array(select attname::text from pg_catalog.pg_attribute where attrelid = tg_relid and attgenerated <> '');
    always text[] := array['order_number', 'version', 'voided_at', 'voided_by_id', 'void_reason', 'corrected_by_id',
        'unproved_by_id', 'proof_rate', 'proof_answered_at',  -- the last two agree with the proof by a key
        'witness_id', 'witness_kind',  -- and these with the witness
        'heard', 'disputed'];
    answer text[] := array['outcome', 'answered_at', 'answer_recorded_at', 'answered_by_id', 'answer_late_reason', 'reason', 'note',
        'statement_id', 'rate_asked', 'declined_on', 'declined_sender', 'declined_text', 'supply_mode', 'supplying_agency_id', 'own_supply',
        'brokered_supply', 'agencies_approached', 'told_by', 'portal_reference', 'answer_file_id'];
    falling text[] := array['outcome', 'fell_through_at', 'fell_through_by_id', 'fell_through_reason',
        'fell_through_recorded_at', 'fell_through_late_reason'];
    allowed text[] := kept || always;
begin
    if pg_trigger_depth() < 2 then  -- what was heard is written by what was heard
        new.heard := old.heard;
        new.disputed := old.disputed;
    end if;
    if old.outcome = 'open' then
        allowed := allowed || answer;
    elsif old.outcome = 'secured' and new.outcome = 'fell_through' then
        allowed := allowed || falling || array['answer_no'];
        if new.answer_no <> old.answer_no + 1 then  -- what the supplier was told before was another answer
            raise exception 'another answer' using errcode = '23514', constraint = 'release_answer_is_final';
        end if;
    end if;
    if old.answer_file_id is null and old.outcome = 'not_secured' and new.outcome = 'not_secured' then
        allowed := allowed || array['answer_file_id'];  -- the supplier's e-mail often comes after its call
    end if;
    if new.corrected_by_id is distinct from old.corrected_by_id then
        correction := recruitment_confirmed_correction(new.corrected_by_id, 'release');
        if correction.subject_id is distinct from old.id or new.answer_no <> old.answer_no + 1 then
            raise exception 'no correction' using errcode = '23514', constraint = 'release_corrected_by_its_correction';
        end if;
        new.disputed := false;  -- of the answer before
        allowed := allowed || array['answer_no'] || array(select jsonb_object_keys(correction.after));
    end if;
    changed := recruitment_differences(to_jsonb(old), to_jsonb(new));
    if not (changed && array(select jsonb_object_keys(to_jsonb(new)) except select unnest(allowed))) then
        null;
    elsif changed && array(select unnest(answer || falling) except select unnest(allowed)) then
        raise exception 'answered' using errcode = '23514', constraint = 'release_answer_is_final';
    else
        raise exception 'as sent' using errcode = '23514', constraint = 'release_as_sent';
    end if;
    if new.unproved_by_id is null and old.unproved_by_id is not null then
        if not recruitment_proof_is_given_back(old) then
            raise exception 'unproved' using errcode = '23514', constraint = 'release_unproved_by_its_proof';
        end if;
    elsif new.unproved_by_id is distinct from old.unproved_by_id then
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
    if new.witness_kind = 'correction' and not exists (
        select 1 from recruitment_witness where id = new.witness_id and correction_id = new.corrected_by_id) then
        raise exception 'another correction' using errcode = '23514', constraint = 'release_witness_of_its_answer';
    end if;
    return new;
end $$;
"""

UNDO = """
create or replace function recruitment_release_stands() returns trigger language plpgsql as $$
declare
    correction recruitment_correction;
    changed text[];
    -- A generated column has no value yet before the row is written.
    kept text[] := array(select attname::text from pg_catalog.pg_attribute where attrelid = tg_relid and attgenerated <> '');
    always text[] := array['order_number', 'version', 'voided_at', 'voided_by_id', 'void_reason', 'corrected_by_id',
        'unproved_by_id', 'proof_rate', 'proof_answered_at',  -- the last two agree with the proof by a key
        'witness_id', 'witness_kind',  -- and these with the witness
        'heard', 'disputed'];
    answer text[] := array['outcome', 'answered_at', 'answer_recorded_at', 'answered_by_id', 'answer_late_reason', 'reason', 'note',
        'statement_id', 'rate_asked', 'declined_on', 'declined_sender', 'declined_text', 'supply_mode', 'supplying_agency_id', 'own_supply',
        'brokered_supply', 'agencies_approached'];
    falling text[] := array['outcome', 'fell_through_at', 'fell_through_by_id', 'fell_through_reason',
        'fell_through_recorded_at', 'fell_through_late_reason'];
    allowed text[] := kept || always;
begin
    if pg_trigger_depth() < 2 then  -- what was heard is written by what was heard
        new.heard := old.heard;
        new.disputed := old.disputed;
    end if;
    if old.outcome = 'open' then
        allowed := allowed || answer;
    elsif old.outcome = 'secured' and new.outcome = 'fell_through' then
        allowed := allowed || falling || array['answer_no'];
        if new.answer_no <> old.answer_no + 1 then  -- what the supplier was told before was another answer
            raise exception 'another answer' using errcode = '23514', constraint = 'release_answer_is_final';
        end if;
    end if;
    if new.corrected_by_id is distinct from old.corrected_by_id then
        correction := recruitment_confirmed_correction(new.corrected_by_id, 'release');
        if correction.subject_id is distinct from old.id or new.answer_no <> old.answer_no + 1 then
            raise exception 'no correction' using errcode = '23514', constraint = 'release_corrected_by_its_correction';
        end if;
        new.disputed := false;  -- of the answer before
        allowed := allowed || array['answer_no'] || array(select jsonb_object_keys(correction.after));
    end if;
    changed := recruitment_differences(to_jsonb(old), to_jsonb(new));
    if not (changed && array(select jsonb_object_keys(to_jsonb(new)) except select unnest(allowed))) then
        null;
    elsif changed && array(select unnest(answer || falling) except select unnest(allowed)) then
        raise exception 'answered' using errcode = '23514', constraint = 'release_answer_is_final';
    else
        raise exception 'as sent' using errcode = '23514', constraint = 'release_as_sent';
    end if;
    if new.unproved_by_id is null and old.unproved_by_id is not null then
        if not recruitment_proof_is_given_back(old) then
            raise exception 'unproved' using errcode = '23514', constraint = 'release_unproved_by_its_proof';
        end if;
    elsif new.unproved_by_id is distinct from old.unproved_by_id then
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
    if new.witness_kind = 'correction' and not exists (
        select 1 from recruitment_witness where id = new.witness_id and correction_id = new.corrected_by_id) then
        raise exception 'another correction' using errcode = '23514', constraint = 'release_witness_of_its_answer';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):

    dependencies = [("recruitment", "0031_how_a_supplier_answered")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
