"""What happens to a staffing request: asking, deciding, changing, ending, and where permanent recruitment stands."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.addresses import address
from council.errors import require
from council.permissions import may, may_decide_request
from council.web import ActionFormView
from council.wording import money, number
from recruitment.models import Vacancy
from recruitment.models.vacancy import TERMS
from recruitment.reads.requests import open_round_of
from recruitment.requests import actions as vacancies
from recruitment.requests.forms import ChangeTermsForm, DirectRecruitmentForm, ReasonForm, RequestForm, UrgencyForm
from recruitment.rules.charge import estimated_cost


class VacancyActionView(ActionFormView):
    """A form about one request the person may see."""

    right = "source"

    def prepare(self):
        visible = Vacancy.objects.visible_to(self.request.user).select_related("team__service", "requested_by")
        self.vacancy = get_object_or_404(visible, pk=self.kwargs["pk"])

    def back(self):
        return self.vacancy.get_absolute_url()

    def next(self, result):
        return self.back()

    def current_version(self):
        return Vacancy.objects.values_list("version", flat=True).get(pk=self.vacancy.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(vacancy=self.vacancy, caption=self.vacancy.reference, **kwargs)


class RequestNew(ActionFormView):
    right = "request"
    once = True
    form_class = RequestForm
    title = "Request staff"
    intro = "One request for one worker. The Assistant Director or a finance officer decides it."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def back(self):
        return address("reporting:requests")

    def act(self, data):
        return vacancies.request_staff(by=self.request.user, at=timezone.now(), **data)

    def next(self, vacancy):
        return address("reporting:requests") if vacancy.asked_together.exists() else vacancy.get_absolute_url()

    def done(self, vacancy):
        cost = estimated_cost(
            vacancy.hours_per_week,
            vacancy.pattern,
            vacancy.needed_from,
            vacancy.expected_weeks,
            vacancy.max_charge_rate,
        )
        if others := vacancy.asked_together.count():
            return (
                f"{others + 1} requests, {vacancy.reference} the first of them, are with the Assistant Director and finance. Estimated "
                f"cost: {money(cost)} each."
            )
        return f"{vacancy.reference} is with the Assistant Director and finance. Estimated cost: {money(cost)}."


class ChangeTerms(VacancyActionView):
    right = "view"
    form_class = ChangeTermsForm
    title = "Change the terms"
    intro = "If a supplier has been asked already, its order is taken back and the suppliers are asked again, the first one first."

    def prepare(self):
        super().prepare()
        user = self.request.user
        require(may(user, "source") or may_decide_request(user), "change the terms of a request")

    def get_initial(self):
        terms = {name: getattr(self.vacancy, name) for name in TERMS}
        return terms | {"hours_per_week": number(terms["hours_per_week"]), "version": self.vacancy.version}

    def act(self, data):
        return vacancies.change_terms(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, vacancy):
        return "The terms are changed."


class ChangeUrgency(VacancyActionView):
    right = "view"
    form_class = UrgencyForm
    title = "Change the urgency"
    intro = "Orders that are out keep the time they were given; later ones get the time of the new urgency."

    def prepare(self):
        super().prepare()
        require(may_decide_request(self.request.user), "decide how urgent a request is")

    def get_initial(self):
        return {"urgency": self.vacancy.urgency, "version": self.vacancy.version}

    def act(self, data):
        return vacancies.change_urgency(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, vacancy):
        return f"{vacancy.reference} is {vacancy.get_urgency_display().lower()}."


class DirectRecruitment(VacancyActionView):
    form_class = DirectRecruitmentForm
    title = "Direct recruitment"
    intro = "Permanent recruitment comes first. Say where it stands before an agency is asked."

    def get_initial(self):
        """What is recorded already, for who changes it before an agency is asked."""
        if (found := open_round_of(self.vacancy)) is None:
            return {}
        recorded = {name: getattr(found, name) for name in ("advertised_on", "advert_reference")}
        return recorded | {"state": found.recruitment_state, "note": found.recruitment_note}

    def act(self, data):
        return vacancies.record_direct_recruitment(
            by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data
        )

    def done(self, _):
        return "Direct recruitment is recorded."


class WithReason(ActionFormView):
    """For a page that asks one question: why? And, where the event may be entered later, when it happened."""

    form_class = ReasonForm
    submit = label = hint = ""
    when = ""  # the question for the time, where it is asked

    def get_form_kwargs(self):
        words = {"submit": self.submit, "label": self.label, "hint": self.hint, "when": self.when}
        return super().get_form_kwargs() | words


class Withdraw(WithReason, VacancyActionView):
    right = "request"
    title = "Take the request back"
    submit = "Take the request back"
    label = "Why is it taken back?"

    def act(self, data):
        return vacancies.withdraw(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, vacancy):
        return f"{vacancy.reference} is withdrawn."


class StartRound(WithReason, VacancyActionView):
    title = "Start a new round"
    intro = (
        "Sourcing starts again with direct recruitment and the first supplier, by the order of sourcing in force today."
    )
    submit = "Start a new round"
    label = "Why does a new round start?"

    def act(self, data):
        return vacancies.start_round(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, round_):
        return f"Round {round_.number} has begun."
