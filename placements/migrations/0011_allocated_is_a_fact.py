from django.db import migrations

KEEP = """
-- Whether a payment is allocated is what its allocations say, whoever writes the row.
create function placements_is_allocated() returns trigger language plpgsql as $$
begin
    new.is_allocated := tg_op = 'UPDATE' and exists (select 1 from placements_paymentallocation a where a.payment_id = new.id);
    return new;
end $$;
create trigger is_allocated before insert or update of is_allocated on placements_payment
    for each row execute function placements_is_allocated();
"""
UNDO = """
drop trigger is_allocated on placements_payment;
drop function placements_is_allocated();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("placements", "0010_never_before_it_was_asked"),
    ]

    operations = [migrations.RunSQL(KEEP, UNDO)]
