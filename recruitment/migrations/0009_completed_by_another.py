"""Whoever completed an exemption that was returned put it to a decision, and so never decides it either."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
create or replace function recruitment_exemption_stands() returns trigger language plpgsql as $$
declare
    changed text[] := recruitment_differences(to_jsonb(old), to_jsonb(new));
    asked text[] := array['agency_id', 'group_name', 'reason', 'justification', 'why_no_competition', 'risk_if_refused', 'return_plan',
        'starts_on', 'ends_on', 'value', 'value_with_vat', 'revision', 'put_at'{COLUMN}];
begin
    if changed && array['id', 'reference', 'requested_by_id', 'requested_at', 'extends_id']
        or (changed && asked and not (old.status = 'returned' and new.status = 'requested' and new.revision = old.revision + 1))
        or (not changed && array['status'] and changed && array['ended_on', 'status_reason', 'closed_at', 'closed_by_id'])
    then
        raise exception 'as asked' using errcode = '23514', constraint = 'exemption_stays';
    end if;
    if old.status <> new.status and not (old.status || '>' || new.status) = any (array['requested>approved', 'requested>returned',
        'requested>turned_down', 'requested>taken_back', 'returned>requested', 'returned>taken_back', 'approved>ended',
        'approved>taken_back'])
    then
        raise exception 'no such move' using errcode = '23514', constraint = 'exemption_moves_as_allowed';
    end if;
    if new.status = 'taken_back' and (old.status = 'approved' and old.extends_id is not null or exists (select 1 from recruitment_release where exemption_id = new.id and voided_at is null)) then
        raise exception 'used' using errcode = '23514', constraint = 'exemption_moves_as_allowed';
    end if;
    return new;
end $$;

create or replace function recruitment_exemption_is_put() returns trigger language plpgsql as $$
declare exemption recruitment_exemption;
begin
    select * into exemption from recruitment_exemption where id = new.exemption_id for no key update;
    if exemption.status <> 'requested' or exemption.revision <> new.revision or exists (
        select 1 from recruitment_exemptiondecision where exemption_id = new.exemption_id and revision = new.revision)
    then
        raise exception 'not put' using errcode = '23514', constraint = 'exemption_waits_for_a_decision';
    end if;
    if tg_argv[0] = 'decision' and exists (select 1 from recruitment_exemptioncomment
            where exemption_id = new.exemption_id and given_by_id in ((to_jsonb(new) ->> 'decided_by_id')::bigint,
                (to_jsonb(new) ->> 'in_place_of_id')::bigint)) then
        raise exception 'commented' using errcode = '23514', constraint = 'exemption_not_decided_by_a_commenter';
    end if;
{CHECK}    if tg_argv[0] = 'decision' and (
        (to_jsonb(new) ->> 'decided_on')::date <> ((to_jsonb(new) ->> 'decided_at')::timestamptz at time zone 'Europe/London')::date
        or to_jsonb(new) ->> 'decision' = 'approved'
            and not exists (select 1 from recruitment_exemptionneed where exemption_id = new.exemption_id))
    then
        raise exception 'not whole' using errcode = '23514', constraint = 'exemption_decision_is_whole';
    end if;
    return new;
end $$;
"""
COLUMN = ", 'put_by_id'"
CHECK = """    if tg_argv[0] = 'decision' and exemption.put_by_id <> exemption.requested_by_id and exemption.put_by_id in ((to_jsonb(new) ->> 'decided_by_id')::bigint,
            (to_jsonb(new) ->> 'in_place_of_id')::bigint) then
        raise exception 'completed' using errcode = '23514', constraint = 'exemption_not_decided_by_who_put_it';
    end if;
"""


def functions(column: str, check: str) -> str:
    return FUNCTIONS.replace("{COLUMN}", column).replace("{CHECK}", check)


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0008_exemptions_stay'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='exemption',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='exemption',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='exemption',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='exemption',
            name='put_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exemptionevent',
            name='put_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exemption',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "recruitment_exemptionevent" ("agency_id", "closed_at", "closed_by_id", "ended_on", "ends_on", "extends_id", "group_name", "id", "justification", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "put_at", "put_by_id", "reason", "reference", "requested_at", "requested_by_id", "return_plan", "revision", "risk_if_refused", "starts_on", "status", "status_reason", "value", "value_with_vat", "version", "why_no_competition") VALUES (NEW."agency_id", NEW."closed_at", NEW."closed_by_id", NEW."ended_on", NEW."ends_on", NEW."extends_id", NEW."group_name", NEW."id", NEW."justification", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."put_at", NEW."put_by_id", NEW."reason", NEW."reference", NEW."requested_at", NEW."requested_by_id", NEW."return_plan", NEW."revision", NEW."risk_if_refused", NEW."starts_on", NEW."status", NEW."status_reason", NEW."value", NEW."value_with_vat", NEW."version", NEW."why_no_competition"); RETURN NULL;', hash='b7eb7d3e9b7efd9446acb5cb76a116080f049b80', operation='INSERT', pgid='pgtrigger_insert_insert_8dd88', table='recruitment_exemption', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exemption',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."ended_on" IS DISTINCT FROM (NEW."ended_on") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."extends_id" IS DISTINCT FROM (NEW."extends_id") OR OLD."group_name" IS DISTINCT FROM (NEW."group_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."justification" IS DISTINCT FROM (NEW."justification") OR OLD."put_at" IS DISTINCT FROM (NEW."put_at") OR OLD."put_by_id" IS DISTINCT FROM (NEW."put_by_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id") OR OLD."return_plan" IS DISTINCT FROM (NEW."return_plan") OR OLD."revision" IS DISTINCT FROM (NEW."revision") OR OLD."risk_if_refused" IS DISTINCT FROM (NEW."risk_if_refused") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."status_reason" IS DISTINCT FROM (NEW."status_reason") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."value_with_vat" IS DISTINCT FROM (NEW."value_with_vat") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."why_no_competition" IS DISTINCT FROM (NEW."why_no_competition"))', func='INSERT INTO "recruitment_exemptionevent" ("agency_id", "closed_at", "closed_by_id", "ended_on", "ends_on", "extends_id", "group_name", "id", "justification", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "put_at", "put_by_id", "reason", "reference", "requested_at", "requested_by_id", "return_plan", "revision", "risk_if_refused", "starts_on", "status", "status_reason", "value", "value_with_vat", "version", "why_no_competition") VALUES (NEW."agency_id", NEW."closed_at", NEW."closed_by_id", NEW."ended_on", NEW."ends_on", NEW."extends_id", NEW."group_name", NEW."id", NEW."justification", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."put_at", NEW."put_by_id", NEW."reason", NEW."reference", NEW."requested_at", NEW."requested_by_id", NEW."return_plan", NEW."revision", NEW."risk_if_refused", NEW."starts_on", NEW."status", NEW."status_reason", NEW."value", NEW."value_with_vat", NEW."version", NEW."why_no_competition"); RETURN NULL;', hash='53eab8b6094438f5562492405abdf8c2686bb5e1', operation='UPDATE', pgid='pgtrigger_update_update_09f01', table='recruitment_exemption', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exemption',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "recruitment_exemptionevent" ("agency_id", "closed_at", "closed_by_id", "ended_on", "ends_on", "extends_id", "group_name", "id", "justification", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "put_at", "put_by_id", "reason", "reference", "requested_at", "requested_by_id", "return_plan", "revision", "risk_if_refused", "starts_on", "status", "status_reason", "value", "value_with_vat", "version", "why_no_competition") VALUES (OLD."agency_id", OLD."closed_at", OLD."closed_by_id", OLD."ended_on", OLD."ends_on", OLD."extends_id", OLD."group_name", OLD."id", OLD."justification", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."put_at", OLD."put_by_id", OLD."reason", OLD."reference", OLD."requested_at", OLD."requested_by_id", OLD."return_plan", OLD."revision", OLD."risk_if_refused", OLD."starts_on", OLD."status", OLD."status_reason", OLD."value", OLD."value_with_vat", OLD."version", OLD."why_no_competition"); RETURN NULL;', hash='bf412815bb2d2a1f18d7ae2a8d930f07e4c1b162', operation='DELETE', pgid='pgtrigger_delete_delete_c0acf', table='recruitment_exemption', when='AFTER')),
        ),
        migrations.RunSQL(functions(COLUMN, CHECK), functions("", "")),
    ]
