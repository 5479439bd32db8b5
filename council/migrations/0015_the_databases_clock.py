"""The database's own clock, what it stamps, and mail that nobody stops."""

from django.db import migrations

CLOCK = """
create table council_clock (only_one boolean primary key default true check (only_one), shift interval not null);
insert into council_clock (shift) values (interval '0');
create function council_now() returns timestamptz language sql stable as $$
    select clock_timestamp() + coalesce((select shift from council_clock), interval '0')
$$;
create function council_sending_is_stamped() returns trigger language plpgsql as $$
begin
    new.accepted_at := council_now();
    return new;
end $$;
create trigger is_stamped before insert on council_sending
    for each row execute function council_sending_is_stamped();

-- Who is named as having confirmed something is told so: only who sends mail touches that message.
create function council_message_goes() returns trigger language plpgsql as $$
begin
    if not has_table_privilege(current_user, 'council_sending', 'insert') then
        raise exception 'goes' using errcode = '23514', constraint = 'message_that_names_goes';
    end if;
    return new;
end $$;
create trigger message_goes before update on council_message
    for each row when (old.kind = 'named') execute function council_message_goes();

create function council_message_to_who_is_named() returns trigger language plpgsql as $$
begin
    new."to" := (select email from council_user where id = new.subject);
    new.sent_at := null;
    new.cancelled_at := null;
    new.next_try_at := least(new.next_try_at, council_now());
    return new;
end $$;
create trigger message_to_who_is_named before insert on council_message
    for each row when (new.kind = 'named') execute function council_message_to_who_is_named();
"""
UNDO = """
drop trigger message_to_who_is_named on council_message;
drop function council_message_to_who_is_named();
drop trigger message_goes on council_message;
drop function council_message_goes();
drop trigger is_stamped on council_sending;
drop function council_sending_is_stamped();
drop function council_now();
drop table council_clock;
"""


class Migration(migrations.Migration):
    dependencies = [("council", "0014_what_a_mail_server_took")]
    operations = [migrations.RunSQL(CLOCK, UNDO)]
