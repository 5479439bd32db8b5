"""Reviews stay as they were recorded, and nobody is carried over to a contract that was let by exemption."""

from django.db import migrations

GUARDS = """
create trigger review_stands before update on placements_qualityreview
    for each row execute function recruitment_columns_stay('review_stays', 'id', 'placement_id', 'due_on', 'held_on', 'rating', 'findings',
        'recorded_by_id', 'recorded_at');
create trigger review_is_read before update on placements_qualityreview
    for each row when (old.read_at is not null) execute function recruitment_refuse('review_stays');
create trigger review_action_stands before update on placements_reviewaction
    for each row execute function recruitment_columns_stay('review_stays', 'id', 'review_id', 'what', 'owner', 'due_on');
create trigger review_action_is_done before update on placements_reviewaction
    for each row when (old.done_on is not null) execute function recruitment_refuse('review_stays');

create function placements_not_carried_to_an_exemption() returns trigger language plpgsql as $$
begin
    if new.continues_as = 'carry_over' and exists (
        select 1 from recruitment_contract where id = new.contract_id and route = 'exemption')
    then
        raise exception 'by exemption' using errcode = '23514', constraint = 'carry_over_not_by_exemption';
    end if;
    return new;
end $$;
create trigger not_carried_to_an_exemption before insert on placements_placement
    for each row execute function placements_not_carried_to_an_exemption();
"""
UNDO = """
drop trigger not_carried_to_an_exemption on placements_placement;
drop function placements_not_carried_to_an_exemption();
drop trigger review_action_is_done on placements_reviewaction;
drop trigger review_action_stands on placements_reviewaction;
drop trigger review_is_read on placements_qualityreview;
drop trigger review_stands on placements_qualityreview;
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0005_reviews"), ("recruitment", "0008_exemptions_stay")]
    operations = [migrations.RunSQL(GUARDS, UNDO)]
