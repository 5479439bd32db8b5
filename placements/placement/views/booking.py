"""Booking a worker, letting a placement run longer, and deciding about that."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.addresses import address
from council.errors import require
from council.models import Approval
from council.permissions import may_decide
from council.web import ActionFormView
from council.wording import day_name, money, number
from placements.models import ExtensionProposal, Placement
from placements.placement import booking
from placements.placement import extending as extensions
from placements.placement.forms import (
    BookingForm,
    ExtendForm,
    ExtensionDecisionForm,
)
from placements.placement.views.base import PlacementActionView
from placements.reads import placements
from placements.reads.placements import facts_of
from placements.rules.booking import Terms
from placements.rules.placement import refusal
from recruitment.models import Stage
from recruitment.orders.views import ReleaseActionView
from recruitment.rules.registration import tidy_registration


class Book(ReleaseActionView):
    """Two steps: the details, then what they commit."""

    form_class = BookingForm
    title = "Book the worker"
    already_done = frozenset({"already_booked"})

    def back(self):
        placement = Placement.objects.standing().filter(release=self.release).first()
        return placement.get_absolute_url() if placement else self.release.vacancy.get_absolute_url()

    def next(self, placement):
        return placement.get_absolute_url()

    def get_initial(self):
        return BookingForm.initial_for(self.release) | self._accepted()

    def _accepted(self) -> dict:
        """The candidate who accepted, where there is one."""
        one = self.release.submissions.standing().filter(stage=Stage.ACCEPTED).order_by("-pk").first()
        names = ("registration_number", "pay_rate", "charge_rate")
        return {name: getattr(one, name) for name in names} if one else {}

    def effect(self, data):
        names = ("starts_on", "ends_on", "hours_per_week", "pattern", "pay_rate", "charge_rate")
        terms = Terms(**{name: data[name] for name in names})
        booking.check_booking(
            release=self.release,
            terms=terms,
            registration_number=data["registration_number"],
            at=timezone.now(),
            handover_until=data["handover_until"],
        )
        effect = booking.effect_of(booking.secured_of(self.release), terms)
        rows = [
            ("Worker", f"{data['worker_name']}, {data['registration_number']}"),
            ("Dates", f"{day_name(terms.starts_on)} to {day_name(terms.ends_on)}"),
            ("Hours per week", f"{number(terms.hours_per_week)}"),
            ("Pay rate", f"{money(terms.pay_rate)} an hour"),
            ("Charge rate", f"{money(terms.charge_rate)} an hour, excluding VAT"),
        ]
        if data["handover_until"]:
            rows.append(("Handover until", day_name(data["handover_until"])))
        flags = flags_of(data["registration_number"])
        if authority := booking.needed_authority(self.release, terms):
            flags.append(f"This passes the approved value, on the authority of {authority.given_by}: {authority.words}")
        return {"sentence": commits(effect), "rows": rows, "confirm_text": "Book the worker", "flags": flags}

    def act(self, data):
        return booking.book(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, placement):
        return f"{placement.worker} is booked from {day_name(placement.starts_on)}."

    def get_context_data(self, **kwargs):
        intro = (
            f"{self.release.contract.agency} was asked for {number(self.release.hours_per_week)} hours a week at no more than "
            f"{money(self.release.max_rate)} an hour."
        )
        return super().get_context_data(**({"intro": intro} | kwargs))


def flags_of(registration_number: str) -> list[str]:
    """What the council has said of a person before, whichever agency offers them now."""
    number = tidy_registration(registration_number)
    ended = Placement.objects.standing().filter(worker__registration_number=number, eligible_again=False)
    return [
        f"{one.worker} was marked as not to come again when {one.reference} ended on {day_name(one.ends_on)} "
        f"({one.get_end_reason_display().lower()}, through {one.supplying_agency})."
        for one in ended.select_related("worker", "supplying_agency").order_by("-ends_on", "-pk")
    ]


def commits(effect) -> str:
    """For example: This commits £42,180.00 on RM6161-L5. Left to commit falls from £554,492.00 to £512,312.00."""
    if effect.left_before is None:
        return f"This commits {money(effect.value)} on {effect.contract}. No approved value is set for it here."
    return (
        f"This commits {money(effect.value)} on {effect.contract}. Left to commit falls from {money(effect.left_before)} to "
        f"{money(effect.left_after)}."
    )


class Extend(PlacementActionView):
    form_class = ExtendForm
    template_name = "placements/extend.html"
    title = "Extend the placement"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"recheck": self.placement.is_outside_the_first_route}

    def get_initial(self):
        return {"version": self.placement.version}

    def effect(self, data):
        terms = extensions.check_extension(self.placement, data["ends_on"], timezone.now())
        effect = booking.effect_of(booking.spending_of(self.placement), terms)
        rows = [
            ("Ends now", day_name(self.placement.ends_on)),
            ("New end", day_name(data["ends_on"])),
            ("Charge rate", f"{money(terms.charge_rate)} an hour, excluding VAT"),
        ]
        if extensions.needs_approval(self.placement, data["ends_on"]):
            why = extensions.why_it_needs_approval(self.placement)
            note = f"{why} The Assistant Director decides it. Nothing is committed until then."
            return {"sentence": f"{note} {commits(effect)}", "rows": rows, "confirm_text": "Ask for the approval"}
        return {"sentence": commits(effect), "rows": rows, "confirm_text": "Extend the placement"}

    def act(self, data):
        long = extensions.needs_approval(self.placement, data["ends_on"])
        write = extensions.propose_extension if long else extensions.extend
        return write(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, result):
        if isinstance(result, ExtensionProposal):
            return "The Assistant Director decides this extension."
        return f"The placement runs until {day_name(result.ends_on)}."

    def get_context_data(self, **kwargs):
        intro = f"It runs until {day_name(self.placement.ends_on)}."
        return super().get_context_data(**({"intro": intro, "refusal": self.refusal()} | kwargs))

    def refusal(self) -> str:
        """Why it may not be extended whatever the new end, said before anything is typed."""
        return str(refusal("extend", facts_of(self.placement, self.request.user, timezone.now())) or "")


class DecideExtension(ActionFormView):
    right = ""
    form_class = ExtensionDecisionForm
    template_name = "placements/decide_extension.html"
    title = "Decide a long extension"

    def prepare(self):
        require(may_decide(self.request.user, Approval.EXTENSION), "decide long extensions")
        rows = ExtensionProposal.objects.select_related(
            "placement__worker", "placement__vacancy__team", "placement__contract", "proposed_by", "decided_by"
        )
        self.proposal = get_object_or_404(rows, pk=self.kwargs["pk"])

    def back(self):
        return address("reporting:today")

    def next(self, result):
        return self.back()

    def act(self, data):
        return extensions.decide_extension(by=self.request.user, at=timezone.now(), proposal=self.proposal, **data)

    def done(self, proposal):
        return f"The extension of {proposal.placement.reference} is {proposal.get_decision_display().lower()}."

    def get_context_data(self, **kwargs):
        placement = self.proposal.placement
        terms = extensions.extension_of(placement, self.proposal.ends_on)
        first, _, weeks = placements.length_of(placement)
        effect = booking.effect_of(booking.spending_of(placement), terms)
        return super().get_context_data(
            proposal=self.proposal,
            own=self.proposal.proposed_by_id == self.request.user.pk,
            placement=placement,
            caption=placement.reference,
            first=first,
            weeks=weeks,
            weeks_then=(self.proposal.ends_on - first).days // 7 + 1,
            commits=commits(effect),
            **kwargs,
        )
