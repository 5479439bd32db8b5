"""A request: where it stands, what can be done, and its decision."""

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.models import Council
from council.permissions import may
from council.web import address_for
from council.working_time import day_of
from placements.models import Breach, Hire, Placement
from placements.permissions import with_need_of
from placements.reads.needs import need_from, with_need
from placements.rules import need
from recruitment.models import (
    EmergencyCall,
    Origin,
    Outcome,
    Status,
    Vacancy,
)
from recruitment.permissions import require_decide, with_request
from recruitment.reads.requests import asked_together, facts_from, with_facts
from recruitment.requests.actions import decide
from recruitment.requests.forms import DecisionForm
from recruitment.requests.views import VacancyActionView
from recruitment.rules import request
from recruitment.rules.charge import estimated_cost
from reporting.pages.page import Page
from reporting.reads.standing import standing_of_team
from reporting.timeline import timeline


class RequestDetail(Page):
    template_name = "requests/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user, now = self.request.user, timezone.now()
        visible = Vacancy.objects.visible_to(user).select_related("team__service", "requested_by", "decided_by")
        vacancy = get_object_or_404(with_need(with_facts(visible), user), pk=pk)
        rounds = list(
            vacancy.rounds.select_related("order", "recruitment_recorded_by", "opened_by").order_by("-number")
        )
        current = rounds[0] if rounds else None
        facts, facts_of_need = facts_from(vacancy, user, now), need_from(vacancy, user, now)
        allowed, may_source = with_request(user, vacancy), may(user, "source")
        can = {verb for verb in allowed if request.refusal(verb, facts) is None}
        can |= {verb for verb in with_need_of(user, vacancy) if need.refusal(verb, facts_of_need) is None}
        undecided = request.refusal("decide", facts) if "decide" in allowed else None
        booked = list(
            Placement.objects.filter(vacancy=vacancy).select_related("worker", "supplying_agency").order_by("pk")
        )
        hires = list(Hire.objects.filter(vacancy=vacancy).select_related("contract__agency", "worker").order_by("pk"))
        standing = [one for one in booked if one.is_live]
        calls = EmergencyCall.objects.select_related("recorded_by", "decided_by").filter(vacancy=vacancy)
        call = calls.first() if vacancy.origin == Origin.EMERGENCY else None
        breaches = list(Breach.objects.filter(placement__vacancy=vacancy).order_by("pk")) if call else []
        return super().get_context_data(
            vacancy=vacancy,
            fte=vacancy.fte(Council.current().full_time_hours),
            cost=cost_of(vacancy),
            current=current,
            steps=timeline(vacancy, current, now, may_source, can, booked, hires, user),
            earlier=[(one, timeline(vacancy, one, now, False, (), booked, hires)) for one in rounds[1:]],
            placements=sorted(booked, key=lambda one: one.starts_on, reverse=True),
            hires=hires,
            can=can,
            own_request=undecided if undecided and undecided.code == "own_request" else None,
            together=asked_together(vacancy),
            call=call,
            call_is_late=call is not None and now > call.confirm_by,
            breaches=breaches,
            authorities=[
                (one, getattr(one, "entry", None))
                for one in vacancy.authorities.select_related("recorded_by", "entry", "word__said_by").order_by("pk")
            ],
            corrections=vacancy.corrections.select_related("proposed_by").order_by("-pk"),
            may_fill="permanent-start" in can
            and vacancy.status == Status.COVERED,  # while it is sourced the first step offers it
            answer_sentence=_answer_sentence(vacancy, current, standing, now),
            today=self.today,
            **kwargs,
        )


def cost_of(vacancy: Vacancy) -> Decimal:
    """What the request is estimated to cost, £ excluding VAT."""
    one = vacancy
    return estimated_cost(one.hours_per_week, one.pattern, one.needed_from, one.expected_weeks, one.max_charge_rate)


def _answer_sentence(vacancy: Vacancy, current, standing: list[Placement], now) -> str:
    """The answer of the page in a sentence: how far is it? `standing` are its placements that stand."""
    if vacancy.status == Status.REQUESTED:
        return "Waiting for a decision by the Assistant Director or a finance officer."
    if vacancy.status == Status.SOURCING:
        if booked := next((one for one in standing if one.round_id == current.pk), None):
            return f"{booked.worker} starts on {booked.starts_on:%-d %B %Y}."
        secured = current.releases.standing().filter(outcome=Outcome.SECURED).select_related("contract__agency")
        if found := secured.order_by("-position", "-answered_at").first():
            what = "Book the worker" if found.position else "Record the permanent start"
            return f"{found.contract.agency} has secured somebody. {what}, or record that nobody will come."
        waiting = current.releases.open().order_by("-position").select_related("contract__agency").first()
        if waiting and waiting.statements.declined().exists():
            return f"{waiting.contract.agency} says that it cannot supply. Record its answer."
        if waiting:
            return f"{waiting.contract.agency} has been asked and has not answered yet."
        return "No supplier is being asked at the moment."
    if vacancy.status == Status.COVERED and standing:
        last = max(standing, key=lambda one: one.ends_on)
        verb = "is" if last.ends_on >= day_of(now) else "was"
        return f"{last.worker} {verb} in post until {last.ends_on:%-d %B %Y}."
    if vacancy.status == Status.AGREED:
        if current is not None and current.recruitment_state:
            return "Ask the first supplier."
        return "Record where permanent recruitment stands, then ask the first supplier."
    return vacancy.status_reason


class Decide(VacancyActionView):
    """Agree, hold or turn down, with what the team has beside it."""

    right = ""  # a deputy needs no role of their own
    form_class = DecisionForm
    template_name = "requests/decide.html"

    def dispatch(self, request, *args, **kwargs):
        require_decide(request.user, timezone.localdate())
        return super().dispatch(request, *args, **kwargs)

    def prepare(self):
        rows = Vacancy.objects.select_related("team__service", "requested_by")
        self.vacancy = get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        without: tuple[str, ...] = ()
        if self.vacancy.status == Status.DEFERRED:
            without = (Status.DEFERRED,)
        elif self.vacancy.origin == Origin.RECORDED:  # the worker is in post, so the need can only be agreed
            without = (Status.DEFERRED, Status.TURNED_DOWN)
        return super().get_form_kwargs() | {"without": without}

    def back(self):
        return address_for(self.request.user, self.vacancy)

    @property
    def title(self):
        return f"Decide {self.vacancy.reference}"

    def get_initial(self):
        return {"version": self.vacancy.version, "urgency": self.vacancy.urgency}

    def act(self, data):
        return decide(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, vacancy):
        return f"{vacancy.reference} is {vacancy.get_status_display().lower()}."

    def get_context_data(self, **kwargs):
        vacancy = self.vacancy
        cost = cost_of(vacancy)
        today = timezone.localdate()
        fte = vacancy.fte(Council.current().full_time_hours)
        return super().get_context_data(
            standing=standing_of_team(vacancy.team, today), cost=cost, fte=fte, today=today, **kwargs
        )
