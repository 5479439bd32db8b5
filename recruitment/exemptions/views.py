"""Asking for an exemption, commenting on it, deciding it and taking it back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.addresses import address
from council.errors import refuse_if, require
from council.models import Attachment
from council.permissions import may
from council.web import ActionFormView, address_for, whole_number
from council.wording import money
from recruitment.exemptions import asking, deciding
from recruitment.exemptions.forms import CommentForm, ExemptionDecisionForm, ExemptionForm, GroundForm, TakeBackForm
from recruitment.models import Exemption, Vacancy
from recruitment.reads import deciders, procurement
from recruitment.reads import exemptions as rules
from recruitment.reads.earlier_steps import earlier_steps
from recruitment.rules.exemption import refusal

COPIED = (
    "agency",
    "group_name",
    "reason",
    "justification",
    "why_no_competition",
    "risk_if_refused",
    "return_plan",
    "starts_on",
    "ends_on",
    "value",
    "value_with_vat",
    "vat_differs",
)


class ExemptionNew(ActionFormView):
    """For one request (`?request=`) or for several; `?extends=` goes on from an approved one."""

    right = "request_exemption"
    once = True
    form_class = ExemptionForm
    title = "Ask for an exemption"
    intro = (
        "For an agency outside the order of sourcing. Each request comes with the first supplier’s unsuccessful answer, or with the reason "
        "why there is none. You cannot decide it yourself."
    )

    def prepare(self):
        key = whole_number(self.request.GET.get("extends", ""))
        self.extends = None
        if key is not None:
            visible = Exemption.objects.visible_to(self.request.user).select_related("agency")
            self.extends = get_object_or_404(visible, pk=key)
            if self.request.method == "GET":
                user, today = self.request.user, timezone.localdate()
                named = rules.may_name_requests(user, today, self.extends)
                row = rules.with_facts(Exemption.objects.filter(pk=key)).prefetch_related("comments").get()
                refuse_if(refusal("extends", rules.facts_from(row, user, timezone.now(), requests_to_name=named)))
            self.title = f"Go on from {self.extends.reference}, or change it"
            self.intro = f"Another period or value is a new decision. What is approved here is added to the contract of {self.extends.reference}."

    def get_form_kwargs(self):
        choices = rules.words_of_requests(self.request.user, timezone.localdate(), self.extends)
        extra = {"choices": choices, "fixed_agency": self.extends.agency if self.extends else None}
        return super().get_form_kwargs() | extra

    def get_initial(self):
        initial = {name: getattr(self.extends, name) for name in COPIED} if self.extends else {}
        if self.extends:
            initial |= {
                "reason": "extension",
                "starts_on": None,
                "ends_on": None,
                "value": None,
                "value_with_vat": None,
            }
            initial["vacancies"] = list(self.extends.needs.values_list("vacancy_id", flat=True))
        asked = whole_number(self.request.GET.get("request", ""))
        if asked is not None:
            initial |= self._as_requested(asked)
        return initial

    def _as_requested(self, key: int) -> dict[str, Any]:
        """One request, with its days and its estimate: what is asked for starts from them."""
        found: dict[str, Any] = {"vacancies": [key]}
        vacancy = Vacancy.objects.visible_to(self.request.user).filter(pk=key).first()
        if vacancy and not self.extends:
            asked = rules.requests_ask([vacancy])
            found |= {
                "starts_on": max(asked.starts_on, timezone.localdate()),
                "ends_on": asked.ends_on,
                "value": asked.estimate,
            }
        return found

    def back(self):
        return self.extends.get_absolute_url() if self.extends else address("reporting:exemptions")

    def act(self, data):
        asked = self.get_form().asked(data)
        common = {"by": self.request.user, "at": timezone.now()}
        return asking.request_exemption(**common, asked=asked, extends=self.extends)

    def done(self, exemption):
        missing = deciders.sides_missing(exemption)
        if not missing:
            return f"{exemption.reference} waits for a decision."
        return f"{exemption.reference} is asked for. Next: the comment of {deciders.side_names(missing)}, then the decision."


class ExemptionActionView(ActionFormView):
    """A form about one exemption the person may see."""

    def prepare(self):
        rows = Exemption.objects.visible_to(self.request.user).select_related("agency", "requested_by", "extends")
        self.exemption = get_object_or_404(rows, pk=self.kwargs["pk"])

    def back(self):
        return self.exemption.get_absolute_url()

    def next(self, result):
        return self.back()

    def get_initial(self):
        return {"version": self.exemption.version}

    def current_version(self):
        return Exemption.objects.values_list("version", flat=True).get(pk=self.exemption.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(exemption=self.exemption, caption=self.exemption.reference, **kwargs)


class ExemptionComplete(ExemptionActionView):
    """Returned for more: completed, and put to a decision again."""

    right = "request_exemption"
    form_class = ExemptionForm
    title = "Complete the exemption"

    @property
    def intro(self):
        return f"It was returned: {self.exemption.status_reason}"

    def get_form_kwargs(self):
        choices = rules.words_of_requests(
            self.request.user, timezone.localdate(), self.exemption.extends, itself=self.exemption
        )
        fixed = self.exemption.agency if self.exemption.extends_id else None
        return super().get_form_kwargs() | {
            "choices": choices,
            "fixed_agency": fixed,
            "submit": "Put it to a decision again",
        }

    def get_initial(self):
        initial = {name: getattr(self.exemption, name) for name in COPIED}
        needs = list(self.exemption.needs.all())
        initial["vacancies"] = [need.vacancy_id for need in needs]
        initial["no_proof_reason"] = next((need.no_proof_reason for need in needs if need.no_proof_reason), "")
        return super().get_initial() | initial

    def act(self, data):
        version = data.pop("version")
        asked = self.get_form().asked(data)
        common = {"by": self.request.user, "at": timezone.now(), "exemption": self.exemption}
        return asking.complete_exemption(**common, asked=asked, version=version)

    def done(self, exemption):
        return f"{exemption.reference} waits for comments and a decision again."


class CommentOnExemption(ExemptionActionView):
    form_class = CommentForm
    template_name = "exemptions/comment.html"
    title = "Comment on the exemption"
    intro = "Whoever comments does not decide."

    def prepare(self):
        require(
            deciders.side_of(self.request.user, timezone.localdate()) is not None,
            "comment on exemptions: finance, procurement and legal do",
        )
        super().prepare()

    def act(self, data):
        return deciding.comment(by=self.request.user, at=timezone.now(), exemption=self.exemption, **data)

    def done(self, comment):
        return f"The comment of {comment.get_side_display().lower()} is recorded."


class ExemptionDecide(ExemptionActionView):
    """With all that the decision rests on above the form; also for a deputy, who may see nothing else."""

    right = ""
    form_class = ExemptionDecisionForm
    template_name = "exemptions/decide.html"

    def prepare(self):
        rows = Exemption.objects.select_related("agency", "requested_by", "extends")
        self.exemption = get_object_or_404(rows, pk=self.kwargs["pk"])
        today = timezone.localdate()
        if deciders.decides_for(self.request.user, self.exemption.value, today) is None:
            require(deciders.may_decide_any(self.request.user, today), "decide exemptions")
            raise PermissionDenied

    @property
    def title(self):
        return f"Decide {self.exemption.reference}"

    def back(self):
        return address_for(self.request.user, self.exemption)

    def act(self, data):
        return deciding.decide(by=self.request.user, at=timezone.now(), exemption=self.exemption, **data)

    def done(self, exemption):
        if exemption.is_entitled:
            contract = exemption.decisions.get(approves=exemption.pk).contract
            return (
                f"{exemption.reference} is approved. Contract {contract.reference} is let for {money(exemption.value)}."
            )
        return f"{exemption.reference} is {exemption.get_status_display().lower()}."

    def get_context_data(self, **kwargs):
        exemption, today = self.exemption, timezone.localdate()
        needs: list[Any] = list(rules.needs_with_proof(exemption))
        for need in needs:
            need.earlier = earlier_steps(need, timezone.now())
        return super().get_context_data(
            needs=needs,
            compared=rules.compared_words(exemption, [need.vacancy for need in needs]),
            is_second=any(need.proof and not need.proof.proven for need in needs),
            comments=exemption.comments.select_related("given_by"),
            missing=deciders.side_names(deciders.sides_missing(exemption)),
            decisions=exemption.decisions.select_related("decided_by"),
            spend=procurement.spend_of(exemption.agency, today, more=exemption),
            own=deciders.is_a_party(self.request.user, exemption),
            files={"rows": Attachment.objects.of("exemption", [exemption.pk])},
            today=today,
            **kwargs,
        )


class ExemptionTakeBack(ExemptionActionView):
    form_class = TakeBackForm
    title = "Take the exemption back"
    warning = True

    def prepare(self):
        super().prepare()
        user = self.request.user
        decides = deciders.decides_for(user, self.exemption.value, timezone.localdate()) is not None
        require(decides or may(user, "request_exemption"), "take exemptions back")

    def act(self, data):
        return deciding.take_back(by=self.request.user, at=timezone.now(), exemption=self.exemption, **data)

    def done(self, exemption):
        return f"{exemption.reference} is taken back."


class GroundNew(ActionFormView):
    right = "record_ground"
    once = True
    form_class = GroundForm
    title = "Record a statutory ground"
    intro = "An exemption cannot lift the procurement threshold. With a statutory ground an agency’s exemptions may add up to its limit."

    def back(self):
        return address("reporting:exemptions-dashboard")

    def next(self, ground):
        return address("reporting:exemptions-dashboard")

    def act(self, data):
        return deciding.record_ground(by=self.request.user, at=timezone.now(), **data)

    def done(self, ground):
        return (
            f"The ground is recorded: exemptions of {ground.agency} may add up to {money(ground.limit)} including VAT."
        )
