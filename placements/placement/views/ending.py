"""The end of a placement, of its record, and of a need."""

from django.utils import timezone

from council.models import Council
from council.wording import day_name, money
from placements.placement import (
    ending,
)
from placements.placement import need as needs
from placements.placement.forms import EndForm, RecordEndForm
from placements.placement.views.base import PlacementActionView
from recruitment.models import ContractAccount
from recruitment.requests.views import VacancyActionView, WithReason


class EndEarly(PlacementActionView):
    form_class = EndForm
    title = "End the placement early"

    def get_initial(self):
        return {"version": self.placement.version, "notice_given_on": timezone.localdate()}

    def effect(self, data):
        ending.check_early_end(self.placement, data["ended_on"], data["notice_given_on"], timezone.now())
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
