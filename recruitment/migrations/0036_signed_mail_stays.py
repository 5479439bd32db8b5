"""What the mail worker found of an e-mail stays; the words it stands for are the e-mail's, whoever writes them down."""

from django.db import migrations

GUARDS = """
create function recruitment_own_mail_is_stamped() returns trigger language plpgsql as $$
begin
    new.checked_at := council_now();
    if not exists (
        select 1 from recruitment_release where id = new.release_id and answer_file_id = new.attachment_id) then
        raise exception 'another order' using errcode = '23514', constraint = 'own_mail_stays';
    end if;
    return new;
end $$;
create trigger is_stamped before insert on recruitment_ownmail
    for each row execute function recruitment_own_mail_is_stamped();
create trigger own_mail_stays before update or delete on recruitment_ownmail
    for each row execute function recruitment_refuse('own_mail_stays');

create function recruitment_statement_is_the_mail() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from recruitment_ownmail m join recruitment_submission s on s.release_id = m.release_id and s.voided_at is null
         where m.id = new.own_mail_id and s.received_at > m.dated_at) then
        raise exception 'overtaken' using errcode = '23514', constraint = 'statement_by_signed_mail';
    end if;
    select sender, words, dated_at into new.said_by, new.words, new.received_at
      from recruitment_ownmail where id = new.own_mail_id;
    return new;
end $$;
create trigger a_is_the_mail before insert on recruitment_statement
    for each row when (new.own_mail_id is not null) execute function recruitment_statement_is_the_mail();
drop trigger statement_stands on recruitment_statement;
create trigger statement_stands before update on recruitment_statement
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'kind', 'link_id', 'own_mail_id', 'said_by',
        'words', 'sent', 'received_at', 'recorded_at', 'recorded_by_id');
"""

UNDO = """
drop trigger statement_stands on recruitment_statement;
create trigger statement_stands before update on recruitment_statement
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'kind', 'link_id', 'said_by', 'words',
        'sent', 'received_at', 'recorded_at', 'recorded_by_id');
drop trigger a_is_the_mail on recruitment_statement;
drop function recruitment_statement_is_the_mail();
drop trigger own_mail_stays on recruitment_ownmail;
drop trigger is_stamped on recruitment_ownmail;
drop function recruitment_own_mail_is_stamped();
"""


class Migration(migrations.Migration):

    dependencies = [("recruitment", "0035_signed_mail")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
