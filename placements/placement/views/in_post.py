"""While somebody is in post: checks, start, replacement, team, rates, concerns."""

from django.utils import timezone

from council.errors import refuse
from council.wording import day_name, money
from placements.models import Placement
from placements.placement import (
    booking,
    commitments,
    concerns,
    moving,
    rate_changes,
    replacing,
    starting,
)
from placements.placement.forms import ChecksForm, ConcernForm, MoveForm, RateForm, ReplaceForm, StartForm, last_day
from placements.placement.views.base import PlacementActionView
from placements.placement.views.booking import commits, flags_of
from placements.rules.booking import Terms


class ConfirmStart(PlacementActionView):
    right = "confirm_start"
    form_class = StartForm
    title = "Confirm the start"
    intro = (
        "Enter the day on which the agency confirmed each check. Leave empty what has not come yet: the start is recorded all the "
        "same, and what is missing shows until it comes."
    )

    def get_initial(self):
        return {name: getattr(self.placement, name) for name in Placement.CHECKS}

    def act(self, data):
        return starting.confirm_start(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, placement):
        missing = placement.checks_missing
        return "The start is confirmed." + (f" Still to come: {', '.join(missing)}." if missing else "")


class Checks(PlacementActionView):
    right = "confirm_start"
    form_class = ChecksForm
    title = "Record the agency’s checks"
    intro = "The day on which the agency confirmed each check, as they come. What is missing shows until it comes."

    def get_initial(self):
        return {name: getattr(self.placement, name) for name in Placement.CHECKS}

    def act(self, data):
        return starting.record_checks(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, placement):
        missing = placement.checks_missing
        return "The checks are recorded." + (f" Still to come: {', '.join(missing)}." if missing else "")


class Replace(PlacementActionView):
    form_class = ReplaceForm
    title = "Replace the worker"

    def prepare(self):
        super().prepare()
        if self.placement.release_id is None:
            refuse(
                "no_order", f"{self.placement.reference} rests on no order, so nobody can replace the worker under it."
            )

    @property
    def intro(self):
        placement = self.placement
        if placement.ended_early_at:
            return f"{placement.agency} sends another worker under the same order, {placement.release.reference}."
        return (
            f"{placement.agency} sends another worker under the same order, {placement.release.reference}. This records that "
            f"{placement.worker} did not start."
        )

    def get_initial(self):
        last = commitments.rates_in_force(self.placement)
        rates = {"pay_rate": last.pay_rate, "charge_rate": last.charge_rate}
        return rates | {"ends_on": min(last.ends_on, last_day(self.placement.release))}

    def effect(self, data):
        placement = self.placement
        terms = Terms(
            data["starts_on"],
            data["ends_on"],
            placement.hours_per_week,
            placement.pattern,
            data["pay_rate"],
            data["charge_rate"],
        )
        replacing.check_replacement(placement, terms, data["registration_number"], timezone.now())
        rows = [
            ("Instead of", str(placement.worker)),
            ("Worker", f"{data['worker_name']}, {data['registration_number']}"),
            ("Dates", f"{day_name(terms.starts_on)} to {day_name(terms.ends_on)}"),
            ("Charge rate", f"{money(terms.charge_rate)} an hour, excluding VAT"),
        ]
        effect = booking.effect_of(booking.secured_of(placement.release), terms)
        sentence = commits(effect)
        if not placement.ended_early_at and (back := commitments.still_committed(placement)) > 0:
            sentence = f"This gives back {money(back)} of {placement.reference}. It commits {money(terms.value)}."
        flags = flags_of(data["registration_number"])
        return {"sentence": sentence, "rows": rows, "confirm_text": "Book the replacement", "flags": flags}

    def act(self, data):
        return replacing.replace(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def next(self, placement):
        return placement.get_absolute_url()

    def done(self, placement):
        return f"{placement.worker} is booked from {day_name(placement.starts_on)}."


class Move(PlacementActionView):
    form_class = MoveForm
    title = "Move to another team"
    intro = "Another team of the same Service, with the same role. The cost centre follows from that day."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"placement": self.placement}

    def act(self, data):
        return moving.move_team(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, move):
        return f"The worker is in {move.team} from {day_name(move.starts_on)}."


class ChangeRate(PlacementActionView):
    form_class = RateForm
    title = "Change the rates"

    def get_initial(self):
        return {"version": self.placement.version}

    def effect(self, data):
        terms = rate_changes.new_rate_terms(self.placement, data["starts_on"], data["pay_rate"], data["charge_rate"])
        old, new = rate_changes.check_rate(self.placement, terms, timezone.now())
        change = new - old
        verb = f"commits {money(change)} more on" if change >= 0 else f"gives {money(-change)} back to"
        where = self.placement.contract.reference if self.placement.contract else "no contract"
        rows = [
            ("From", day_name(terms.starts_on)),
            ("Until", day_name(terms.ends_on)),
            ("New charge rate", f"{money(terms.charge_rate)} an hour, excluding VAT"),
            ("At the old rates", money(old)),
            ("At the new rates", money(new)),
        ]
        return {"sentence": f"This {verb} {where}.", "rows": rows, "confirm_text": "Change the rates"}

    def act(self, data):
        return rate_changes.change_rate(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, period):
        return f"The new rates hold from {day_name(period.starts_on)}."


class Concern(PlacementActionView):
    form_class = ConcernForm
    once = True
    title = "Record a practice concern"
    intro = "Only the Assistant Director and you can read it afterwards."

    def act(self, data):
        return concerns.record_concern(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, concern):
        return "The concern is recorded."
