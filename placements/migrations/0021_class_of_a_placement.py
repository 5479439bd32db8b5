"""A placement is of the class of its step, and one who was carried over says what named the next contract."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import council.constraints
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('placements', '0020_authority_not_confirmed'),
        ('recruitment', '0022_steps_name_contracts'),
    ]
    # The key on the route of an order goes before the route does.
    run_before = [('recruitment', '0024_asked_as_the_order_names')]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='placement',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='placement',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='placement',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='placement',
            name='placement_route_with_its_order',
        ),
        migrations.RemoveConstraint(
            model_name='placement',
            name='placement_route_of_its_order',
        ),
        migrations.RemoveConstraint(
            model_name='placement',
            name='placement_contract_of_its_route',
        ),
        migrations.RemoveField(
            model_name='placement',
            name='route',
        ),
        migrations.RemoveField(
            model_name='placementevent',
            name='route',
        ),
        migrations.AddField(
            model_name='placement',
            name='source',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.stepsource'),
        ),
        migrations.AddField(
            model_name='placement',
            name='step_class',
            field=models.CharField(choices=[('direct', 'Direct recruitment'), ('first', 'The first agency step'), ('later', 'A later step'), ('exemption', 'Exemption')], max_length=20, null=True),
        ),
        migrations.AddField(
            model_name='placement',
            name='via_lot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.lot'),
        ),
        migrations.AddField(
            model_name='placementevent',
            name='source',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='recruitment.stepsource'),
        ),
        migrations.AddField(
            model_name='placementevent',
            name='via_lot',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='recruitment.lot'),
        ),
        migrations.AddField(
            model_name='placementevent',
            name='step_class',
            field=models.CharField(choices=[('direct', 'Direct recruitment'), ('first', 'The first agency step'), ('later', 'A later step'), ('exemption', 'Exemption')], max_length=20, null=True),
        ),
        migrations.AddField(
            model_name='placement',
            name='via_contract',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(then=models.F('contract'), via_lot__isnull=True), output_field=models.BigIntegerField()), output_field=models.BigIntegerField(null=True)),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='placement',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "placements_placementevent" ("basis", "batch_id", "booked_at", "booked_by_id", "committed_until", "continues_as", "continues_id", "contract_id", "corrected_by_id", "dbs_checked_on", "did_not_start_at", "did_not_start_by_id", "did_not_start_reason", "eligible_again", "end_note", "end_reason", "ended_early_at", "ended_early_by_id", "ends_on", "handover_reason", "handover_until", "hours_per_week", "id", "notice_given_on", "notice_waived", "order_stands", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_held", "proof_id", "rating", "reference", "references_checked_on", "registration_checked_on", "release_id", "right_to_work_checked_on", "round_id", "source_id", "started_confirmed_at", "started_confirmed_by_id", "starts_on", "step_class", "supply_mode", "supplying_agency_id", "unproved_by_id", "vacancy_id", "version", "via_lot_id", "void_reason", "voided_at", "voided_by_id", "worker_id") VALUES (NEW."basis", NEW."batch_id", NEW."booked_at", NEW."booked_by_id", NEW."committed_until", NEW."continues_as", NEW."continues_id", NEW."contract_id", NEW."corrected_by_id", NEW."dbs_checked_on", NEW."did_not_start_at", NEW."did_not_start_by_id", NEW."did_not_start_reason", NEW."eligible_again", NEW."end_note", NEW."end_reason", NEW."ended_early_at", NEW."ended_early_by_id", NEW."ends_on", NEW."handover_reason", NEW."handover_until", NEW."hours_per_week", NEW."id", NEW."notice_given_on", NEW."notice_waived", NEW."order_stands", NEW."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."proof_held", NEW."proof_id", NEW."rating", NEW."reference", NEW."references_checked_on", NEW."registration_checked_on", NEW."release_id", NEW."right_to_work_checked_on", NEW."round_id", NEW."source_id", NEW."started_confirmed_at", NEW."started_confirmed_by_id", NEW."starts_on", NEW."step_class", NEW."supply_mode", NEW."supplying_agency_id", NEW."unproved_by_id", NEW."vacancy_id", NEW."version", NEW."via_lot_id", NEW."void_reason", NEW."voided_at", NEW."voided_by_id", NEW."worker_id"); RETURN NULL;', hash='45d04ffd177d1a14113f5ad5b292c8a55219da81', operation='INSERT', pgid='pgtrigger_insert_insert_1caba', table='placements_placement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='placement',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."basis" IS DISTINCT FROM (NEW."basis") OR OLD."batch_id" IS DISTINCT FROM (NEW."batch_id") OR OLD."booked_at" IS DISTINCT FROM (NEW."booked_at") OR OLD."booked_by_id" IS DISTINCT FROM (NEW."booked_by_id") OR OLD."committed_until" IS DISTINCT FROM (NEW."committed_until") OR OLD."continues_id" IS DISTINCT FROM (NEW."continues_id") OR OLD."continues_as" IS DISTINCT FROM (NEW."continues_as") OR OLD."contract_id" IS DISTINCT FROM (NEW."contract_id") OR OLD."corrected_by_id" IS DISTINCT FROM (NEW."corrected_by_id") OR OLD."dbs_checked_on" IS DISTINCT FROM (NEW."dbs_checked_on") OR OLD."did_not_start_at" IS DISTINCT FROM (NEW."did_not_start_at") OR OLD."did_not_start_by_id" IS DISTINCT FROM (NEW."did_not_start_by_id") OR OLD."did_not_start_reason" IS DISTINCT FROM (NEW."did_not_start_reason") OR OLD."eligible_again" IS DISTINCT FROM (NEW."eligible_again") OR OLD."end_note" IS DISTINCT FROM (NEW."end_note") OR OLD."end_reason" IS DISTINCT FROM (NEW."end_reason") OR OLD."ended_early_at" IS DISTINCT FROM (NEW."ended_early_at") OR OLD."ended_early_by_id" IS DISTINCT FROM (NEW."ended_early_by_id") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."handover_reason" IS DISTINCT FROM (NEW."handover_reason") OR OLD."handover_until" IS DISTINCT FROM (NEW."handover_until") OR OLD."hours_per_week" IS DISTINCT FROM (NEW."hours_per_week") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."notice_given_on" IS DISTINCT FROM (NEW."notice_given_on") OR OLD."notice_waived" IS DISTINCT FROM (NEW."notice_waived") OR OLD."order_stands" IS DISTINCT FROM (NEW."order_stands") OR OLD."pattern" IS DISTINCT FROM (NEW."pattern") OR OLD."proof_id" IS DISTINCT FROM (NEW."proof_id") OR OLD."proof_held" IS DISTINCT FROM (NEW."proof_held") OR OLD."rating" IS DISTINCT FROM (NEW."rating") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."references_checked_on" IS DISTINCT FROM (NEW."references_checked_on") OR OLD."registration_checked_on" IS DISTINCT FROM (NEW."registration_checked_on") OR OLD."release_id" IS DISTINCT FROM (NEW."release_id") OR OLD."right_to_work_checked_on" IS DISTINCT FROM (NEW."right_to_work_checked_on") OR OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."started_confirmed_at" IS DISTINCT FROM (NEW."started_confirmed_at") OR OLD."started_confirmed_by_id" IS DISTINCT FROM (NEW."started_confirmed_by_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."step_class" IS DISTINCT FROM (NEW."step_class") OR OLD."supply_mode" IS DISTINCT FROM (NEW."supply_mode") OR OLD."supplying_agency_id" IS DISTINCT FROM (NEW."supplying_agency_id") OR OLD."unproved_by_id" IS DISTINCT FROM (NEW."unproved_by_id") OR OLD."vacancy_id" IS DISTINCT FROM (NEW."vacancy_id") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."via_lot_id" IS DISTINCT FROM (NEW."via_lot_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."voided_by_id" IS DISTINCT FROM (NEW."voided_by_id") OR OLD."worker_id" IS DISTINCT FROM (NEW."worker_id"))', func='INSERT INTO "placements_placementevent" ("basis", "batch_id", "booked_at", "booked_by_id", "committed_until", "continues_as", "continues_id", "contract_id", "corrected_by_id", "dbs_checked_on", "did_not_start_at", "did_not_start_by_id", "did_not_start_reason", "eligible_again", "end_note", "end_reason", "ended_early_at", "ended_early_by_id", "ends_on", "handover_reason", "handover_until", "hours_per_week", "id", "notice_given_on", "notice_waived", "order_stands", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_held", "proof_id", "rating", "reference", "references_checked_on", "registration_checked_on", "release_id", "right_to_work_checked_on", "round_id", "source_id", "started_confirmed_at", "started_confirmed_by_id", "starts_on", "step_class", "supply_mode", "supplying_agency_id", "unproved_by_id", "vacancy_id", "version", "via_lot_id", "void_reason", "voided_at", "voided_by_id", "worker_id") VALUES (NEW."basis", NEW."batch_id", NEW."booked_at", NEW."booked_by_id", NEW."committed_until", NEW."continues_as", NEW."continues_id", NEW."contract_id", NEW."corrected_by_id", NEW."dbs_checked_on", NEW."did_not_start_at", NEW."did_not_start_by_id", NEW."did_not_start_reason", NEW."eligible_again", NEW."end_note", NEW."end_reason", NEW."ended_early_at", NEW."ended_early_by_id", NEW."ends_on", NEW."handover_reason", NEW."handover_until", NEW."hours_per_week", NEW."id", NEW."notice_given_on", NEW."notice_waived", NEW."order_stands", NEW."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."proof_held", NEW."proof_id", NEW."rating", NEW."reference", NEW."references_checked_on", NEW."registration_checked_on", NEW."release_id", NEW."right_to_work_checked_on", NEW."round_id", NEW."source_id", NEW."started_confirmed_at", NEW."started_confirmed_by_id", NEW."starts_on", NEW."step_class", NEW."supply_mode", NEW."supplying_agency_id", NEW."unproved_by_id", NEW."vacancy_id", NEW."version", NEW."via_lot_id", NEW."void_reason", NEW."voided_at", NEW."voided_by_id", NEW."worker_id"); RETURN NULL;', hash='a47d50bbe8c7e322cb3bd37b43186667a4dbebee', operation='UPDATE', pgid='pgtrigger_update_update_3ab36', table='placements_placement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='placement',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "placements_placementevent" ("basis", "batch_id", "booked_at", "booked_by_id", "committed_until", "continues_as", "continues_id", "contract_id", "corrected_by_id", "dbs_checked_on", "did_not_start_at", "did_not_start_by_id", "did_not_start_reason", "eligible_again", "end_note", "end_reason", "ended_early_at", "ended_early_by_id", "ends_on", "handover_reason", "handover_until", "hours_per_week", "id", "notice_given_on", "notice_waived", "order_stands", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_held", "proof_id", "rating", "reference", "references_checked_on", "registration_checked_on", "release_id", "right_to_work_checked_on", "round_id", "source_id", "started_confirmed_at", "started_confirmed_by_id", "starts_on", "step_class", "supply_mode", "supplying_agency_id", "unproved_by_id", "vacancy_id", "version", "via_lot_id", "void_reason", "voided_at", "voided_by_id", "worker_id") VALUES (OLD."basis", OLD."batch_id", OLD."booked_at", OLD."booked_by_id", OLD."committed_until", OLD."continues_as", OLD."continues_id", OLD."contract_id", OLD."corrected_by_id", OLD."dbs_checked_on", OLD."did_not_start_at", OLD."did_not_start_by_id", OLD."did_not_start_reason", OLD."eligible_again", OLD."end_note", OLD."end_reason", OLD."ended_early_at", OLD."ended_early_by_id", OLD."ends_on", OLD."handover_reason", OLD."handover_until", OLD."hours_per_week", OLD."id", OLD."notice_given_on", OLD."notice_waived", OLD."order_stands", OLD."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."proof_held", OLD."proof_id", OLD."rating", OLD."reference", OLD."references_checked_on", OLD."registration_checked_on", OLD."release_id", OLD."right_to_work_checked_on", OLD."round_id", OLD."source_id", OLD."started_confirmed_at", OLD."started_confirmed_by_id", OLD."starts_on", OLD."step_class", OLD."supply_mode", OLD."supplying_agency_id", OLD."unproved_by_id", OLD."vacancy_id", OLD."version", OLD."via_lot_id", OLD."void_reason", OLD."voided_at", OLD."voided_by_id", OLD."worker_id"); RETURN NULL;', hash='40f2c966fcc0b9a4a339f4c66c14f634d512d081', operation='DELETE', pgid='pgtrigger_delete_delete_95ec9', table='placements_placement', when='AFTER')),
        ),
    ]
