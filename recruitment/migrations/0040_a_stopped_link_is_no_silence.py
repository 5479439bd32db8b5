"""A mailed link that somebody here stopped makes no silence of its time, whatever was mailed after it."""

from django.db import migrations

GUARDS = """
create or replace function recruitment_link_is_stopped() returns trigger language plpgsql as $$
begin
    new.revoked_at := council_now();
    -- Only what sends mail replaces a link; whoever else stops one has stopped it.
    if new.unseen and not has_table_privilege(current_user, 'council_sending', 'insert') then
        new.stopped_here := true;
    end if;
    return new;
end $$;

create trigger stays_stopped before update on recruitment_supplierlink
    for each row when (old.revoked_at is not null
        and (old.revoked_at, old.stopped_here) is distinct from (new.revoked_at, new.stopped_here))
    execute function recruitment_refuse('statement_stays');

create or replace function recruitment_witness_is_stamped() returns trigger language plpgsql as $$
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
           and (l.revoked_at is null or l.revoked_at >= new.due_at) and l.expires_at >= new.due_at
           and not exists (
            select 1 from recruitment_supplierlink s
             where s.release_id = l.release_id and s.unseen and s.purpose = l.purpose and s.stopped_here
               and s.revoked_at >= (select accepted_at from council_sending where id = new.sending_id) and s.revoked_at < new.due_at)) then
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
"""

UNDO = """
create or replace function recruitment_witness_is_stamped() returns trigger language plpgsql as $$
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
drop trigger stays_stopped on recruitment_supplierlink;
create or replace function recruitment_link_is_stopped() returns trigger language plpgsql as $$
begin
    new.revoked_at := council_now();
    return new;
end $$;
"""


class Migration(migrations.Migration):

    dependencies = [("recruitment", "0039_links_stopped_here")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
