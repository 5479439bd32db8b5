"""Asking a supplier: the page of a step."""

from django.utils import timezone

from council.known import known
from council.models import calendar_of_the_council
from council.wording import by_when
from recruitment.models import Contract, Release, StepKind, Vacancy
from recruitment.orders import brief, sending
from recruitment.orders.forms import ReleaseForm
from recruitment.reads.emergencies import unconfirmed_refusal
from recruitment.reads.requests import asked_together, open_round_of
from recruitment.reads.rounds import contracts_for, round_state
from recruitment.requests.views import VacancyActionView
from recruitment.rules import cascade


class ReleaseNew(VacancyActionView):
    """Send the request to a supplier of the step at `position`."""

    form_class = ReleaseForm
    template_name = "releases/new.html"

    @property
    def title(self):
        return f"Send to {self.supplier}"

    def prepare(self):
        super().prepare()
        now = timezone.now()
        today = timezone.localdate()
        self.round = open_round_of(self.vacancy)
        self.state = round_state(self.vacancy, self.round, on=today)
        self.position = self.kwargs["position"]
        calendar = calendar_of_the_council()
        self.refusal = unconfirmed_refusal(self.vacancy, now) or cascade.opening_refusal(
            self.state, self.position, now, calendar
        )
        self.proof = None if self.refusal else cascade.proof_for(self.state, self.position, now, calendar)
        step = cascade.step_of(self.state, self.position)
        found = contracts_for(self.vacancy, step) if step else Contract.objects.all().none()
        if step and step.kind == StepKind.EXEMPTION:
            found = found.filter(account__ends_on__gte=today)  # asked before it starts, too
        else:
            found = found.running_on(today)
        self.contracts = found.select_related("agency").order_by("reference")
        names = {contract.agency.name for contract in self.contracts}
        self.supplier = names.pop() if len(names) == 1 else (step.name if step else "a supplier")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "contracts": self.contracts,
            "proof": self.proof,
            "others": self.ready_with_it(),
            "without": sorted({one.agency for one in self.contracts if not one.agency.ordering_address}, key=str),
        }

    def ready_with_it(self) -> list[Vacancy]:
        """Requests asked for in one go with this one whose step is open too."""
        if not hasattr(self, "_ready"):
            now, today = timezone.now(), timezone.localdate()
            calendar = calendar_of_the_council()
            order = self.round.order_id if self.round else None
            rounds = [(one, open_round_of(one)) for one in asked_together(self.vacancy)]
            self._ready = [
                one
                for one, round_ in rounds
                if round_ is not None
                and round_.order_id == order
                and cascade.opening_refusal(round_state(one, round_, on=today), self.position, now, calendar) is None
            ]
        return self._ready

    def get_initial(self):
        initial = {"max_rate": self.proof.max_rate if self.proof else self.vacancy.max_charge_rate}
        if not self.proof:
            initial |= {
                "starts_on": max(self.vacancy.needed_from, timezone.localdate()),
                "weeks": self.vacancy.expected_weeks,
            }
        return initial

    def act(self, data):
        common = {"by": self.request.user, "at": timezone.now()}
        if data.pop("together", False):
            return sending.send_together(**common, requests=[self.vacancy, *self.ready_with_it()], **data)[0]
        return sending.send(**common, vacancy=self.vacancy, **data)

    def done(self, release):
        sent = f"Sent to {release.contract.agency}, which has until {by_when(release.respond_by)} to answer."
        if release.sent_at != release.sent_recorded_at:
            return sent
        if to := release.contract.agency.ordering_address:
            return f"{sent} The brief goes to {to}."
        if release.elsewhere:
            return f"{sent} The brief goes to {release.elsewhere}, for this order alone."
        return f"{sent} It has no ordering address in force, so nothing is e-mailed: tell it yourself, or pass on a link to the order."

    def get_context_data(self, **kwargs):
        asked_before = Release.objects.filter(pk=self.proof.pk).first() if self.proof else None
        return super().get_context_data(
            refusal=self.refusal,
            proof=asked_before,
            no_contract=not self.contracts,
            briefs=[] if self.refusal else self.briefs(asked_before),
            **kwargs,
        )

    def briefs(self, asked_before: Release | None) -> list[tuple[Contract, str]]:
        """What would be mailed to each supplier of the step, if it were sent now as the form opens."""
        now, vacancy = timezone.now(), self.vacancy
        window = next(one for one in known(self.round).order.steps.all() if one.position == self.position)
        terms = {
            "max_rate": asked_before.max_rate if asked_before else vacancy.max_charge_rate,
            "starts_on": asked_before.starts_on if asked_before else max(vacancy.needed_from, timezone.localdate()),
            "weeks": asked_before.weeks if asked_before else vacancy.expected_weeks,
            "respond_by": sending.respond_by(vacancy, window, now, calendar_of_the_council()),
        }
        return [(one, brief.as_it_would_go(vacancy, one, **terms)) for one in self.contracts]
