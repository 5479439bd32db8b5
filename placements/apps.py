from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "placements"
    verbose_name = "Workers, placements and payments"

    def ready(self):
        from council.errors import TRIGGER_SENTENCES

        TRIGGER_SENTENCES.update(
            {
                "placement_within_fte": "The people booked for this request would work more hours than it asks for.",
                "placement_worker_within_weekly_limit": "This worker's placements together would be more than the most hours a "
                "week for one worker.",
            }
        )
        from council.jobs import HOUSEKEEPING, KINDS, Kind
        from placements.actions import payments
        from placements.actions.placements import cover_started_requests

        KINDS["read_payments"] = Kind(payments.read_job, payments.import_failed)
        KINDS["import_payments"] = Kind(payments.import_job, payments.import_failed)
        HOUSEKEEPING.append(cover_started_requests)
