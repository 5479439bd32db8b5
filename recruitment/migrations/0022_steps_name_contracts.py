"""A step names contracts and lots, and says for itself how old a proof may be."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import council.constraints
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0021_the_holders_own_word'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='release',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='release',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='release',
            name='delete_delete',
        ),
        migrations.CreateModel(
            name='StepSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('step_class', models.GeneratedField(db_persist=True, expression=models.Case(models.When(position=1, then=models.Value('first')), default=models.Value('later')), output_field=models.CharField(choices=[('direct', 'Direct recruitment'), ('first', 'The first agency step'), ('later', 'A later step'), ('exemption', 'Exemption')], max_length=20))),
            ],
            options={
                'verbose_name': 'contract or lot of a step',
                'verbose_name_plural': 'contracts and lots of steps',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='release',
            name='release_step_of_order',
        ),
        migrations.RemoveConstraint(
            model_name='release',
            name='release_later_step_has_proof',
        ),
        migrations.RemoveConstraint(
            model_name='sourcingstep',
            name='sourcing_step_route_unique',
        ),
        migrations.RemoveConstraint(
            model_name='sourcingstep',
            name='sourcing_step_key',
        ),
        migrations.RemoveConstraint(
            model_name='sourcingstep',
            name='sourcing_step_direct_is_first',
        ),
        migrations.AddField(
            model_name='release',
            name='via_lot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.lot'),
        ),
        migrations.AddField(
            model_name='releaseevent',
            name='via_lot',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='recruitment.lot'),
        ),
        migrations.AddField(
            model_name='sourcingstep',
            name='kind',
            field=models.CharField(choices=[('direct', 'Direct recruitment'), ('agency', 'Agencies under contract'), ('exemption', 'Another agency, by exemption')], default=1, max_length=20, verbose_name='what is asked'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='sourcingstep',
            name='proof_age_days',
            field=models.PositiveSmallIntegerField(default=20, help_text='For how long an unsuccessful answer on this step opens the next.', verbose_name='age limit of a proof, in working days'),
        ),
        migrations.AlterField(
            model_name='sourcingstep',
            name='position',
            field=models.PositiveSmallIntegerField(help_text='0 for direct recruitment, 1 for the first agency step, and so on.'),
        ),
        migrations.AddField(
            model_name='stepsource',
            name='contract',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='named_by', to='recruitment.contract'),
        ),
        migrations.AddField(
            model_name='stepsource',
            name='lot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='named_by', to='recruitment.lot'),
        ),
        migrations.AddField(
            model_name='stepsource',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.sourcingorder'),
        ),
        migrations.AddField(
            model_name='stepsource',
            name='step',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sources', to='recruitment.sourcingstep'),
        ),
        migrations.AddField(
            model_name='release',
            name='source',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.stepsource'),
        ),
        migrations.AddField(
            model_name='releaseevent',
            name='source',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='recruitment.stepsource'),
        ),
        migrations.AddField(
            model_name='release',
            name='step_class',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(exemption__isnull=False, then=models.Value('exemption')), models.When(position=0, then=models.Value('direct')), models.When(position=1, then=models.Value('first')), default=models.Value('later')), output_field=models.CharField(choices=[('direct', 'Direct recruitment'), ('first', 'The first agency step'), ('later', 'A later step'), ('exemption', 'Exemption')], max_length=20)),
        ),
        migrations.AddField(
            model_name='release',
            name='via_contract',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(then=models.F('contract'), via_lot__isnull=True), output_field=models.BigIntegerField()), output_field=models.BigIntegerField(null=True)),
        ),
        migrations.AddField(
            model_name='sourcingstep',
            name='step_class',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(kind='direct', then=models.Value('direct')), models.When(kind='exemption', then=models.Value('exemption')), models.When(position=1, then=models.Value('first')), default=models.Value('later')), output_field=models.CharField(choices=[('direct', 'Direct recruitment'), ('first', 'The first agency step'), ('later', 'A later step'), ('exemption', 'Exemption')], max_length=20)),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "recruitment_releaseevent" ("agencies_approached", "answer_late_reason", "answer_no", "answer_recorded_at", "answered_at", "answered_by_id", "base", "brokered_supply", "contract_id", "corrected_by_id", "declined_on", "declined_sender", "declined_text", "disputed", "earlier_proof_id", "exemption_id", "fell_through_at", "fell_through_by_id", "fell_through_late_reason", "fell_through_reason", "fell_through_recorded_at", "heard", "hours_per_week", "id", "max_rate", "note", "order_id", "order_number", "outcome", "own_supply", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "proof_answered_at", "proof_rate", "rate_asked", "reason", "reference", "respond_by", "rests_on_id", "round_id", "route", "sent_at", "sent_by_id", "sent_late_reason", "sent_recorded_at", "source_id", "starts_on", "statement_id", "supply_mode", "supplying_agency_id", "unproved_by_id", "vacancy_id", "version", "via_lot_id", "void_reason", "voided_at", "voided_by_id", "weeks", "witness_id", "witness_kind") VALUES (NEW."agencies_approached", NEW."answer_late_reason", NEW."answer_no", NEW."answer_recorded_at", NEW."answered_at", NEW."answered_by_id", NEW."base", NEW."brokered_supply", NEW."contract_id", NEW."corrected_by_id", NEW."declined_on", NEW."declined_sender", NEW."declined_text", NEW."disputed", NEW."earlier_proof_id", NEW."exemption_id", NEW."fell_through_at", NEW."fell_through_by_id", NEW."fell_through_late_reason", NEW."fell_through_reason", NEW."fell_through_recorded_at", NEW."heard", NEW."hours_per_week", NEW."id", NEW."max_rate", NEW."note", NEW."order_id", NEW."order_number", NEW."outcome", NEW."own_supply", NEW."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."position", NEW."proof_answered_at", NEW."proof_rate", NEW."rate_asked", NEW."reason", NEW."reference", NEW."respond_by", NEW."rests_on_id", NEW."round_id", NEW."route", NEW."sent_at", NEW."sent_by_id", NEW."sent_late_reason", NEW."sent_recorded_at", NEW."source_id", NEW."starts_on", NEW."statement_id", NEW."supply_mode", NEW."supplying_agency_id", NEW."unproved_by_id", NEW."vacancy_id", NEW."version", NEW."via_lot_id", NEW."void_reason", NEW."voided_at", NEW."voided_by_id", NEW."weeks", NEW."witness_id", NEW."witness_kind"); RETURN NULL;', hash='8e52959302e7e2b870fac2ac44509f1b53fd071f', operation='INSERT', pgid='pgtrigger_insert_insert_e572a', table='recruitment_release', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agencies_approached" IS DISTINCT FROM (NEW."agencies_approached") OR OLD."answer_late_reason" IS DISTINCT FROM (NEW."answer_late_reason") OR OLD."answer_no" IS DISTINCT FROM (NEW."answer_no") OR OLD."answer_recorded_at" IS DISTINCT FROM (NEW."answer_recorded_at") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."answered_by_id" IS DISTINCT FROM (NEW."answered_by_id") OR OLD."base" IS DISTINCT FROM (NEW."base") OR OLD."brokered_supply" IS DISTINCT FROM (NEW."brokered_supply") OR OLD."contract_id" IS DISTINCT FROM (NEW."contract_id") OR OLD."corrected_by_id" IS DISTINCT FROM (NEW."corrected_by_id") OR OLD."declined_on" IS DISTINCT FROM (NEW."declined_on") OR OLD."declined_sender" IS DISTINCT FROM (NEW."declined_sender") OR OLD."declined_text" IS DISTINCT FROM (NEW."declined_text") OR OLD."disputed" IS DISTINCT FROM (NEW."disputed") OR OLD."earlier_proof_id" IS DISTINCT FROM (NEW."earlier_proof_id") OR OLD."exemption_id" IS DISTINCT FROM (NEW."exemption_id") OR OLD."fell_through_at" IS DISTINCT FROM (NEW."fell_through_at") OR OLD."fell_through_by_id" IS DISTINCT FROM (NEW."fell_through_by_id") OR OLD."fell_through_late_reason" IS DISTINCT FROM (NEW."fell_through_late_reason") OR OLD."fell_through_reason" IS DISTINCT FROM (NEW."fell_through_reason") OR OLD."fell_through_recorded_at" IS DISTINCT FROM (NEW."fell_through_recorded_at") OR OLD."heard" IS DISTINCT FROM (NEW."heard") OR OLD."hours_per_week" IS DISTINCT FROM (NEW."hours_per_week") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."max_rate" IS DISTINCT FROM (NEW."max_rate") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."order_number" IS DISTINCT FROM (NEW."order_number") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."own_supply" IS DISTINCT FROM (NEW."own_supply") OR OLD."pattern" IS DISTINCT FROM (NEW."pattern") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."proof_answered_at" IS DISTINCT FROM (NEW."proof_answered_at") OR OLD."proof_rate" IS DISTINCT FROM (NEW."proof_rate") OR OLD."rate_asked" IS DISTINCT FROM (NEW."rate_asked") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."respond_by" IS DISTINCT FROM (NEW."respond_by") OR OLD."rests_on_id" IS DISTINCT FROM (NEW."rests_on_id") OR OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."route" IS DISTINCT FROM (NEW."route") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at") OR OLD."sent_by_id" IS DISTINCT FROM (NEW."sent_by_id") OR OLD."sent_late_reason" IS DISTINCT FROM (NEW."sent_late_reason") OR OLD."sent_recorded_at" IS DISTINCT FROM (NEW."sent_recorded_at") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."statement_id" IS DISTINCT FROM (NEW."statement_id") OR OLD."supply_mode" IS DISTINCT FROM (NEW."supply_mode") OR OLD."supplying_agency_id" IS DISTINCT FROM (NEW."supplying_agency_id") OR OLD."unproved_by_id" IS DISTINCT FROM (NEW."unproved_by_id") OR OLD."vacancy_id" IS DISTINCT FROM (NEW."vacancy_id") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."via_lot_id" IS DISTINCT FROM (NEW."via_lot_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."voided_by_id" IS DISTINCT FROM (NEW."voided_by_id") OR OLD."weeks" IS DISTINCT FROM (NEW."weeks") OR OLD."witness_id" IS DISTINCT FROM (NEW."witness_id") OR OLD."witness_kind" IS DISTINCT FROM (NEW."witness_kind"))', func='INSERT INTO "recruitment_releaseevent" ("agencies_approached", "answer_late_reason", "answer_no", "answer_recorded_at", "answered_at", "answered_by_id", "base", "brokered_supply", "contract_id", "corrected_by_id", "declined_on", "declined_sender", "declined_text", "disputed", "earlier_proof_id", "exemption_id", "fell_through_at", "fell_through_by_id", "fell_through_late_reason", "fell_through_reason", "fell_through_recorded_at", "heard", "hours_per_week", "id", "max_rate", "note", "order_id", "order_number", "outcome", "own_supply", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "proof_answered_at", "proof_rate", "rate_asked", "reason", "reference", "respond_by", "rests_on_id", "round_id", "route", "sent_at", "sent_by_id", "sent_late_reason", "sent_recorded_at", "source_id", "starts_on", "statement_id", "supply_mode", "supplying_agency_id", "unproved_by_id", "vacancy_id", "version", "via_lot_id", "void_reason", "voided_at", "voided_by_id", "weeks", "witness_id", "witness_kind") VALUES (NEW."agencies_approached", NEW."answer_late_reason", NEW."answer_no", NEW."answer_recorded_at", NEW."answered_at", NEW."answered_by_id", NEW."base", NEW."brokered_supply", NEW."contract_id", NEW."corrected_by_id", NEW."declined_on", NEW."declined_sender", NEW."declined_text", NEW."disputed", NEW."earlier_proof_id", NEW."exemption_id", NEW."fell_through_at", NEW."fell_through_by_id", NEW."fell_through_late_reason", NEW."fell_through_reason", NEW."fell_through_recorded_at", NEW."heard", NEW."hours_per_week", NEW."id", NEW."max_rate", NEW."note", NEW."order_id", NEW."order_number", NEW."outcome", NEW."own_supply", NEW."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."position", NEW."proof_answered_at", NEW."proof_rate", NEW."rate_asked", NEW."reason", NEW."reference", NEW."respond_by", NEW."rests_on_id", NEW."round_id", NEW."route", NEW."sent_at", NEW."sent_by_id", NEW."sent_late_reason", NEW."sent_recorded_at", NEW."source_id", NEW."starts_on", NEW."statement_id", NEW."supply_mode", NEW."supplying_agency_id", NEW."unproved_by_id", NEW."vacancy_id", NEW."version", NEW."via_lot_id", NEW."void_reason", NEW."voided_at", NEW."voided_by_id", NEW."weeks", NEW."witness_id", NEW."witness_kind"); RETURN NULL;', hash='bab3aa1557c727ac1196ccded9831e01fc290404', operation='UPDATE', pgid='pgtrigger_update_update_92c51', table='recruitment_release', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "recruitment_releaseevent" ("agencies_approached", "answer_late_reason", "answer_no", "answer_recorded_at", "answered_at", "answered_by_id", "base", "brokered_supply", "contract_id", "corrected_by_id", "declined_on", "declined_sender", "declined_text", "disputed", "earlier_proof_id", "exemption_id", "fell_through_at", "fell_through_by_id", "fell_through_late_reason", "fell_through_reason", "fell_through_recorded_at", "heard", "hours_per_week", "id", "max_rate", "note", "order_id", "order_number", "outcome", "own_supply", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "proof_answered_at", "proof_rate", "rate_asked", "reason", "reference", "respond_by", "rests_on_id", "round_id", "route", "sent_at", "sent_by_id", "sent_late_reason", "sent_recorded_at", "source_id", "starts_on", "statement_id", "supply_mode", "supplying_agency_id", "unproved_by_id", "vacancy_id", "version", "via_lot_id", "void_reason", "voided_at", "voided_by_id", "weeks", "witness_id", "witness_kind") VALUES (OLD."agencies_approached", OLD."answer_late_reason", OLD."answer_no", OLD."answer_recorded_at", OLD."answered_at", OLD."answered_by_id", OLD."base", OLD."brokered_supply", OLD."contract_id", OLD."corrected_by_id", OLD."declined_on", OLD."declined_sender", OLD."declined_text", OLD."disputed", OLD."earlier_proof_id", OLD."exemption_id", OLD."fell_through_at", OLD."fell_through_by_id", OLD."fell_through_late_reason", OLD."fell_through_reason", OLD."fell_through_recorded_at", OLD."heard", OLD."hours_per_week", OLD."id", OLD."max_rate", OLD."note", OLD."order_id", OLD."order_number", OLD."outcome", OLD."own_supply", OLD."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."position", OLD."proof_answered_at", OLD."proof_rate", OLD."rate_asked", OLD."reason", OLD."reference", OLD."respond_by", OLD."rests_on_id", OLD."round_id", OLD."route", OLD."sent_at", OLD."sent_by_id", OLD."sent_late_reason", OLD."sent_recorded_at", OLD."source_id", OLD."starts_on", OLD."statement_id", OLD."supply_mode", OLD."supplying_agency_id", OLD."unproved_by_id", OLD."vacancy_id", OLD."version", OLD."via_lot_id", OLD."void_reason", OLD."voided_at", OLD."voided_by_id", OLD."weeks", OLD."witness_id", OLD."witness_kind"); RETURN NULL;', hash='70c8c341d7e60b9e60eb32b7e9474bd148a288e1', operation='DELETE', pgid='pgtrigger_delete_delete_666a7', table='recruitment_release', when='AFTER')),
        ),
    ]
