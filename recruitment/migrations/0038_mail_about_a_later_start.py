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
create trigger question_stays before update or delete on recruitment_startquestion
    for each row execute function recruitment_refuse('statement_stays');
"""


class Migration(migrations.Migration):

    dependencies = [("recruitment", "0037_later_starts")]

    operations = [
        migrations.RunSQL(TRIGGER.format(kinds=NOW), TRIGGER.format(kinds=BEFORE)),
        migrations.RunSQL(STAYS, "drop trigger question_stays on recruitment_startquestion"),
    ]
