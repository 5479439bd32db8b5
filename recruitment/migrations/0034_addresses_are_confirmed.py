"""An ordering address is in force once the agency has clicked the link that was mailed there. Those in force before stay."""

from django.db import migrations

GUARDS = """
-- A mail to confirm an address goes to that address, whoever left it.
create function recruitment_mail_to_its_address() returns trigger language plpgsql as $$
begin
    new."to" := (select nullif(address, '') from recruitment_orderingaddress where id = new.subject);
    if new."to" is null then
        raise exception 'nowhere' using errcode = '23514', constraint = 'mail_to_its_supplier';
    end if;
    return new;
end $$;
create trigger mail_to_its_address before insert on council_message
    for each row when (new.kind = 'confirm_address') execute function recruitment_mail_to_its_address();

-- And mail to a supplier goes to its address in force, or not at all: a link in it is taken for the supplier's own words.
create or replace function recruitment_mail_to_its_supplier() returns trigger language plpgsql as $$
begin
    new."to" := (
        select nullif(a.ordering_address, '') from recruitment_release r
          join recruitment_contract c on c.id = r.contract_id join recruitment_agency a on a.id = c.agency_id
         where r.id = new.subject);
    if new."to" is null then
        raise exception 'nowhere' using errcode = '23514', constraint = 'mail_to_its_supplier';
    end if;
    return new;
end $$;

-- Only the mail worker makes the link, for the mail that carries it.
create function recruitment_address_link_is_mailed() returns trigger language plpgsql as $$
begin
    if not has_table_privilege(current_user, 'council_sending', 'insert') or not exists (
        select 1 from council_message m join recruitment_orderingaddress a on a.id = m.subject and a.address = m."to"
         where m.id = new.message_id and m.kind = 'confirm_address' and a.id = new.address_id) then
        raise exception 'seen' using errcode = '23514', constraint = 'supplier_link_unseen_is_mailed';
    end if;
    return new;
end $$;
create trigger is_mailed before insert on recruitment_addresslink
    for each row execute function recruitment_address_link_is_mailed();

create function recruitment_directors() returns setof bigint language sql stable as $$
    select g.user_id from council_rolegrant g join council_user u on u.id = g.user_id and u.is_active
     where g.role = 'assistant_director' and g.starts_on <= (council_now() at time zone 'Europe/London')::date
       and (g.ends_on is null or g.ends_on >= (council_now() at time zone 'Europe/London')::date)
$$;

-- The agency says it by that link: of its newest address, by whoever knows the secret. When the link ends is the action's to say.
create function recruitment_address_is_confirmed() returns trigger language plpgsql security definer as $$
declare
    asked bigint;
begin
    new.said_at := council_now();
    if not exists (
        select 1 from recruitment_addresslink
         where id = new.link_id and token_hash = encode(sha256(convert_to(coalesce(new.secret, ''), 'UTF8')), 'hex')) then
        raise exception 'no such link' using errcode = '23514', constraint = 'statement_by_its_link';
    end if;
    perform 1 from recruitment_agency a join recruitment_orderingaddress o on o.agency_id = a.id where o.id = new.address_id for update of a;
    if exists (
        select 1 from recruitment_orderingaddress mine join recruitment_orderingaddress newer
            on newer.agency_id = mine.agency_id and newer.id > mine.id
         where mine.id = new.address_id) then
        raise exception 'another was set' using errcode = '23514', constraint = 'ordering_address_is_confirmed';
    end if;
    -- Whoever it is who set it and clicks: everybody who is Assistant Director has been mailed of this agency's address since it was set.
    select min(id) into asked from council_message where kind = 'confirm_address' and subject = new.address_id;
    if not exists (select 1 from recruitment_directors()) or exists (
        select 1 from recruitment_directors() d where not exists (
            select 1 from council_message m join council_sending went on went.message_id = m.id
              join recruitment_orderingaddress o on o.id = new.address_id join recruitment_agency a on a.id = o.agency_id
             where m.kind = 'named' and m.subject = d and m.id > asked and strpos(m.body, o.address) > 0 and strpos(m.body, a.name) > 0)) then
        raise exception 'not told' using errcode = '23514', constraint = 'ordering_address_is_told';
    end if;
    new.secret := null;
    return new;
end $$;
create trigger is_confirmed before insert on recruitment_addressword
    for each row execute function recruitment_address_is_confirmed();

create function recruitment_address_comes_into_force() returns trigger language plpgsql as $$
begin
    update recruitment_agency a set ordering_address = o.address
      from recruitment_orderingaddress o where o.id = new.address_id and a.id = o.agency_id;
    return null;
end $$;
create trigger comes_into_force after insert on recruitment_addressword
    for each row execute function recruitment_address_comes_into_force();

-- And in no other way: an agency has the address that was set last, once it has confirmed it, or none.
create function recruitment_agency_address() returns trigger language plpgsql as $$
begin
    if new.ordering_address is distinct from (
        select case when w.id is not null then o.address end from recruitment_orderingaddress o
          left join recruitment_addressword w on w.address_id = o.id
         where o.agency_id = new.id order by o.id desc limit 1) then
        raise exception 'not confirmed' using errcode = '23514', constraint = 'ordering_address_is_confirmed';
    end if;
    return new;
end $$;
create trigger address_is_confirmed_new before insert on recruitment_agency
    for each row when (new.ordering_address <> '') execute function recruitment_agency_address();
create trigger address_is_confirmed before update of ordering_address on recruitment_agency
    for each row when (new.ordering_address <> '' and new.ordering_address is distinct from old.ordering_address)
    execute function recruitment_agency_address();

create trigger address_stays before update or delete on recruitment_orderingaddress
    for each row execute function recruitment_refuse('ordering_address_stays');
create trigger address_link_stays before update or delete on recruitment_addresslink
    for each row execute function recruitment_refuse('ordering_address_stays');
create trigger address_word_stays before update or delete on recruitment_addressword
    for each row execute function recruitment_refuse('ordering_address_stays');
"""

UNDO = """
create or replace function recruitment_mail_to_its_supplier() returns trigger language plpgsql as $$
begin
    new."to" := coalesce((
        select nullif(a.ordering_address, '') from recruitment_release r
          join recruitment_contract c on c.id = r.contract_id join recruitment_agency a on a.id = c.agency_id
         where r.id = new.subject), new."to");
    return new;
end $$;
drop trigger address_word_stays on recruitment_addressword;
drop trigger address_link_stays on recruitment_addresslink;
drop trigger address_stays on recruitment_orderingaddress;
drop trigger address_is_confirmed on recruitment_agency;
drop trigger address_is_confirmed_new on recruitment_agency;
drop function recruitment_agency_address();
drop trigger comes_into_force on recruitment_addressword;
drop function recruitment_address_comes_into_force();
drop trigger is_confirmed on recruitment_addressword;
drop function recruitment_address_is_confirmed();
drop function recruitment_directors();
drop trigger is_mailed on recruitment_addresslink;
drop function recruitment_address_link_is_mailed();
drop trigger mail_to_its_address on council_message;
drop function recruitment_mail_to_its_address();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("recruitment", "0033_ordering_addresses"),
        ("council", "0018_attachment_of_its_subject"),
    ]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
