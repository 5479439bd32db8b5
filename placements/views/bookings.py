"""Booking a worker, and what becomes of the booking."""

from decimal import Decimal

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.errors import RuleViolation, refuse
from council.models import Council
from council.web import ActionFormView
from council.wording import day_name, money, number
from placements.forms.bookings import BookingForm, EndForm, ExtendForm, HireForm
from placements.hires import actions as hires
from placements.models import ExtensionProposal, Hire, Placement
from placements.placement import booking, ending
from placements.placement import extending as extensions
from placements.placement import need as needs
from placements.rules.booking import Terms
from recruitment.models import ContractAccount, Outcome, Release, Stage
from recruitment.orders.views import ReleaseActionView
from recruitment.requests.views import VacancyActionView, WithReason
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


class PlacementActionView(ActionFormView):
    """A form about one placement the person may see."""

    right = "source"

    def prepare(self):
        visible = Placement.objects.visible_to(self.request.user).select_related(
            "vacancy", "release__contract", "worker", "contract"
        )
        self.placement = get_object_or_404(visible, pk=self.kwargs["pk"])
        if self.placement.voided_at or self.placement.did_not_start_at:
            why = "is marked as entered in error" if self.placement.voided_at else "did not start"
            refuse("not_standing", f"{self.placement.reference} {why}, so there is nothing to change.")

    def back(self):
        return self.placement.get_absolute_url()

    def next(self, result):
        return self.back()

    def current_version(self):
        return Placement.objects.values_list("version", flat=True).get(pk=self.placement.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(placement=self.placement, caption=self.placement.reference, **kwargs)


class Extend(PlacementActionView):
    form_class = ExtendForm
    template_name = "placements/extend.html"
    title = "Extend the placement"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"recheck": self.placement.is_outside_the_first_route}

    def get_initial(self):
        return {"version": self.placement.version}

    def effect(self, data):
        terms = extensions.check_extension(self.placement, data["ends_on"], timezone.localdate())
        effect = booking.effect_of(booking.spending_of(self.placement), terms)
        rows = [
            ("Ends now", day_name(self.placement.ends_on)),
            ("New end", day_name(data["ends_on"])),
            ("Charge rate", f"{money(terms.charge_rate)} an hour, excluding VAT"),
        ]
        if extensions.needs_approval(self.placement, data["ends_on"]):
            weeks = Council.current().extension_approval_weeks
            note = f"Together this is more than {weeks} weeks, so the Assistant Director decides it. Nothing is committed until then."
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
        try:
            extensions.check_may_go_on(self.placement)
        except RuleViolation as refused:
            return str(refused)
        return ""


class EndEarly(PlacementActionView):
    form_class = EndForm
    title = "End the placement early"

    def get_initial(self):
        return {"version": self.placement.version, "notice_given_on": timezone.localdate()}

    def effect(self, data):
        ending.check_early_end(self.placement, data["ended_on"], data["notice_given_on"], timezone.localdate())
        until, back = ending.early_end(self.placement, data["ended_on"], data["notice_given_on"], data["notice_waived"])
        account = ContractAccount.objects.filter(pk=self.placement.contract_id).first()
        if back == 0:
            sentence = "The notice lasts as long as the booking, so all of it stays owed."
        elif account is None:
            sentence = f"{self.placement.worker} is outside any contract. This takes {money(back)} off what the placement costs."
        else:
            sentence = f"This gives {money(back)} back to {self.placement.contract.reference}."
            if account.headroom is not None:
                sentence += f" Left to commit rises from {money(account.headroom)} to {money(account.headroom + back)}."
        rows = [("Last day worked", day_name(data["ended_on"])), ("Committed until", day_name(until))]
        return {"sentence": sentence, "rows": rows, "confirm_text": "End the placement"}

    def act(self, data):
        return ending.end_early(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, placement):
        return f"The placement ends on {day_name(placement.ends_on)}."

    def get_context_data(self, **kwargs):
        weeks = Council.current().notice_weeks
        intro = f"Notice of {weeks} weeks stays committed unless the agency waives it."
        return super().get_context_data(**({"intro": intro} | kwargs))


class DidNotStart(WithReason, PlacementActionView):
    warning = True
    title = "The worker did not start"
    intro = "The money goes back to the contract, the answer counts as not secured, and sourcing goes on."
    submit = "Record that the worker did not start"
    label = "Why did the worker not start?"
    when = "When were you told?"

    def act(self, data):
        return ending.did_not_start(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, placement):
        return f"{placement.worker} did not start. Sourcing goes on."

    def next(self, placement):
        return placement.vacancy.get_absolute_url()


class PlacementVoid(WithReason, PlacementActionView):
    warning = True
    right = "void"
    title = "Mark the placement as entered in error"
    intro = "It stays visible, and its money goes back. Somebody other than the person who entered it does this."
    submit = "Mark as entered in error"
    label = "What was wrong?"

    def act(self, data):
        return ending.void(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, placement):
        return f"{placement.reference} is marked as entered in error."


class EndNeed(WithReason, VacancyActionView):
    title = "End the request"
    intro = "Nobody is needed any more. Orders that are still open are taken back."
    submit = "End the request"
    label = "Why does the need end?"
    warning = True

    def act(self, data):
        return needs.end_need(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, vacancy):
        return f"{vacancy.reference} has ended."


class HireNew(VacancyActionView):
    form_class = HireForm
    title = "Record a permanent start"
    intro = "It fills the post. Orders that are still open are taken back."

    def get_form_kwargs(self):
        secured = Release.objects.standing().filter(vacancy=self.vacancy, position=0, outcome=Outcome.SECURED)
        return super().get_form_kwargs() | {"releases": secured.select_related("contract__agency")}

    def act(self, data):
        data["fee"] = Decimal(data["fee"])
        return hires.record_hire(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, hire):
        return f"The post is filled from {day_name(hire.starts_on)}."


class HireVoid(WithReason, ActionFormView):
    right = "void"
    submit = "Mark as entered in error"
    label = "What was wrong?"
    title = "Mark the permanent start as entered in error"
    intro = "It stays visible, its fee goes back and the post is sourced again."
    warning = True

    def prepare(self):
        self.hire = get_object_or_404(
            Hire.objects.visible_to(self.request.user).select_related("vacancy"), pk=self.kwargs["pk"]
        )

    def back(self):
        return self.hire.vacancy.get_absolute_url()

    def next(self, result):
        return self.back()

    def act(self, data):
        return hires.void_hire(by=self.request.user, at=timezone.now(), hire=self.hire, **data)

    def done(self, hire):
        return f"{hire.reference} is marked as entered in error."
