"""A finished document stays as it was made; only to whom it was issued is written beside it, once."""

from django.db import migrations

STAYS = """
create function council_document_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE'
        or old.finished_at is not null and (to_jsonb(new) - array['issued_to', 'issued_on', 'issued_by_id'])
            <> (to_jsonb(old) - array['issued_to', 'issued_on', 'issued_by_id'])
        or old.issued_on is not null and new <> old
    then
        raise exception 'as made' using errcode = '23514', constraint = 'document_stays';
    end if;
    return new;
end $$;
create trigger document_stays before update or delete on council_document
    for each row execute function council_document_stays();
"""
UNDO = """
drop trigger document_stays on council_document;
drop function council_document_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("council", "0008_documents")]
    operations = [migrations.RunSQL(STAYS, UNDO)]
