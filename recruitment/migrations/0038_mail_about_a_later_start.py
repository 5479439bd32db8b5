"""The question about a later start goes to the first supplier's ordering address, as every mail with a link to an order does."""

from django.db import migrations

NOW = "'brief', 'reminder', 'answer', 'later_start'"
BEFORE = "'brief', 'reminder', 'answer'"
TRIGGER = """
drop trigger mail_to_its_supplier on council_message;
create trigger mail_to_its_supplier before insert on council_message
    for each row when (new.kind in ({kinds})) execute function recruitment_mail_to_its_supplier();
"""
STAYS = """
-- A question is of a later order and the first one of its round, about the start that its mail names.
create function recruitment_question_is_put() returns trigger language plpgsql as $$
begin
    if not exists (
        select 1 from recruitment_release r join recruitment_release f on f.id = new.first_id and f.round_id = r.round_id and f.position = 1
         where r.id = new.release_id and r.position > 1) or not exists (
        select 1 from council_message
         where id = new.message_id and strpos(body, to_char(new.starts_on, 'FMDD FMMonth YYYY')) > 0) then
        raise exception 'another question' using errcode = '23514', constraint = 'start_question_was_mailed';
    end if;
    return new;
end $$;
create trigger question_is_put before insert on recruitment_startquestion
    for each row execute function recruitment_question_is_put();
-- That it can supply later on says nothing of the time it was silent in.
create or replace function recruitment_was_heard() returns trigger language plpgsql security definer as $$
declare
    says text := tg_argv[0];
begin
    perform 1 from recruitment_release where id = new.release_id for update;
    if says = 'statement' and to_jsonb(new) ->> 'kind' = 'can_supply' then
        return new;
    end if;
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
end 
$$;
create trigger question_stays before update or delete on recruitment_startquestion
    for each row execute function recruitment_refuse('statement_stays');
"""

UNDO = """
drop trigger question_stays on recruitment_startquestion;
drop trigger question_is_put on recruitment_startquestion;
drop function recruitment_question_is_put();
create or replace function recruitment_was_heard() returns trigger language plpgsql security definer as $$
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
end 
$$;
"""


class Migration(migrations.Migration):

    dependencies = [("recruitment", "0037_later_starts")]

    operations = [
        migrations.RunSQL(TRIGGER.format(kinds=NOW), TRIGGER.format(kinds=BEFORE)),
        migrations.RunSQL(STAYS, UNDO),
    ]
