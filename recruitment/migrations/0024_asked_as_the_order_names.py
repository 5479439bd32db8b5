"""A supplier is asked under a contract that the step names; an order of sourcing that a round follows takes nothing more in."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import council.constraints
from django.db import migrations, models


GUARDS = """
create or replace function recruitment_order_stays() returns trigger language plpgsql as $$
declare
    was bigint := (to_jsonb(old) ->> tg_argv[0])::bigint;
    becomes bigint := (to_jsonb(new) ->> tg_argv[0])::bigint;
begin
    -- Whoever opens a round holds its order, so nobody opens one while the order is changed.
    perform 1 from recruitment_sourcingorder where id in (was, becomes) for update;
    if exists (select 1 from recruitment_round where order_id in (was, becomes)) then
        raise exception 'followed' using errcode = '23514', constraint = 'sourcing_order_is_followed';
    end if;
    return coalesce(new, old);
end $$;
drop trigger step_stays on recruitment_sourcingstep;
create trigger step_stays before insert or update or delete on recruitment_sourcingstep
    for each row execute function recruitment_order_stays('order_id');
create trigger source_stays before insert or update or delete on recruitment_stepsource
    for each row execute function recruitment_order_stays('order_id');

-- A contract that one step names and another by its lot would belong to two. The lock above holds the order meanwhile.
create function recruitment_named_once() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from recruitment_stepsource s
          join recruitment_contract c on c.id in (s.contract_id, new.contract_id)
         where s.order_id = new.order_id and s.position <> new.position
           and (s.contract_id = c.id and c.lot_id = new.lot_id or new.contract_id = c.id and c.lot_id = s.lot_id)) then
        raise exception 'named twice' using errcode = '23514', constraint = 'step_source_named_once';
    end if;
    return new;
end $$;
create trigger source_named_once after insert or update on recruitment_stepsource
    for each row execute function recruitment_named_once();

create or replace function recruitment_release_stands() returns trigger language plpgsql as $$
declare
    correction recruitment_correction;
    changed text[];
    -- A generated column has no value yet before the row is written.
    kept text[] := array(select attname::text from pg_catalog.pg_attribute where attrelid = tg_relid and attgenerated <> '');
    always text[] := array['order_number', 'version', 'voided_at', 'voided_by_id', 'void_reason', 'corrected_by_id',
        'unproved_by_id', 'proof_rate', 'proof_answered_at',  -- the last two agree with the proof by a key
        'witness_id', 'witness_kind',  -- and these with the witness
        'heard', 'disputed'];
    answer text[] := array['outcome', 'answered_at', 'answer_recorded_at', 'answered_by_id', 'answer_late_reason', 'reason', 'note',
        'statement_id', 'rate_asked', 'declined_on', 'declined_sender', 'declined_text', 'supply_mode', 'supplying_agency_id', 'own_supply',
        'brokered_supply', 'agencies_approached'];
    falling text[] := array['outcome', 'fell_through_at', 'fell_through_by_id', 'fell_through_reason',
        'fell_through_recorded_at', 'fell_through_late_reason'];
    allowed text[] := kept || always;
begin
    if pg_trigger_depth() < 2 then  -- what was heard is written by what was heard
        new.heard := old.heard;
        new.disputed := old.disputed;
    end if;
    if old.outcome = 'open' then
        allowed := allowed || answer;
    elsif old.outcome = 'secured' and new.outcome = 'fell_through' then
        allowed := allowed || falling || array['answer_no'];
        if new.answer_no <> old.answer_no + 1 then  -- what the supplier was told before was another answer
            raise exception 'another answer' using errcode = '23514', constraint = 'release_answer_is_final';
        end if;
    end if;
    if new.corrected_by_id is distinct from old.corrected_by_id then
        correction := recruitment_confirmed_correction(new.corrected_by_id, 'release');
        if correction.subject_id is distinct from old.id or new.answer_no <> old.answer_no + 1 then
            raise exception 'no correction' using errcode = '23514', constraint = 'release_corrected_by_its_correction';
        end if;
        new.disputed := false;  -- of the answer before
        allowed := allowed || array['answer_no'] || array(select jsonb_object_keys(correction.after));
    end if;
    changed := recruitment_differences(to_jsonb(old), to_jsonb(new));
    if not (changed && array(select jsonb_object_keys(to_jsonb(new)) except select unnest(allowed))) then
        null;
    elsif changed && array(select unnest(answer || falling) except select unnest(allowed)) then
        raise exception 'answered' using errcode = '23514', constraint = 'release_answer_is_final';
    else
        raise exception 'as sent' using errcode = '23514', constraint = 'release_as_sent';
    end if;
    if new.unproved_by_id is null and old.unproved_by_id is not null then
        if not recruitment_proof_is_given_back(old) then
            raise exception 'unproved' using errcode = '23514', constraint = 'release_unproved_by_its_proof';
        end if;
    elsif new.unproved_by_id is distinct from old.unproved_by_id then
        correction := recruitment_confirmed_correction(new.unproved_by_id, 'release');
        if old.unproved_by_id is not null or correction.id is null
            or (correction.subject_id is distinct from old.rests_on_id and not exists (
                select 1 from recruitment_release where id = old.rests_on_id and unproved_by_id = correction.id)) then
            raise exception 'unproved' using errcode = '23514', constraint = 'release_unproved_by_its_proof';
        end if;
    end if;
    if old.voided_at is not null and new.voided_at is distinct from old.voided_at then
        raise exception 'voided' using errcode = '23514', constraint = 'release_answer_is_final';
    end if;
    if new.witness_kind = 'correction' and not exists (
        select 1 from recruitment_witness where id = new.witness_id and correction_id = new.corrected_by_id) then
        raise exception 'another correction' using errcode = '23514', constraint = 'release_witness_of_its_answer';
    end if;
    return new;
end $$;
"""

UNDO = """
drop trigger source_named_once on recruitment_stepsource;
drop function recruitment_named_once();
drop trigger source_stays on recruitment_stepsource;
drop trigger step_stays on recruitment_sourcingstep;
create trigger step_stays before update or delete on recruitment_sourcingstep
    for each row execute function recruitment_order_stays('order_id');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0023_what_each_step_named'),
    ]

    operations = [
        migrations.AlterField(
            model_name='round',
            name='closed_as',
            field=models.CharField(blank=True, choices=[('started', 'A worker started'), ('terms_changed', 'The terms changed'), ('order_changed', 'A newer order of sourcing'), ('filled', 'The post was filled'), ('ended', 'The need ended'), ('withdrawn', 'The request was withdrawn')], max_length=20),
        ),
        migrations.AlterField(
            model_name='roundevent',
            name='closed_as',
            field=models.CharField(blank=True, choices=[('started', 'A worker started'), ('terms_changed', 'The terms changed'), ('order_changed', 'A newer order of sourcing'), ('filled', 'The post was filled'), ('ended', 'The need ended'), ('withdrawn', 'The request was withdrawn')], max_length=20),
        ),
        migrations.RemoveConstraint(
            model_name='release',
            name='release_route_key',
        ),
        migrations.RemoveField(
            model_name='sourcingorder',
            name='proof_age_days',
        ),
        migrations.RemoveField(
            model_name='sourcingstep',
            name='route',
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(fields=('id', 'lot'), name='contract_lot_key', violation_error_message='This contract is already recorded.'),
        ),
        migrations.AddConstraint(
            model_name='sourcingstep',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'exemption')), fields=('order',), name='sourcing_step_one_exemption', violation_error_message='An order has one step for exemptions, its last.'),
        ),
        migrations.AddConstraint(
            model_name='sourcingstep',
            constraint=models.UniqueConstraint(fields=('order', 'position', 'step_class'), name='sourcing_step_class_key', violation_error_message='Two steps have the same position.'),
        ),
        migrations.AddConstraint(
            model_name='sourcingstep',
            constraint=models.UniqueConstraint(fields=('id', 'order', 'position', 'step_class'), name='sourcing_step_source_key', violation_error_message='This step is already recorded.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('id', 'step_class'), name='release_class_key', violation_error_message='This release is already recorded.'),
        ),
        migrations.AddConstraint(
            model_name='stepsource',
            constraint=models.UniqueConstraint(fields=('order', 'contract'), name='step_source_contract_once', violation_error_message='This contract is named by another step of this order already.'),
        ),
        migrations.AddConstraint(
            model_name='stepsource',
            constraint=models.UniqueConstraint(fields=('order', 'lot'), name='step_source_lot_once', violation_error_message='This lot is named by another step of this order already.'),
        ),
        migrations.AddConstraint(
            model_name='stepsource',
            constraint=models.UniqueConstraint(fields=('id', 'order', 'position'), name='step_source_step_key', violation_error_message='This is already recorded.'),
        ),
        migrations.AddConstraint(
            model_name='stepsource',
            constraint=models.UniqueConstraint(fields=('id', 'contract'), name='step_source_contract_key', violation_error_message='This is already recorded.'),
        ),
        migrations.AddConstraint(
            model_name='stepsource',
            constraint=models.UniqueConstraint(fields=('id', 'lot'), name='step_source_lot_key', violation_error_message='This is already recorded.'),
        ),
        migrations.AddConstraint(
            model_name='stepsource',
            constraint=models.UniqueConstraint(fields=('id', 'step_class'), name='step_source_class_key', violation_error_message='This is already recorded.'),
        ),
        migrations.AddConstraint(
            model_name='sourcingstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'direct'), ('position', 0)), models.Q(('position__gt', 0), models.Q(('kind', 'direct'), _negated=True)), _connector='OR'), name='sourcing_step_direct_is_first', violation_error_message='Direct recruitment is position 0, and only direct recruitment is.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('exemption__isnull', True), ('position__lte', 1), ('proof_answered_at__isnull', True), ('proof_rate__isnull', True), ('rests_on__isnull', True)), models.Q(('exemption__isnull', False), ('position__gt', 1), models.Q(models.Q(('proof_answered_at__isnull', True), ('proof_rate__isnull', True), ('rests_on__isnull', True)), models.Q(('proof_answered_at__isnull', False), ('proof_rate__isnull', False), ('rests_on__isnull', False)), _connector='OR')), models.Q(('exemption__isnull', True), ('position__gt', 1), ('proof_answered_at__isnull', False), ('proof_rate__isnull', False), ('rests_on__isnull', False)), _connector='OR'), name='release_later_step_has_proof', violation_error_message='This route opens only after an unsuccessful answer on the route before it, or by an exemption.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('exemption__isnull', False), ('route', 'exemption')), models.Q(('exemption__isnull', True), ('position', 0), ('route', 'direct')), models.Q(('exemption__isnull', True), ('position__gt', 0), models.Q(('route__in', ['direct', 'exemption']), _negated=True)), _connector='OR'), name='release_route_of_its_step', violation_error_message='A permanent contract is for direct recruitment, and one by exemption for its exemption.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source__isnull', True), ('via_lot__isnull', True), models.Q(('position', 0), ('exemption__isnull', False), _connector='OR')), models.Q(('exemption__isnull', True), ('position__gt', 0), ('source__isnull', False)), _connector='OR'), name='release_contract_is_named', violation_error_message='The order of sourcing does not name this contract.'),
        ),
        migrations.AddConstraint(
            model_name='stepsource',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contract__isnull', False), ('lot__isnull', True)), models.Q(('contract__isnull', True), ('lot__isnull', False)), _connector='OR'), name='step_source_contract_or_lot', violation_error_message='A step names a contract or a lot.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=council.constraints.Agrees(fields=('order', 'position', 'step_class'), name='release_step_of_order', to='recruitment.SourcingStep', to_fields=('order', 'position', 'step_class'), violation_error_message='This step is not at that place in the order of sourcing.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=council.constraints.Agrees(fields=('source', 'order', 'position'), name='release_named_at_its_step', to='recruitment.StepSource', to_fields=('id', 'order', 'position'), violation_error_message='Another step of the order of sourcing names this contract.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=council.constraints.Agrees(fields=('source', 'via_contract'), name='release_names_the_contract', to='recruitment.StepSource', to_fields=('id', 'contract'), violation_error_message='This step of the order of sourcing does not name this contract.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=council.constraints.Agrees(fields=('source', 'via_lot'), name='release_names_the_lot', to='recruitment.StepSource', to_fields=('id', 'lot'), violation_error_message='This step of the order of sourcing does not name this lot.'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=council.constraints.Agrees(fields=('contract', 'via_lot'), name='release_contract_of_lot', to='recruitment.Contract', to_fields=('id', 'lot'), violation_error_message='This contract was let under another lot.'),
        ),
        migrations.AlterConstraint(
            model_name='release',
            name='release_contract_of_route',
            constraint=council.constraints.Agrees(fields=('contract', 'route'), name='release_contract_of_route', to='recruitment.Contract', to_fields=('id', 'route'), violation_error_message='This contract is labelled as another route.'),
        ),
        migrations.AddConstraint(
            model_name='stepsource',
            constraint=council.constraints.Agrees(fields=('step', 'order', 'position', 'step_class'), name='step_source_of_an_agency_step', to='recruitment.SourcingStep', to_fields=('id', 'order', 'position', 'step_class'), violation_error_message='Only a step of agencies under contract names contracts.'),
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
