"""Pages that join rooms: Today, a request, an order, a placement, a worker, a contract."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Model, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from council.actions import day_of
from council.models import Approval, Council, User
from council.permissions import may, may_decide, may_decide_request
from council.web import SignedIn, address_for, check_may
from council.working_time import end_of_day
from placements.models import Breach, Hire, Payment, Placement, Worker
from placements.reads.posts import post_facts
from placements.rules.post import permanent_start_refusal
from recruitment.models import (
    AccountEntry,
    Contract,
    Correction,
    EmergencyCall,
    Exemption,
    Origin,
    Outcome,
    Release,
    Status,
    Vacancy,
)
from recruitment.orders import links
from recruitment.permissions import may_withdraw, require_decide
from recruitment.reads.candidates import TAKES_CANDIDATES
from recruitment.requests.actions import asked_together, decide
from recruitment.requests.forms import DecisionForm
from recruitment.requests.views import VacancyActionView
from recruitment.rules.charge import estimated_cost
from reporting.chart import Series, line_chart
from reporting.reports.contracts import burn_up, positions
from reporting.reports.standing import standing_of_team
from reporting.timeline import timeline
from reporting.today import sections
from reporting.views.files import files_of
from reporting.views.lists import of_reference, teams_called, workers_visible_to


class Page(TemplateView):
    """A page for somebody who may `right`."""

    request: SignedIn
    right = "view"

    def dispatch(self, request, *args, **kwargs):
        check_may(request, self.right)
        self.today = timezone.localdate()
        return super().dispatch(request, *args, **kwargs)


def with_people(row: Model, names: Iterable[str]) -> None:
    """Read the people a row names, all in one query: each is a column of its own, and often the same person."""
    people = User.objects.in_bulk({key for name in names if (key := getattr(row, f"{name}_id"))})
    for name in names:
        if key := getattr(row, f"{name}_id"):
            setattr(row, name, people[key])


class Today(TemplateView):
    """The first page. Everybody who is signed in has one."""

    request: SignedIn
    template_name = "today.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        found = sections(self.request.user, timezone.now(), today)
        return super().get_context_data(sections=found, today=today, count=sum(s.count for s in found), **kwargs)


class RequestDetail(Page):
    template_name = "requests/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user, now = self.request.user, timezone.now()
        visible = Vacancy.objects.visible_to(user).select_related("team__service", "requested_by", "decided_by")
        vacancy = get_object_or_404(visible, pk=pk)
        rounds = list(
            vacancy.rounds.select_related("order", "recruitment_recorded_by", "opened_by").order_by("-number")
        )
        current = rounds[0] if rounds else None
        may_source, decides = may(user, "source"), may_decide_request(user)
        booked = list(
            Placement.objects.filter(vacancy=vacancy).select_related("worker", "supplying_agency").order_by("pk")
        )
        hires = list(Hire.objects.filter(vacancy=vacancy).select_related("contract__agency", "worker").order_by("pk"))
        cost = estimated_cost(
            vacancy.hours_per_week,
            vacancy.pattern,
            vacancy.needed_from,
            vacancy.expected_weeks,
            vacancy.max_charge_rate,
        )
        recorded = vacancy.origin == Origin.RECORDED and vacancy.decision == "" and vacancy.status == Status.COVERED
        standing = [one for one in booked if one.is_live]
        calls = EmergencyCall.objects.select_related("recorded_by", "decided_by").filter(vacancy=vacancy)
        call = calls.first() if vacancy.origin == Origin.EMERGENCY else None
        breaches = list(Breach.objects.filter(placement__vacancy=vacancy).order_by("pk")) if call else []
        waiting = vacancy.status in (Status.REQUESTED, Status.DEFERRED) or recorded
        return super().get_context_data(
            vacancy=vacancy,
            fte=vacancy.fte(Council.current().full_time_hours),
            cost=cost,
            current=current,
            steps=timeline(vacancy, current, now, may_source, booked, hires),
            earlier=[(one, timeline(vacancy, one, now, False, booked, hires)) for one in rounds[1:]],
            placements=sorted(booked, key=lambda one: one.starts_on, reverse=True),
            hires=hires,
            may_decide=waiting and decides and vacancy.requested_by_id != user.pk,
            own_request=waiting and decides and vacancy.requested_by_id == user.pk,
            may_withdraw=waiting and not recorded and may_withdraw(user, vacancy),
            may_change=(may_source or decides)
            and vacancy.status in (Status.REQUESTED, Status.DEFERRED, Status.AGREED, Status.SOURCING),
            may_end=may_source
            and vacancy.status in (Status.AGREED, Status.SOURCING, Status.COVERED)
            and all(one.ends_on < self.today for one in standing),
            may_start_round=may_source and vacancy.status == Status.COVERED and vacancy.decision == Status.AGREED,
            together=asked_together(vacancy),
            call=call,
            call_is_late=call is not None and now > call.confirm_by,
            breaches=breaches,
            may_confirm=call is not None
            and not breaches
            and not call.decision
            and not vacancy.decision
            and may_decide(user, Approval.EMERGENCY)
            and call.recorded_by_id != user.pk,
            authorities=[
                (one, getattr(one, "entry", None))
                for one in vacancy.authorities.select_related("recorded_by", "entry").order_by("pk")
            ],
            may_record_authority=may_source and vacancy.status in (Status.AGREED, Status.SOURCING),
            may_change_urgency=decides
            and vacancy.status in (Status.AGREED, Status.SOURCING)
            and vacancy.requested_by_id != user.pk,
            corrections=vacancy.corrections.select_related("proposed_by").order_by("-pk"),
            may_fill=may_source
            and vacancy.status == Status.COVERED  # while it is sourced the step of direct recruitment offers it
            and permanent_start_refusal(post_facts(vacancy)) is None,
            answer_sentence=_answer_sentence(vacancy, current, standing, now),
            today=self.today,
            **kwargs,
        )


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
        cost = estimated_cost(
            vacancy.hours_per_week,
            vacancy.pattern,
            vacancy.needed_from,
            vacancy.expected_weeks,
            vacancy.max_charge_rate,
        )
        today = timezone.localdate()
        fte = vacancy.fte(Council.current().full_time_hours)
        return super().get_context_data(
            standing=standing_of_team(vacancy.team, today), cost=cost, fte=fte, today=today, **kwargs
        )


class ReleaseDetail(Page):
    template_name = "releases/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        visible = Release.objects.visible_to(self.request.user).select_related(
            "vacancy__team", "contract__agency", "supplying_agency", "exemption", "round"
        )
        visible = visible.prefetch_related(Prefetch("rests_on", Release.objects.select_related("contract__agency")))
        release = get_object_or_404(visible, pk=pk)
        with_people(release, ("sent_by", "answered_by", "voided_by"))
        corrections = Correction.objects.filter(subject="release", subject_id=release.pk)
        return super().get_context_data(
            release=release,
            corrections=corrections.select_related("proposed_by").order_by("-pk"),
            may_correct=may(self.request.user, "correct")
            and release.outcome in (Outcome.SECURED, Outcome.NOT_SECURED, Outcome.WITHDRAWN)
            and not release.voided_at,
            files=files_of(self.request.user, "answer", release),
            said=release.statements.declined(),
            disputes=release.statements.disputes().select_related("recorded_by", "replied_by"),
            may_dispute=may(self.request.user, "source") and links.is_disputable(release),
            candidates=release.submissions.select_related("supplying_agency").order_by("received_at", "pk"),
            may_put_forward=may(self.request.user, "source")
            and not release.voided_at
            and release.outcome in TAKES_CANDIDATES,
            opened=release.opened.select_related("contract__agency"),
            placements=Placement.objects.filter(release=release).select_related("worker"),
            hires=Hire.objects.filter(release=release),
            may_void=may(self.request.user, "void")
            and not release.voided_at
            and release.sent_by_id != self.request.user.pk,
            may_answer=may(self.request.user, "source") and release.standing == "open",
            window_ended=timezone.now() >= release.respond_by,
            **kwargs,
        )


class HireDetail(Page):
    template_name = "placements/hire.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        visible = Hire.objects.visible_to(self.request.user).select_related(
            "vacancy__team", "contract__agency", "release", "converts", "worker", "recorded_by", "voided_by"
        )
        hire = get_object_or_404(visible, pk=pk)
        may_void = may(self.request.user, "void") and not hire.voided_at and hire.recorded_by_id != self.request.user.pk
        corrections = Correction.objects.filter(subject="hire", subject_id=hire.pk).order_by("-pk")
        return super().get_context_data(hire=hire, may_void=may_void, corrections=corrections, **kwargs)


class WorkerDetail(Page):
    template_name = "placements/worker.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        worker = get_object_or_404(workers_visible_to(self.request.user), pk=pk)
        placements = Placement.objects.visible_to(self.request.user).filter(worker=worker)
        rows = placements.select_related("vacancy__team", "supplying_agency", "contract").order_by("-starts_on", "-pk")
        return super().get_context_data(
            worker=worker,
            placements=[(row, row.stage(self.today)) for row in rows],
            hires=Hire.objects.visible_to(self.request.user).standing().filter(worker=worker),
            **kwargs,
        )


def day_asked(request, today: date) -> date:
    """The "as at" day of the query, or today where it is missing, no date, or not of this century."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today
    return day if 2000 <= day.year < 2100 else today


class ContractDetail(Page):
    template_name = "contracts/detail.html"
    right = "view_money"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        on = day_asked(self.request, self.today)
        placements = Placement.objects.filter(contract=OuterRef("pk"), booked_at__lt=end_of_day(on))
        entries = AccountEntry.objects.filter(contract=OuterRef("pk"), on__lte=on)
        hires = Hire.objects.standing().filter(contract=OuterRef("pk"), starts_on__lte=on)
        waiting = Payment.objects.waiting().filter(agency=OuterRef("agency"))
        found = Contract.objects.with_position().annotate(
            placement_count=_how_many(placements, "contract"),
            entry_count=_how_many(entries, "contract"),
            hires=_how_many(hires, "contract"),
            waiting=_how_many(waiting, "agency"),
        )
        contract = get_object_or_404(found, pk=pk)
        line = positions([contract], on)[0]
        approvals = list(contract.approvals.select_related("entered_by").order_by("decided_on", "pk"))
        months = burn_up(line, approvals) if line.approval else []
        chart = line_chart(
            [f"{month.month:%b %Y}" for month in months],
            [
                Series("booked", "Booked", [month.booked for month in months]),
                Series("paid", "Paid", [month.paid for month in months]),
                Series("approved", "Approved", [month.approved for month in months]),
            ],
        )
        latest = Placement.objects.filter(contract=contract, booked_at__lt=end_of_day(on))
        return super().get_context_data(
            contract=contract,
            line=line,
            on=on,
            months=months,
            chart=chart,
            finding=_finding(line),
            approvals=[one for one in reversed(approvals) if one.decided_on <= on],
            entries=contract.entries.filter(on__lte=on).select_related("entered_by").order_by("-on", "-pk")[:25],
            placements=latest.select_related("worker", "vacancy__team").order_by("-starts_on", "-pk")[:10],
            files=files_of(self.request.user, "contract", contract),
            **kwargs,
        )


def _how_many(rows: QuerySet, of: str) -> Coalesce:
    """How many rows there are of the row they are asked for, read with it."""
    return Coalesce(Subquery(rows.order_by().values(of).values(count=Count("pk"))), 0)


def _finding(line) -> str:
    """For example: £487,688.00 of £1,000,000.00 is spoken for (48.8%) with 61.0% of the time gone."""
    if line.approval is None:
        return "No decision on this contract’s value and end is recorded by this day."
    if line.approved_value is None:
        return f"£{line.exposure:,.2f} is spoken for. No approved value is set here, so nothing is refused."
    if line.left < 0:
        return f"£{-line.left:,.2f} more than the approved £{line.approved_value:,.2f} is spoken for."
    return (
        f"£{line.exposure:,.2f} of £{line.approved_value:,.2f} is spoken for ({line.percent_used}%) with {line.percent_of_time}% of the "
        "time gone."
    )


class Search(Page):
    """By reference, name or registration number, in what the person may see."""

    template_name = "search.html"

    def get_context_data(self, **kwargs):
        text = self.request.GET.get("q", "").strip().replace("\0", "")[:100]
        return super().get_context_data(q=text, groups=self._groups(text) if len(text) > 1 else [], **kwargs)

    def _groups(self, text: str):
        user = self.request.user
        workers = workers_visible_to(user).called(text).order_by("folded_name", "pk")
        requests = Vacancy.objects.visible_to(user).filter(of_reference(text, "REQ") | Q(team__in=teams_called(text)))
        releases = Release.objects.visible_to(user).filter(of_reference(text, "ORD") | Q(order_number__iexact=text))
        placements = Placement.objects.visible_to(user).filter(
            of_reference(text, "PL") | Q(worker__in=Worker.objects.called(text).values("pk"))
        )
        groups = [
            (
                "Staffing requests",
                requests.select_related("team").order_by("-pk"),
                lambda r: f"{r.team}, {r.get_status_display().lower()}",
            ),
            (
                "Sent to suppliers",
                releases.select_related("contract__agency").order_by("-pk"),
                lambda r: str(r.contract.agency),
            ),
            ("Placements", placements.select_related("worker").order_by("-pk"), lambda p: str(p.worker)),
            ("Workers", workers, lambda w: w.registration_number),
            (
                "Exemptions",
                Exemption.objects.visible_to(user)
                .filter(of_reference(text, "EX") | Q(agency__name__icontains=text))
                .select_related("agency")
                .order_by("-pk"),
                lambda e: f"{e.agency}, {e.get_status_display().lower()}",
            ),
            (
                "Breaches",
                Breach.objects.visible_to(user)
                .filter(of_reference(text, "BR"))
                .select_related("placement__worker")
                .order_by("-pk"),
                lambda b: str(b.placement.worker),
            ),
        ]
        if may(user, "view_money"):
            contracts = Contract.objects.filter(
                Q(reference__icontains=text) | Q(title__icontains=text) | Q(agency__name__icontains=text)
            )
            groups.append(
                ("Contracts", contracts.select_related("agency").order_by("reference"), lambda c: str(c.agency))
            )
        return [
            {
                "title": title,
                "count": rows.count(),
                "rows": [(str(row), row.get_absolute_url(), detail(row)) for row in found],
            }
            for title, rows, detail in groups
            if (found := rows[:20])
        ]


class Legal(TemplateView):
    """The accessibility statement, the privacy notice and the cookies page: open to everybody."""
