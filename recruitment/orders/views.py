"""Asking a supplier and recording its answer."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.errors import require
from council.known import known
from council.models import Approval, calendar_of_the_council
from council.permissions import may_decide
from council.web import ActionFormView, address_for
from council.wording import by_when, possessive
from recruitment.models import Contract, Release, Stage, Statement, StepKind, Vacancy
from recruitment.orders import answering, brief, sending, supplying, taking_back
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders.forms import (
    AnswerFileForm,
    AnswerForm,
    DisputeForm,
    FirstSupplierForm,
    OrderNumberForm,
    ReleaseForm,
    ReplyForm,
)
from recruitment.reads.emergencies import unconfirmed_refusal
from recruitment.reads.requests import asked_together, open_round_of
from recruitment.reads.rounds import contracts_for, round_state
from recruitment.reads.supply import leave_refusal
from recruitment.requests.views import VacancyActionView, WithReason
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


class ReleaseActionView(ActionFormView):
    """A form about one order the person may see."""

    right = "source"

    def prepare(self):
        visible = Release.objects.visible_to(self.request.user).select_related(
            "vacancy__team", "contract__agency", "sent_by"
        )
        self.release = get_object_or_404(visible, pk=self.kwargs["pk"])

    def back(self):
        return self.release.vacancy.get_absolute_url()

    def next(self, result):
        return self.back()

    def current_version(self):
        return Release.objects.values_list("version", flat=True).get(pk=self.release.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(release=self.release, caption=self.release.reference, **kwargs)


class Answer(ReleaseActionView):
    form_class = AnswerForm
    template_name = "releases/answer.html"

    @property
    def title(self):
        return f"{possessive(self.release.contract.agency.name)} answer"

    def prepare(self):
        super().prepare()
        self.said = self.release.statements.declined().first()

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "position": self.release.position,
            "own_words": self.said is not None,
            "by_link": self.said is not None or self.accepted_by_link(),
            "candidates": self.release.submissions.standing().exists(),
        }

    def accepted_by_link(self) -> bool:
        accepted = self.release.submissions.standing().filter(stage=Stage.ACCEPTED)
        return accepted.filter(link__isnull=False).exists()

    def get_initial(self):
        initial = {"version": self.release.version}
        if self.said:
            names = ("reason", "rate_asked", "own_supply", "brokered_supply", "agencies_approached")
            return initial | {"outcome": "not_secured"} | {name: self.said.sent[name] for name in names}
        if accepted := self.release.submissions.standing().filter(stage=Stage.ACCEPTED).order_by("-pk").first():
            whose = ("supply_mode", "supplying_agency")
            initial |= {"outcome": "secured"} | {name: getattr(accepted, name) for name in whose}
        return initial

    def act(self, data):
        common = {"by": self.request.user, "at": timezone.now(), "release": self.release}
        outcome = data.pop("outcome")
        shared = {name: data[name] for name in ("happened_at", "late_reason", "note", "version")}
        names = AnswerForm.SECURED if outcome == "secured" else AnswerForm.NOT_SECURED
        details = {name: data[name] for name in names if name in data}
        details["told"] = answering.Told(data.get("told_by", ""), data.get("portal_reference", ""), data.get("file"))
        if outcome == "not_secured":
            details["statement"] = self.said
        record = answering.record_secured if outcome == "secured" else answering.record_not_secured
        return record(**common, **shared, **details)

    def done(self, release):
        if release.outcome == "secured":
            return "The answer is recorded. Next: " + ("book the worker." if release.position else "record the hire.")
        if release.position and release.witness_id is None:
            return "The answer is recorded. Ask elsewhere now; before anybody is booked on it, a colleague confirms it."
        return "The answer is recorded."

    def get_context_data(self, **kwargs):
        ended = timezone.now() >= self.release.respond_by
        return super().get_context_data(window_ended=ended, said=self.said, **kwargs)


class ReleaseWithdraw(WithReason, ReleaseActionView):
    title = "Take the order back"
    intro = "An order that is taken back proves nothing: it opens no other route."
    submit = "Take the order back"
    label = "Why is it taken back?"
    when = "When was it taken back?"

    def act(self, data):
        return taking_back.withdraw(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, release):
        return f"The order to {release.contract.agency} is taken back."


class WillNotCome(WithReason, ReleaseActionView):
    title = "The worker will not come"
    intro = "Nobody has been booked yet. The answer counts as not secured from now on, and sourcing goes on."
    submit = "Record this"
    label = "Why will the worker not come?"
    when = "When were you told?"
    warning = True

    def prepare(self):
        super().prepare()
        self.said = self.release.statements.filter(kind=Statement.Kind.WILL_NOT_COME).first()

    def get_form_kwargs(self):
        words = super().get_form_kwargs()
        return words | {"when": ""} if self.said else words  # its own words have their time

    def get_initial(self):
        return {"reason": self.said.words} if self.said else {}

    def act(self, data):
        common = {"by": self.request.user, "at": timezone.now(), "release": self.release}
        return taking_back.worker_will_not_come(**common, statement=self.said, **data)

    def done(self, release):
        return "The worker will not come. Sourcing goes on."


class RecordDispute(ReleaseActionView):
    once = True
    form_class = DisputeForm
    title = "The supplier disputes the answer"
    intro = "It stands beside the recorded answer and changes nothing of it. Where the answer is wrong, propose a correction."

    def back(self):
        return self.release.get_absolute_url()

    def act(self, data):
        return supplier.record_dispute(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, statement):
        return "The dispute is recorded."


class ReplyToDispute(ActionFormView):
    right = "source"
    form_class = ReplyForm
    template_name = "releases/reply.html"
    title = "Reply to the supplier"

    def prepare(self):
        visible = Release.objects.visible_to(self.request.user)
        rows = Statement.objects.filter(kind=Statement.Kind.DISPUTE, release__in=visible)
        self.statement = get_object_or_404(rows.select_related("release__contract__agency"), pk=self.kwargs["pk"])

    def back(self):
        return self.statement.release.get_absolute_url()

    def next(self, result):
        return self.back()

    def act(self, data):
        return supplier.reply_to_dispute(by=self.request.user, at=timezone.now(), statement=self.statement, **data)

    def done(self, statement):
        agency = statement.release.contract.agency
        if agency.ordering_address:
            return f"Your reply goes to {agency}."
        return f"Your reply is recorded. {agency} has no ordering address, so tell it yourself."

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=self.statement.release.reference, statement=self.statement, **kwargs)


class SupplyAllow(WithReason, ReleaseActionView):
    right = ""  # a deputy needs no role of their own
    title = "Allow a worker of another agency"
    submit = "Allow it"
    label = "Why may a worker of this agency come?"

    def prepare(self):
        require(may_decide(self.request.user, Approval.LATER_ROUTE), "allow a worker of another agency by a later step")
        rows = Release.objects.select_related("contract__agency", "supplying_agency", "vacancy__team")
        self.release = get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def intro(self):
        refusal = leave_refusal(self.release)
        return refusal.sentence if refusal else "Nothing has to be allowed here."

    def back(self):
        return address_for(self.request.user, self.release)

    def act(self, data):
        return supplying.allow_supply(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, leave):
        return f"A worker of {leave.agency} may come through {self.release.contract.agency}."


class AnswerFile(ReleaseActionView):
    form_class = AnswerFileForm
    title = "Add the supplier’s e-mail"
    intro = "In which it says again what it told you. It is kept with the answer as it is, and cannot be deleted."

    def back(self):
        return self.release.get_absolute_url()

    def act(self, data):
        return answering.add_answer_file(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, release):
        return "The e-mail is kept with the answer."


class OrderNumber(ReleaseActionView):
    form_class = OrderNumberForm
    title = "The supplier’s order number"
    intro = "Payments that name it find their contract by it."

    def get_initial(self):
        return {"order_number": self.release.order_number}

    def act(self, data):
        return answering.give_order_number(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, release):
        return "The order number is recorded."


class ReleaseVoid(WithReason, ReleaseActionView):
    right = "void"
    title = "Mark the order as entered in error"
    intro = (
        "It stays visible, and the rules no longer count it. Somebody other than the person who entered it does this."
    )
    submit = "Mark as entered in error"
    label = "What was wrong?"
    warning = True

    def act(self, data):
        return taking_back.void(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def done(self, release):
        return f"{release.reference} is marked as entered in error."


class FirstSupplierCanSupply(ReleaseActionView):
    form_class = FirstSupplierForm
    title = "The first supplier can supply after all"
    intro = "Until a later offer is accepted the first supplier may still supply. This takes the open order back and records the answer."

    def act(self, data):
        return answering.first_supplier_can_supply(
            by=self.request.user, at=timezone.now(), release=self.release, **data
        )

    def done(self, release):
        return f"{release.contract.agency} has secured somebody. Next: book the worker."
