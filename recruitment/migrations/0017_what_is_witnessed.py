"""What makes a failure proof: who may say so, by whose clock, and what takes it away again. What was recorded before keeps its own kind."""

from django.db import migrations

GUARDS = """
-- The database's clock stamps what must be true whoever says so.
create function recruitment_witness_is_stamped() returns trigger language plpgsql as $$
begin
    new.made_at := council_now();
    if new.emergency_id is not null and not exists (
        select 1 from recruitment_emergencycall e
          join recruitment_vacancy v on v.id = e.vacancy_id and v.origin = 'emergency' and v.decision = ''
          join recruitment_release r on r.vacancy_id = v.id and r.id = new.release_id
         where e.id = new.emergency_id and e.decision = '' and new.made_at <= least(e.confirm_by, e.called_at + interval '7 days')) then
        raise exception 'no such emergency' using errcode = '23514', constraint = 'witness_of_its_emergency';
    end if;
    -- The supplier could have spoken all the time: the link it was mailed last was not stopped, and did not end, before.
    if new.sending_id is not null and new.due_at <= new.made_at and not exists (
        select 1 from recruitment_supplierlink l
         where l.release_id = new.release_id and l.unseen and l.purpose = case new.kind when 'silence' then 'order' else 'answer' end
           and (l.revoked_at is null or l.revoked_at >= new.due_at) and l.expires_at >= new.due_at) then
        raise exception 'stopped' using errcode = '23514', constraint = 'witness_while_its_link_worked';
    end if;
    if new.reminder_id is not null and not exists (
        select 1 from council_sending where id = new.reminder_id and (accepted_at < new.due_at or kind <> 'reminder')) then
        raise exception 'late' using errcode = '23514', constraint = 'witness_was_reminded';
    end if;
    -- Whose name is used is told under what.
    if new.named_id is not null and not exists (
        select 1 from council_message m join recruitment_release r on r.id = new.release_id
         where m.id = new.named_id and (strpos(m.body, r.reference) > 0 or m.kind <> 'named')) then
        raise exception 'not told' using errcode = '23514', constraint = 'witness_is_told_so';
    end if;
    return new;
end $$;
create trigger is_stamped before insert on recruitment_witness
    for each row execute function recruitment_witness_is_stamped();
create trigger witness_stands before update or delete on recruitment_witness
    for each row execute function recruitment_refuse('witness_stands');

-- Only the mail worker makes a link that nobody here has seen: whoever may say that a mail went.
create function recruitment_link_is_as_made() returns trigger language plpgsql as $$
begin
    if new.unseen and not has_table_privilege(current_user, 'council_sending', 'insert') then
        raise exception 'seen' using errcode = '23514', constraint = 'supplier_link_unseen_is_mailed';
    end if;
    return new;
end $$;
create trigger is_as_made before insert on recruitment_supplierlink
    for each row execute function recruitment_link_is_as_made();

-- When a link was stopped is a time that decides, so it is the database's.
create function recruitment_link_is_stopped() returns trigger language plpgsql as $$
begin
    new.revoked_at := council_now();
    return new;
end $$;
create trigger a_is_stopped before update on recruitment_supplierlink
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function recruitment_link_is_stopped();

-- Mail to a supplier goes to its ordering address, whoever left it.
create function recruitment_mail_to_its_supplier() returns trigger language plpgsql as $$
begin
    new."to" := coalesce((
        select nullif(a.ordering_address, '') from recruitment_release r
          join recruitment_contract c on c.id = r.contract_id join recruitment_agency a on a.id = c.agency_id
         where r.id = new.subject), new."to");
    return new;
end $$;
create trigger mail_to_its_supplier before insert on council_message
    for each row when (new.kind in ('brief', 'reminder', 'answer')) execute function recruitment_mail_to_its_supplier();

-- A correction begins undecided: who confirms it is told so then.
create trigger correction_begins_undecided before insert on recruitment_correction
    for each row when (new.decision <> '') execute function recruitment_refuse('correction_is_final');
drop trigger link_stands on recruitment_supplierlink;
create trigger link_stands before update on recruitment_supplierlink
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'token_hash', 'message_id',
        'made_by_id', 'made_at', 'expires_at', 'unseen', 'purpose');

-- What comes by a link comes from somebody who knows its secret, which is not kept.
create function recruitment_knows_the_secret() returns trigger language plpgsql security definer as $$
begin
    if new.link_id is not null and not exists (
        select 1 from recruitment_supplierlink
         where id = new.link_id and token_hash = encode(sha256(convert_to(coalesce(new.secret, ''), 'UTF8')), 'hex')) then
        raise exception 'no such link' using errcode = '23514', constraint = 'statement_by_its_link';
    end if;
    new.secret := null;
    return new;
end $$;
create trigger a_knows_the_secret before insert on recruitment_statement
    for each row execute function recruitment_knows_the_secret();
create trigger a_knows_the_secret before insert on recruitment_linkopening
    for each row execute function recruitment_knows_the_secret();

create function recruitment_opening_is_stamped() returns trigger language plpgsql as $$
begin
    new.opened_at := council_now();
    return new;
end $$;
create trigger b_is_stamped before insert on recruitment_linkopening
    for each row execute function recruitment_opening_is_stamped();
create trigger opening_stands before update or delete on recruitment_linkopening
    for each row execute function recruitment_refuse('statement_stays');
create trigger returned_mail_stands before update or delete on recruitment_returnedmail
    for each row execute function recruitment_refuse('statement_stays');

-- The supplier was heard: its silence proves nothing any more. Where somebody was booked on it already, the fact stands beside: the keys
-- refuse to take the proof away, and a fact is never refused.
create function recruitment_was_heard() returns trigger language plpgsql security definer as $$
declare
    says text := tg_argv[0];
begin
    perform 1 from recruitment_release where id = new.release_id for update;
    if says = 'statement' then
        says := case when to_jsonb(new) ->> 'kind' = 'dispute' then 'disputed' else 'heard' end;
    end if;
    begin
        update recruitment_release
           set heard = heard or says in ('heard', 'returned'), disputed = disputed or says in ('disputed', 'returned')
         where id = new.release_id and not (
             (heard or says not in ('heard', 'returned')) and (disputed or says not in ('disputed', 'returned')));
    exception when foreign_key_violation then
        if tg_table_name <> 'recruitment_submission' then
            new := jsonb_populate_record(new, '{"after_booking": true}');
        end if;
    end;
    return new;
end $$;
create trigger b_was_heard before insert on recruitment_statement
    for each row execute function recruitment_was_heard('statement');
create trigger b_was_heard before insert on recruitment_submission
    for each row execute function recruitment_was_heard('heard');
create trigger b_was_heard before insert on recruitment_returnedmail
    for each row execute function recruitment_was_heard('returned');

-- An order is sent with its proof, or not at all: it may lose it, but never begins without.
create function recruitment_release_begins_proved() returns trigger language plpgsql as $$
begin
    if new.unproved_by_id is not null or new.witness_id is not null or new.heard or new.disputed or new.answer_no <> 1 then
        raise exception 'begins' using errcode = '23514', constraint = 'release_begins_as_sent';
    end if;
    return new;
end $$;
create trigger begins_proved before insert on recruitment_release
    for each row execute function recruitment_release_begins_proved();

create or replace function recruitment_release_stands() returns trigger language plpgsql as $$
declare
    correction recruitment_correction;
    changed text[];
    kept text[] := array['proof', 'standing', 'failed', 'proof_position', 'proof_failed', 'needs_direct', 'failure_by', 'proven',
        'booking_proof', 'earlier_expected', 'earlier_needed'];  -- generated
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

# What was recorded before keeps what it proved, under a kind of its own that nobody can make any more.
BEFORE = """
alter table recruitment_release disable trigger user;
update recruitment_statement set unseen = false where link_id is not null;
update recruitment_release r set earlier_proof_id = p.rests_on_id
  from recruitment_release p where p.id = r.rests_on_id and r.position > 2 and r.exemption_id is null;
insert into recruitment_witness (release_id, answer_no, recorded_by_id, kind, note, made_at)
    select id, 1, failure_by, 'before', '', now() from recruitment_release where failed;
update recruitment_release r set witness_id = w.id, witness_kind = 'before' from recruitment_witness w where w.release_id = r.id;
set constraints all immediate;
set constraints all deferred;
alter table recruitment_release enable trigger user;
alter table recruitment_witness add constraint witness_is_not_of_before check (kind <> 'before') not valid;
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0016_witnesses")]
    operations = [
        migrations.RunSQL("alter table recruitment_statement disable trigger user", migrations.RunSQL.noop),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL("alter table recruitment_statement enable trigger user", migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
