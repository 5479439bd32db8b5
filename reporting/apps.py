from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self):
        from council.jobs import KINDS, JobKind
        from reporting.evidence import pack

        KINDS["evidence_pack"] = JobKind(pack.make_pack, pack.pack_failed)
