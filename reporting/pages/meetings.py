"""The weekly meeting on requests: its sheet and what it decided."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from council.addresses import address
from council.permissions import may, may_decide_request
from council.web import ActionFormView, whole_number
from recruitment.meetings.actions import hold_meeting
from recruitment.models import Meeting, MeetingItem, Vacancy
from reporting.pages.meeting_form import MeetingForm
from reporting.pages.page import Page
from reporting.reads.sheet import both, decided_between, waiting

ON_A_SHEET = 25  # requests, the oldest first; the next sheet has the next
MOST = 1000  # requests that one sheet names
ON_THE_SHEET = re.compile(r"(?:version|decision|reason)_(\d{1,18})", re.ASCII)  # the form's fields for each of them


class WeeklyMeeting(ActionFormView):
    """The sheet: those who agree requests decide down the list; others who see money read and print it."""

    right = ""
    once = True
    form_class = MeetingForm
    template_name = "meetings/sheet.html"
    title = "Weekly meeting"

    def dispatch(self, request, *args, **kwargs):
        self.decides = may_decide_request(request.user)
        if not (self.decides or may(request.user, "view_money")) or (request.method == "POST" and not self.decides):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def prepare(self):
        """On the page a part of what waits; of a sheet that comes back, the requests that were on it, whatever has come since."""
        self.today, self.now = timezone.localdate(), timezone.now()
        self.waiting, decided = waiting(), decided_between(self.now)
        self.sent = {int(found[1]) for name in self.request.POST if (found := ON_THE_SHEET.fullmatch(name))}
        if self.sent:
            waits = self.waiting.filter(pk__in=list(self.sent)[:MOST])
        else:
            waits = waiting(after=whole_number(self.request.GET.get("after", "")))[:ON_A_SHEET]
        shown = decided if self.request.method == "POST" else decided[:ON_A_SHEET]
        self.rows, self.between = both(waits, shown, self.today)

    def back(self):
        return address("reporting:requests")

    def get_initial(self):
        return {"held_on": self.today}

    def get_form_kwargs(self):
        """The form is about the requests of the sheet that was sent: those decided meanwhile are refused by name."""
        rows = [row.vacancy for row in self.rows]
        gone = self.sent - {one.pk for one in rows}
        rows += list(Vacancy.objects.filter(pk__in=list(gone)[:MOST]))
        others = [one for one in rows if one.requested_by_id != self.request.user.pk]
        return super().get_form_kwargs() | {"vacancies": others if self.decides else []}

    def act(self, data):
        lines = {row.vacancy.pk: row.line for row in [*self.rows, *self.between]}
        return hold_meeting(
            by=self.request.user,
            at=timezone.now(),
            held_on=data["held_on"],
            present=data["present"],
            lines=lines,
            taken=data["taken"],
        )

    def form_invalid(self, form):
        form.renew()
        return super().form_invalid(form)

    def done(self, meeting):
        decided = meeting.items.filter(is_between=False).exclude(decision="none").count()
        return f"The meeting is recorded, with {decided} decision{'s' if decided != 1 else ''}."

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form = context["form"]
        table = [
            {
                "row": row,
                "own": self.decides and row.vacancy.requested_by_id == self.request.user.pk,
                "decision": form[f"decision_{row.vacancy.pk}"] if f"decision_{row.vacancy.pk}" in form.fields else None,
                "reason": form[f"reason_{row.vacancy.pk}"] if f"reason_{row.vacancy.pk}" in form.fields else None,
                "version": form[f"version_{row.vacancy.pk}"] if f"version_{row.vacancy.pk}" in form.fields else None,
            }
            for row in self.rows
        ]
        last = self.rows[-1].vacancy if self.rows else None
        return context | {
            "table": table,
            "count": self.waiting.count(),
            "is_part": not self.sent and "after" in self.request.GET,
            "next_after": last.pk if last and not self.sent and waiting(after=last.pk).exists() else None,
            "between": self.between[:ON_A_SHEET],
            "between_count": decided_between(self.now).count(),
            "decides": self.decides,
            "meetings_visible": may(self.request.user, "view_money"),
            "today": self.today,
            "last": Meeting.objects.order_by("-recorded_at").first(),
        }


class MeetingDetail(Page):
    """For those who see money, and for whoever decides requests, also as a deputy."""

    template_name = "meetings/detail.html"

    def dispatch(self, request, *args, **kwargs):
        if not (may(request.user, "view_money") or may_decide_request(request.user)):
            raise PermissionDenied
        self.today = timezone.localdate()
        return TemplateView.dispatch(self, request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = kwargs.pop("pk")
        meeting = get_object_or_404(Meeting.objects.select_related("recorded_by"), pk=pk)
        items = list(meeting.items.select_related("vacancy", "team", "decided_by"))
        decided = [item for item in items if not item.is_between]
        agreed = [item for item in decided if item.decision == MeetingItem.Decision.AGREED]
        return super().get_context_data(
            meeting=meeting,
            tables=[
                ("Requests", decided),
                ("Decided between the meetings", [item for item in items if item.is_between]),
            ],
            agreed_cost=sum(item.cost for item in agreed),
            agreed_count=len(agreed),
            **kwargs,
        )
