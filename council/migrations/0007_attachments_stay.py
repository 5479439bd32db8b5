"""A file that stands beside something stays as it was added."""

from django.db import migrations

STAYS = """
create function council_attachment_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.voided_at is not null
        or (to_jsonb(new) - array['fit_to_publish', 'voided_at', 'voided_by_id', 'void_reason'])
            <> (to_jsonb(old) - array['fit_to_publish', 'voided_at', 'voided_by_id', 'void_reason'])
    then
        raise exception 'as added' using errcode = '23514', constraint = 'attachment_stays';
    end if;
    return new;
end $$;
create trigger attachment_stays before update or delete on council_attachment
    for each row execute function council_attachment_stays();
"""
UNDO = """
drop trigger attachment_stays on council_attachment;
drop function council_attachment_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("council", "0006_attachments")]
    operations = [migrations.RunSQL(STAYS, UNDO)]
