"""A worker goes on: through another supplier, under the next contract, as a member of staff."""

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.addresses import address
from council.errors import refuse
from council.web import ActionFormView
from council.wording import day_name, money
from placements.placement import (
    booking,
    carrying_over,
    commitments,
    converting,
    transferring,
)
from placements.placement.forms import (
    CarryOverForm,
    ConvertForm,
    TransferForm,
    last_day,
)
from placements.placement.views.base import PlacementActionView
from placements.placement.views.booking import commits
from placements.rules.booking import Terms
from recruitment.models import Contract, Outcome, Release, StepSource


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
        self.successors = running.named(StepSource.objects.in_force_from(timezone.localdate())).filter(
            agency=self.contract.agency_id
        )

    def back(self):
        return self.contract.get_absolute_url()

    def next(self, carried):
        return address("reporting:placements", contract=carried[0].contract_id)

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
