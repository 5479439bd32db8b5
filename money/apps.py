from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "money"
    verbose_name = "Payments"

    def ready(self):
        from council.jobs import KINDS, JobKind
        from money.payments import importing, reading

        KINDS["read_payments"] = JobKind(reading.read_job, importing.import_failed)
        KINDS["import_payments"] = JobKind(importing.import_job, importing.import_failed)
