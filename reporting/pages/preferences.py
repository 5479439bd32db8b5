"""Whether somebody gets the daily message."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.views.generic import FormView

from council.addresses import address
from council.web import SignedIn
from govuk.forms import GovukForm


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
        return redirect("reporting:preferences")

    def get_context_data(self, **kwargs):
        intro = f"They go to {self.request.user.email}."
        return super().get_context_data(title="Your e-mail", intro=intro, back=address("reporting:today"), **kwargs)
