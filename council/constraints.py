"""Constraints Django has no class for."""

from django.db.models import BaseConstraint


class Agrees(BaseConstraint):
    """A foreign key over several columns: the other row must exist and agree in all of them.

    It holds for raw SQL and for two transactions at once, which a trigger that only reads does not. A null in any column
    switches it off, so a generated column can say when it applies. `deferrable` ones are checked at the end of the action,
    for two rows that must change together.
    """

    def __init__(self, *, name, fields, to, to_fields, deferrable=False, violation_error_message=None):
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.fields, self.to, self.to_fields = tuple(fields), to, tuple(to_fields)
        self.deferrable = deferrable

    def create_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        other = model._meta.apps.get_model(self.to)
        mine = ", ".join(quote(model._meta.get_field(name).column) for name in self.fields)
        theirs = ", ".join(quote(other._meta.get_field(name).column) for name in self.to_fields)
        when = " DEFERRABLE INITIALLY DEFERRED" if self.deferrable else ""
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} FOREIGN KEY ({mine}) "
            f"REFERENCES {quote(other._meta.db_table)} ({theirs}){when}"
        )

    def constraint_sql(self, model, schema_editor):
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(self, model, instance, exclude=None, using=None):
        """Nothing: the action's rule has spoken before, and the database speaks after."""

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        kwargs |= {"fields": self.fields, "to": self.to, "to_fields": self.to_fields}
        if self.deferrable:
            kwargs["deferrable"] = True
        return path, args, kwargs

    def __eq__(self, other):
        return isinstance(other, Agrees) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__
