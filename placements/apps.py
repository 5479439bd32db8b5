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
                "placement_as_booked": "What was booked stays as it was booked. Propose a correction, which somebody else confirms.",
                "placement_corrected_by_its_correction": "A placement changes only by a correction that somebody else has confirmed.",
                "placement_days_are_agreed": "A placement lasts as long as was agreed for it. Extend it, or end it early.",
                "placement_without_proof_is_marked": "A placement without a secured answer is recorded as a breach.",
                "sourcing_order_at_move_in": "Placements were brought forward under the orders of sourcing up to that day, so these stay as they "
                "are. Let a new order start on a later day.",
                "placement_carried_over_by_its_order": "A placement is carried over to a contract of the same agency, which the order of sourcing "
                "in force on that day names.",
                "placement_supplied_by_leave": "The worker’s own agency has no contract that the order of sourcing names. The Assistant Director "
                "decides whether its worker may come.",
                "hire_as_recorded": "A recorded start stays. If it is wrong, propose a correction or mark it as entered in error.",
                "extension_is_final": "What was asked for stays as it was. Ask for another extension.",
                "authority_is_for_its_booking": "The Strategic Director's authority is for one short booking of its own request.",
                "breach_stays": "The record of a breach stays as it is.",
                "payment_as_imported": "A payment stays as it was imported. Allocate it anew to put it on other contracts.",
                "review_stays": "A review stays as it was recorded.",
                "carry_over_not_by_exemption": "Nobody is carried over to a contract let by exemption.",
                "brought_forward_is_closed": "The batch is closed for good. Record a worker found later as a breach.",
                "brought_forward_was_live": "Only a placement that was live on the day the council moved in is brought forward.",
            }
        )
        from council.attachments import ATTACHABLE, Attachable
        from council.jobs import HOUSEKEEPING
        from placements.emergencies.actions import mark_unconfirmed_authorities, mark_unconfirmed_emergencies
        from placements.models import QualityReview
        from placements.placement.starting import cover_started_requests

        ATTACHABLE["review"] = Attachable(QualityReview.objects.visible_to)
        HOUSEKEEPING.extend([cover_started_requests, mark_unconfirmed_emergencies, mark_unconfirmed_authorities])
