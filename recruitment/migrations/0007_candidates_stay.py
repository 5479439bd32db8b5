"""A candidate stays as it was put forward, and its steps as they were recorded."""

from django.db import migrations

STAY = """
create trigger submission_stands before update on recruitment_submission
    for each row execute function recruitment_columns_stay('submission_stays', 'id', 'reference', 'release_id', 'candidate',
        'supply_mode', 'supplying_agency_id', 'brokered_from', 'pay_rate', 'charge_rate', 'available_from', 'note', 'first_shown_id',
        'received_at', 'recorded_at', 'recorded_by_id', 'late_reason', 'link_id', 'said_by', 'sent');
create trigger submission_is_allowed before update on recruitment_submission
    for each row when (old.allowed_at is not null)
    execute function recruitment_columns_stay('submission_stays', 'registration_number', 'allowed_at', 'allowed_by_id', 'allowed_reason');
create trigger submission_is_void before update on recruitment_submission
    for each row when (old.voided_at is not null) execute function recruitment_refuse('submission_stays');
create trigger submission_step_stands before update on recruitment_submissionstep
    for each row execute function recruitment_refuse('submission_stays');
create trigger approach_stands before update on recruitment_approach
    for each row execute function recruitment_refuse('submission_stays');
"""
GO = """
drop trigger approach_stands on recruitment_approach;
drop trigger submission_step_stands on recruitment_submissionstep;
drop trigger submission_is_void on recruitment_submission;
drop trigger submission_is_allowed on recruitment_submission;
drop trigger submission_stands on recruitment_submission;
"""


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0006_candidates")]
    operations = [migrations.RunSQL(STAY, GO)]
