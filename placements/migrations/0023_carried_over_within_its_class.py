"""Carried over within its class: to a contract of the first agency step, or of a later one."""

import council.constraints
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('placements', '0022_class_is_that_of_the_order'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('release__isnull', True), ('step_class__isnull', True)), models.Q(('release__isnull', False), ('step_class__isnull', False)), _connector='OR'), name='placement_class_with_its_order', violation_error_message='A placement on an order is of the class of its step.'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=council.constraints.Agrees(fields=('release', 'step_class'), name='placement_class_of_its_order', to='recruitment.Release', to_fields=('id', 'step_class'), violation_error_message='A placement is of the class of the step at which its supplier was asked.'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('continues_as', 'carry_over'), ('source__isnull', False)), models.Q(models.Q(('continues_as', 'carry_over'), _negated=True), ('source__isnull', True), ('via_lot__isnull', True)), _connector='OR'), name='placement_carried_to_a_named_contract', violation_error_message='The order of sourcing does not name the contract that follows.'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=council.constraints.Agrees(fields=('source', 'step_class'), name='placement_carried_within_its_class', to='recruitment.StepSource', to_fields=('id', 'step_class'), violation_error_message='A placement is carried over to a contract of the same class: of the first agency step, or of a later one.'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=council.constraints.Agrees(fields=('source', 'via_contract'), name='placement_source_names_the_contract', to='recruitment.StepSource', to_fields=('id', 'contract'), violation_error_message='The order of sourcing does not name this contract.'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=council.constraints.Agrees(fields=('source', 'via_lot'), name='placement_source_names_the_lot', to='recruitment.StepSource', to_fields=('id', 'lot'), violation_error_message='The order of sourcing does not name this lot.'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=council.constraints.Agrees(fields=('contract', 'via_lot'), name='placement_contract_of_lot', to='recruitment.Contract', to_fields=('id', 'lot'), violation_error_message='This contract was let under another lot.'),
        ),
    ]
