"""A supplier's words stay as they were sent; our answer to a dispute is written once."""

from django.db import migrations

STAY = """
drop trigger statement_stands on recruitment_statement;
create trigger statement_stands before update on recruitment_statement
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'kind', 'link_id', 'said_by', 'words',
        'sent', 'received_at', 'recorded_at', 'recorded_by_id');
create trigger statement_is_answered before update on recruitment_statement
    for each row when (old.replied_at is not null) execute function recruitment_refuse('statement_stays');
drop trigger link_stands on recruitment_supplierlink;
create trigger link_stands before update on recruitment_supplierlink
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'purpose', 'token_hash', 'message_id',
        'made_by_id', 'made_at', 'expires_at');
"""
GO = """
drop trigger link_stands on recruitment_supplierlink;
create trigger link_stands before update on recruitment_supplierlink
    for each row execute function recruitment_columns_stay('statement_stays', 'id', 'release_id', 'token_hash', 'message_id',
        'made_by_id', 'made_at', 'expires_at');
drop trigger statement_is_answered on recruitment_statement;
drop trigger statement_stands on recruitment_statement;
create trigger statement_stands before update on recruitment_statement
    for each row execute function recruitment_refuse('statement_stays');
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0008_disputes")]
    operations = [migrations.RunSQL(STAY, GO)]
