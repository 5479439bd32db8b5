from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self):
        from council.jobs import KINDS, Kind
        from reporting.evidence import pack

        KINDS["evidence_pack"] = Kind(pack.make_pack, pack.pack_failed)
