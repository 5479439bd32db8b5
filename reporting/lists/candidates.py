"""Candidates put forward, and approaches outside any order."""

from council.working_time import end_of_day, start_of_day
from recruitment.models import Approach, Stage, Submission
from recruitment.rules.registration import tidy_registration
from reporting.lists.filters import agencies, services
from reporting.lists.listing import Column, DayFilter, Filter, ListPage


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
    links = [("Approaches outside any order", "reporting:approaches"), ("Figures of suppliers", "reporting:suppliers")]
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


class Approaches(ListPage):
    title = "Approaches outside any order"
    intro = "Agencies that offered somebody whom nobody had asked them for. They lead nowhere."
    file_name = "approaches"
    order = "-received_at"
    empty = "No approaches yet."
    actions = [("source", "Log an approach", "recruitment:approach-new")]
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
