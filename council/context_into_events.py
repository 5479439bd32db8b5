"""A step of the migrations: who acted and how goes from a row that a whole request shared into each event."""

from django.db import migrations, models
from pghistory.utils import JSONField


class ContextIntoEvents(migrations.RunPython):
    """Database side: the key to the shared row becomes a plain number, and what that row said is copied beside it."""

    def __init__(self, event_models: list[str]):
        self.event_models = event_models
        super().__init__(lambda apps, editor: None, migrations.RunPython.noop)

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.event_models], {})

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for name in self.event_models:
            table = f"{app_label}_{name}"
            schema_editor.execute(f"alter table {table} add column pgh_context jsonb")
            schema_editor.execute(f"alter table {table} disable trigger user")  # events are else written once
            schema_editor.execute(
                f"update {table} event set pgh_context = context.metadata "
                "from pghistory_context context where context.id = event.pgh_context_id"
            )
            schema_editor.execute(f"alter table {table} enable trigger user")
            schema_editor.execute(
                f"""do $$ declare index_name text; begin
                    for index_name in select indexrelid::regclass from pg_index
                        join pg_attribute a on a.attrelid = indrelid and a.attnum = indkey[0]
                        where indrelid = '{table}'::regclass and a.attname = 'pgh_context_id' and indnatts = 1
                    loop execute 'drop index ' || index_name; end loop; end $$"""
            )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for name in self.event_models:
            schema_editor.execute(f"alter table {app_label}_{name} drop column pgh_context")


def context_into_events(event_models: list[str]) -> list[migrations.operations.base.Operation]:
    state = [
        operation
        for name in event_models
        for operation in (
            migrations.AlterField(name, "pgh_context", JSONField(null=True)),
            migrations.AddField(name, "pgh_context_id", models.UUIDField(null=True)),
        )
    ]
    return [migrations.SeparateDatabaseAndState([ContextIntoEvents(event_models)], state)]
