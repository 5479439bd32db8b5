"""Candidates as lists and as a page of one: what became of the person, and who showed the person first."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.models import Approval
from council.permissions import may, may_decide
from council.wording import day_name
from council.working_time import end_of_day, start_of_day
from placements.placement.views.booking import flags_of
from recruitment.models import Approach, Stage, Submission
from recruitment.reads import candidates as rules
from recruitment.rules.registration import tidy_registration
from reporting.listing import Column, DayFilter, Filter, ListPage
from reporting.views.lists import agencies, services
from reporting.views.pages import Page


def _stages():
    return [
        ("waiting", "Waits for us"),
        ("standing", "All but those entered in error"),
        *Stage.choices,
        ("void", "Entered in error"),
    ]


def _by_stage(rows, value):
    if value == "void":
        return rows.filter(voided_at__isnull=False)
    if value == "waiting":
        return rows.waiting_for_us()
    if value == "standing":
        return rows.counted()
    return rows.standing().filter(stage=value)


class Candidates(ListPage):
    title = "Candidates put forward"
    file_name = "candidates"
    order = "-received_at"
    empty = "No candidates yet. They are recorded on an order, or put forward by a supplier through its link."
    text_label = "Reference or registration number"
    links = [("Approaches outside any order", "/approaches/"), ("Figures of suppliers", "/suppliers/")]
    filters = [
        Filter(
            "service", "Service", services, lambda rows, value: rows.filter(release__vacancy__team__service_id=value)
        ),
        Filter("stage", "Stage", _stages, _by_stage),
        Filter("supplier", "Supplier", agencies, lambda rows, value: rows.filter(release__contract__agency_id=value)),
        DayFilter("since", "Order sent since", lambda rows, day: rows.filter(release__sent_at__gte=start_of_day(day))),
        DayFilter("until", "Order sent until", lambda rows, day: rows.filter(release__sent_at__lt=end_of_day(day))),
    ]
    columns = [
        Column("Candidate", lambda s: s.reference, sort="pk", link=lambda s: s.get_absolute_url()),
        Column("Stage", lambda s: "Entered in error" if s.voided_at else s.get_stage_display(), "tag", sort="stage"),
        Column("Agency’s reference", lambda s: s.candidate, sort="candidate"),
        Column("Registration number", lambda s: s.registration_number, sort="registration_number"),
        Column("Order", lambda s: s.release.reference, sort="release__pk", link=lambda s: s.release.get_absolute_url()),
        Column("Team", lambda s: s.release.vacancy.team.name, sort="release__vacancy__team__name"),
        Column("Supplier", lambda s: s.release.contract.agency.name, sort="release__contract__agency__name"),
        Column("Whose worker", lambda s: s.whose),
        Column("Received", lambda s: s.received_at, "moment", sort="received_at"),
        Column("Pay rate an hour", lambda s: s.pay_rate, "money", sort="pay_rate"),
        Column("Charge rate an hour, excluding VAT", lambda s: s.charge_rate, "money", sort="charge_rate"),
    ]

    @staticmethod
    def text_filter(rows, text):
        found = rows.filter(reference__icontains=text) | rows.filter(candidate__icontains=text)
        number = tidy_registration(text)
        return found | rows.filter(registration_number__startswith=number) if number else found

    def rows(self):
        rows = Submission.objects.visible_to(self.request.user)
        return rows.select_related("release__vacancy__team", "release__contract__agency", "supplying_agency")


class CandidateDetail(Page):
    template_name = "candidates/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        user = self.request.user
        rows = Submission.objects.visible_to(user).select_related(
            "release__vacancy__team",
            "release__contract__agency",
            "supplying_agency",
            "recorded_by",
            "allowed_by",
            "voided_by",
            "first_shown__release__contract__agency",
        )
        submission = get_object_or_404(rows, pk=pk)
        release, standing = submission.release, submission.voided_at is None
        goes_on = standing and not release.voided_at and release.outcome in rules.TAKES_CANDIDATES
        refusal = rules.later_route_refusal(
            release, submission.registration_number, rules.coming_on(release, self.today)
        )
        source = may(user, "source") and standing
        shown = standing and not submission.is_closed
        return super().get_context_data(
            submission=submission,
            release=release,
            steps=submission.history.select_related("recorded_by"),
            again=submission.shown_again.visible_to(user).select_related("release__vacancy__team"),
            first_is_visible=rows.filter(pk=submission.first_shown_id).exists(),
            flags=self._flags(submission, refusal if shown else None, may(user, "source")) if standing else [],
            refusal=refusal if shown else None,
            may_step=source and bool(rules.may_follow(submission)),
            may_number=source and not submission.registration_number,
            may_offer_elsewhere=source and submission.stage != Stage.ACCEPTED,
            may_allow=refusal is not None
            and goes_on
            and may_decide(user, Approval.LATER_ROUTE)
            and submission.recorded_by_id != user.pk,
            may_void=may(user, "void")
            and standing
            and submission.link_id is None
            and submission.recorded_by_id != user.pk,
            **kwargs,
        )

    @staticmethod
    def _flags(submission: Submission, refusal, may_source: bool) -> list[str]:
        """What to know before deciding; how other placements ended only for officers, as where they book."""
        flags = flags_of(submission.registration_number) if may_source and submission.registration_number else []
        if refusal is None and (first := rules.first_by_another_agency(submission)):
            agency, day = first.release.contract.agency, day_name(timezone.localdate(first.received_at))
            flags.append(f"{agency} put this person forward first, on {day} ({first.release.reference}).")
        if submission.charge_rate > submission.release.max_rate:
            flags.append(f"The charge rate is above the £{submission.release.max_rate} an hour that was asked for.")
        return flags


class Approaches(ListPage):
    title = "Approaches outside any order"
    intro = "Agencies that offered somebody whom nobody had asked them for. They lead nowhere."
    file_name = "approaches"
    order = "-received_at"
    empty = "No approaches yet."
    actions = [("source", "Log an approach", "/approaches/new/")]
    filters = [Filter("agency", "Agency", agencies, lambda rows, value: rows.filter(agency_id=value))]
    columns = [
        Column("Received", lambda a: a.received_at, "moment", sort="received_at"),
        Column("Agency", lambda a: a.agency.name, sort="agency__name"),
        Column("Role", lambda a: a.get_job_type_display(), sort="job_type"),
        Column("Agency’s reference", lambda a: a.candidate),
        Column("What it said", lambda a: a.note),
        Column("Recorded by", lambda a: a.recorded_by.name, sort="recorded_by__name"),
    ]

    def rows(self):
        return Approach.objects.select_related("agency", "recorded_by")
