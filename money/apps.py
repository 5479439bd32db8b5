from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "money"
    verbose_name = "Payments"

    def ready(self):
        from council.jobs import KINDS, JobKind
        from money.payments import actions as payments

        KINDS["read_payments"] = JobKind(payments.read_job, payments.import_failed)
        KINDS["import_payments"] = JobKind(payments.import_job, payments.import_failed)
