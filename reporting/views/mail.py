"""Which messages a person gets, and what of the site's mail has not gone yet."""

from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import FormView

from council.models import Message
from council.web import SignedIn
from govuk.forms import GovukForm
from reporting.listing import Column, Filter, ListPage


class PreferencesForm(GovukForm):
    submit = "Save"
    wants_digest = forms.BooleanField(label="Once a day, on working days: what waits for me", required=False)
    wants_decisions = forms.BooleanField(
        label="At once: what was decided of what I asked for or recorded", required=False
    )
    wants_breaches = forms.BooleanField(label="At once: breaches, where I decide them", required=False)


class Preferences(FormView):
    """Everybody who signs in has this page, and it is their own."""

    request: SignedIn
    form_class = PreferencesForm
    template_name = "form_page.html"

    def get_initial(self):
        return {name: getattr(self.request.user, name) for name in PreferencesForm.base_fields}

    def form_valid(self, form):
        user = self.request.user
        for name, value in form.cleaned_data.items():
            setattr(user, name, value)
        user.save(update_fields=list(form.cleaned_data))
        messages.success(self.request, "Your choice is saved.")
        return redirect("/preferences/")

    def get_context_data(self, **kwargs):
        intro = f"They go to {self.request.user.email}."
        return super().get_context_data(title="Your e-mail", intro=intro, back="/", **kwargs)


def state_of(message: Message) -> str:
    if message.sent_at:
        return "Sent"
    if message.cancelled_at:
        return "Not wanted any more"
    return "To be tried again" if message.tries else "Waiting"


def _by_state(rows, value):
    if value == "sent":
        return rows.filter(sent_at__isnull=False)
    if value == "cancelled":
        return rows.filter(cancelled_at__isnull=False)
    return rows.waiting().filter(tries__gt=0) if value == "failed" else rows.waiting()


class Mail(ListPage):
    title = "Mail"
    intro = "What the site has sent, and what it is still trying to send. A message that fails is tried again until it goes."
    file_name = "mail"
    order = "-queued_at"
    right = "see_mail"
    empty = "No mail yet."
    filters = [
        Filter(
            "state",
            "State",
            lambda: [
                ("waiting", "Not sent yet"),
                ("failed", "Failed, to be tried again"),
                ("sent", "Sent"),
                ("cancelled", "Not wanted any more"),
            ],
            _by_state,
        ),
    ]
    columns = [
        Column("Put in", lambda m: m.queued_at, "moment", sort="queued_at"),
        Column("To", lambda m: m.to, sort="to"),
        Column("Title", lambda m: m.title),
        Column("State", state_of, "tag"),
        Column("Sent", lambda m: m.sent_at, "moment", sort="sent_at"),
        Column("Tries", lambda m: m.tries, "number", sort="tries"),
        Column("Tried again", lambda m: m.next_try_at if not (m.sent_at or m.cancelled_at) else None, "moment"),
        Column("What went wrong", lambda m: m.error),
    ]

    def rows(self):
        return Message.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = kwargs.pop("found")
        context = super().get_context_data(found=found, **kwargs)
        late = Message.objects.waiting().filter(tries__gt=0, queued_at__lte=timezone.now()).count()
        if late:
            context["intro"] += f" {late} could not be sent yet."
        return context
