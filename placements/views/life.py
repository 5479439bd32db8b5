"""What becomes of a placement after it is booked."""

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.actions import require
from council.errors import refuse
from council.models import Approval
from council.permissions import may_decide
from council.web import ActionFormView
from council.wording import day_name, money
from placements.forms.bookings import last_day
from placements.forms.life import (
    CarryOverForm,
    ChecksForm,
    ConcernForm,
    ConvertForm,
    ExtensionDecisionForm,
    MoveForm,
    RateForm,
    RecordEndForm,
    ReplaceForm,
    StartForm,
    TransferForm,
)
from placements.models import ExtensionProposal, Placement
from placements.placement import (
    booking,
    carrying_over,
    commitments,
    concerns,
    converting,
    ending,
    moving,
    rate_changes,
    replacing,
    starting,
    transferring,
)
from placements.placement import extending as extensions
from placements.reads import placements
from placements.rules.booking import Terms
from placements.views.bookings import PlacementActionView, commits, flags_of
from recruitment.models import Contract, Outcome, Release


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
        replacing.check_replacement(placement, terms, data["registration_number"], timezone.localdate())
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
        old, new = rate_changes.check_rate(self.placement, terms)
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


class Transfer(PlacementActionView):
    """The order of its own has to be secured first, in a new round of the same request."""

    form_class = TransferForm
    title = "Transfer the worker"

    def prepare(self):
        super().prepare()
        secured = Release.objects.standing().filter(
            vacancy=self.placement.vacancy, outcome=Outcome.SECURED, position__gt=0, round__closed_at__isnull=True
        )
        self.release = secured.select_related("contract__agency", "supplying_agency", "round").order_by("-pk").first()

    @property
    def intro(self):
        fee = f"No transfer fee may be asked from {day_name(converting.fee_free_on(self.placement))}."
        if self.release is None:
            return (
                "The worker needs an order of its own first. Start a new round of the request, send it to the supplier and record "
                f"that it has secured the worker. Then come back here. {fee}"
            )
        return f"{self.placement.worker} goes on through {self.release.contract.agency}, order {self.release.reference}. {fee}"

    def get_initial(self):
        if self.release is None:
            return {}
        last = commitments.rates_in_force(self.placement)
        return {"pay_rate": last.pay_rate, "charge_rate": last.charge_rate, "ends_on": last_day(self.release)}

    def order(self) -> Release:
        """The order to go on under, whichever step is sent."""
        if self.release is None:
            refuse("no_order", "The worker needs an order of its own first. Start a new round of the request.")
        return self.release

    def effect(self, data):
        placement, order = self.placement, self.order()
        terms = Terms(
            data["starts_on"],
            data["ends_on"],
            placement.hours_per_week,
            placement.pattern,
            data["pay_rate"],
            data["charge_rate"],
        )
        effect = booking.effect_of(booking.secured_of(order), terms)
        rows = [
            ("Worker", f"{placement.worker}, {placement.worker.registration_number}"),
            ("Now through", f"{placement.agency}, until the day before"),
            ("From", day_name(terms.starts_on)),
            ("Until", day_name(terms.ends_on)),
            ("No transfer fee from", day_name(converting.fee_free_on(placement))),
        ]
        return {"sentence": commits(effect), "rows": rows, "confirm_text": "Transfer the worker"}

    def act(self, data):
        return transferring.transfer(
            by=self.request.user, at=timezone.now(), placement=self.placement, release=self.order(), **data
        )

    def next(self, placement):
        return placement.get_absolute_url()

    def done(self, placement):
        return f"{placement.worker} goes on through {placement.agency} from {day_name(placement.starts_on)}."


class Convert(PlacementActionView):
    form_class = ConvertForm
    title = "Convert to permanent"

    @property
    def intro(self):
        return (
            "The worker joins the council and fills the post. The placement ends the day before. "
            f"No transfer fee may be asked from {day_name(converting.fee_free_on(self.placement))}."
        )

    def effect(self, data):
        rows = [
            ("Worker", str(self.placement.worker)),
            ("Permanent from", day_name(data["starts_on"])),
            ("Transfer fee", money(Decimal(data["fee"])) + ", excluding VAT" if data["fee"] else "None"),
            ("No transfer fee from", day_name(converting.fee_free_on(self.placement))),
        ]
        sentence = f"This fills {self.placement.vacancy.reference}. Orders that are still open are taken back."
        return {"sentence": sentence, "rows": rows, "confirm_text": "Record the conversion"}

    def act(self, data):
        data["fee"] = Decimal(data["fee"])
        return converting.convert(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def next(self, hire):
        return hire.get_absolute_url()

    def done(self, hire):
        return f"The post is filled from {day_name(hire.starts_on)}."


class Concern(PlacementActionView):
    form_class = ConcernForm
    once = True
    title = "Record a practice concern"
    intro = "Only the Assistant Director and you can read it afterwards."

    def act(self, data):
        return concerns.record_concern(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, concern):
        return "The concern is recorded."


class RecordEnd(PlacementActionView):
    form_class = RecordEndForm
    title = "Record the end"
    intro = "The placement has run to its end."

    def get_initial(self):
        return {"version": self.placement.version}

    def act(self, data):
        return ending.record_end(by=self.request.user, at=timezone.now(), placement=self.placement, **data)

    def done(self, placement):
        return "The end is recorded."


class CarryOver(ActionFormView):
    """First the next contract and the day, then the rates of everybody who goes on, then all of them in one step."""

    right = "carry_over"
    form_class = CarryOverForm
    template_name = "placements/carry_over.html"
    title = "Carry placements over to the next contract"
    intro = "Each keeps its order, its worker and its length of service. The rates may be new."

    def prepare(self):
        self.contract = get_object_or_404(Contract.objects.select_related("agency"), pk=self.kwargs["pk"])
        running = Contract.objects.filter(account__ends_on__gte=timezone.localdate()).exclude(pk=self.contract.pk)
        self.successors = running.filter(route=self.contract.route, agency=self.contract.agency_id)

    def back(self):
        return self.contract.get_absolute_url()

    def next(self, carried):
        return f"/placements/?contract={carried[0].contract_id}"

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        chosen = CarryOverForm(kwargs.get("data"), contracts=self.successors)
        going_on = []
        if chosen.is_bound and chosen.is_valid():
            going_on = carrying_over.going_on_under(self.contract, chosen.cleaned_data["on"])
        data: Any = kwargs.get("data") or {}
        if going_on and f"pay_{going_on[0].pk}" not in data:
            # The first step: show the rates, filled with those that hold now.
            data = data.copy()
            for one in going_on:
                last = commitments.rates_in_force(one)
                data[f"pay_{one.pk}"], data[f"charge_{one.pk}"] = str(last.pay_rate), str(last.charge_rate)
                if one.ends_on >= chosen.cleaned_data["on"]:
                    for part in ("day", "month", "year"):
                        data[f"ends_{one.pk}_{part}"] = str(getattr(one.ends_on, part))
            kwargs["data"] = data
        return kwargs | {"contracts": self.successors.order_by("-starts_on"), "placements": going_on}

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        if form.placements and f"pay_{form.placements[0].pk}" not in request.POST:
            for name in list(form.errors):
                if name.startswith("ends_"):  # shown for the first time, so not yet a mistake
                    del form.errors[name]
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def effect(self, data):
        going_on = carrying_over.going_on_under(self.contract, data["on"])
        if not going_on:
            refuse("nothing_to_carry", f"No placement on {self.contract.reference} goes on after that day.", "on")
        rows = [
            (
                str(one.worker),
                f"{money(data[f'pay_{one.pk}'])} pay, {money(data[f'charge_{one.pk}'])} charge, until {day_name(data[f'ends_{one.pk}'])}",
            )
            for one in going_on
        ]
        number = len(going_on)
        sentence = (
            f"{number} placement{'s' if number != 1 else ''} go{'es' if number == 1 else ''} over from {self.contract.reference} to "
            f"{data['new'].reference} on {day_name(data['on'])}."
        )
        return {"sentence": sentence, "rows": rows, "confirm_text": "Carry them over"}

    def act(self, data):
        going_on = carrying_over.going_on_under(self.contract, data["on"])
        terms = {
            one.pk: carrying_over.Carried(data[f"pay_{one.pk}"], data[f"charge_{one.pk}"], data[f"ends_{one.pk}"])
            for one in going_on
        }
        return carrying_over.carry_over(
            by=self.request.user, at=timezone.now(), old=self.contract, new=data["new"], on=data["on"], terms=terms
        )

    def done(self, carried):
        return f"{len(carried)} carried over."

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            caption=self.contract.reference, has_successor=self.successors.exists(), contract=self.contract, **kwargs
        )


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
        return "/"

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
