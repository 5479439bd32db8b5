"""What is done with an order: its answer recorded, what follows from it, what the supplier says of it."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.errors import refuse, require
from council.models import Approval, Council
from council.permissions import may_decide
from council.web import ActionFormView, address_for
from council.wording import day_name, possessive
from recruitment.models import Release, Stage, Statement
from recruitment.orders import answering, later_start, supplying, taking_back
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders.forms import (
    AnswerFileForm,
    AnswerForm,
    DisputeForm,
    FirstSupplierForm,
    LaterStartForm,
    OrderNumberForm,
    ReplyForm,
)
from recruitment.reads.later_starts import first_of
from recruitment.reads.supply import leave_refusal
from recruitment.requests.views import WithReason


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
        self.said = self.release.statements.declined().filter(own_mail__isnull=True).first()

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


class AskAboutLaterStart(ReleaseActionView):
    form_class = LaterStartForm
    once = True

    @property
    def title(self):
        return f"Ask {self.first} about a later start"

    @property
    def intro(self):
        return (
            f"{self.first} could not supply for the start it was asked for. A worker who comes much later is booked only after it was asked whether it "
            "can do better by then. If it says nothing in the time it has, book the worker: no new round is needed."
        )

    def prepare(self):
        super().prepare()
        first = first_of(self.release)
        if first is None:
            refuse("not_on_a_later_step", "Nobody was asked before this supplier. Book the worker.")
        self.first = first.contract.agency

    def back(self):
        return self.release.get_absolute_url()

    def act(self, data):
        return later_start.ask_about_later_start(by=self.request.user, at=timezone.now(), release=self.release, **data)

    def next(self, question):
        return self.back()

    def done(self, question):
        until = f"Its {Council.current().told_hours} working hours begin when our mail has gone."
        return f"{self.first} is asked about a start on {day_name(question.starts_on)}. {until}"


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
