"""Logging a call out of hours, and the Strategic Director's authority."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from council.addresses import address
from council.known import known
from council.models import Council
from council.web import ActionFormView
from council.wording import by_when
from recruitment.emergencies import actions as emergencies
from recruitment.emergencies.forms import AuthorityForm, AuthorityWordForm, EmergencyForm
from recruitment.models import Contract, SpendingAuthority, StepClass, StepSource
from recruitment.requests.views import VacancyActionView


class EmergencyNew(ActionFormView):
    right = "source"
    once = True
    form_class = EmergencyForm
    title = "Log an out-of-hours call"
    intro = (
        "For a need that cannot wait for the next working day. The Assistant Director confirms it on that day; if not, who comes of it "
        "is a breach."
    )

    def get_form_kwargs(self):
        today = timezone.localdate()
        first = StepSource.objects.in_force(today).filter(step_class=StepClass.FIRST)
        contracts = Contract.objects.running_on(today).named(first)
        return super().get_form_kwargs() | {"contracts": contracts.select_related("agency").order_by("reference")}

    def back(self):
        return address("reporting:requests")

    def act(self, data):
        return emergencies.call_out_of_hours(by=self.request.user, at=timezone.now(), **data)

    def next(self, release):
        return release.vacancy.get_absolute_url()

    def done(self, release):
        confirm_by = by_when(release.vacancy.emergency_call.confirm_by)
        return (
            f"The call is logged. {release.contract.agency} has until {by_when(release.respond_by)} to answer, and the Assistant Director "
            f"confirms it by {confirm_by}."
        )


class AuthorityNew(VacancyActionView):
    form_class = AuthorityForm
    title = "The Strategic Director’s authority"

    @property
    def intro(self):
        days = Council.current().emergency_days
        return (
            f"One booking of at most {days} working days for this request may then pass the approved value of its contract. The contract "
            "shows as over value until a variation of it is recorded."
        )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"holders": emergencies.holders(timezone.localdate())}

    def act(self, data):
        return emergencies.record_authority(by=self.request.user, at=timezone.now(), vacancy=self.vacancy, **data)

    def done(self, authority):
        return "The authority is recorded."


class AuthorityConfirm(ActionFormView):
    """Whoever is said to have given an authority says whether that is so."""

    right = ""  # it is theirs, whatever their role is now
    form_class = AuthorityWordForm
    template_name = "requests/authority.html"
    title = "Authority in your name"

    def prepare(self):
        rows = SpendingAuthority.objects.waiting().select_related("vacancy__team", "recorded_by", "holder")
        self.authority = get_object_or_404(rows, pk=self.kwargs["pk"])
        holder = known(self.authority.holder)
        if not emergencies.speaks_for(self.request.user, holder, timezone.localdate()):
            raise PermissionDenied
        if holder != self.request.user:
            self.title = f"Authority in the name of {holder}"

    def act(self, data):
        return emergencies.say_of_authority(
            by=self.request.user,
            at=timezone.now(),
            authority=self.authority,
            is_given=data["is_given"] == "yes",
            note=data["note"],
        )

    def next(self, word):
        return self.back()

    def done(self, word):
        return "Thank you. Your word is kept with the authority."

    def get_context_data(self, **kwargs):
        one = self.authority
        return super().get_context_data(caption=one.vacancy.reference, authority=one, **kwargs)
