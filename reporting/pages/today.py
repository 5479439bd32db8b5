"""The first page."""

from django.utils import timezone
from django.views.generic import TemplateView

from council.web import SignedIn
from reporting.today import sections


class Today(TemplateView):
    """The first page. Everybody who is signed in has one."""

    request: SignedIn
    template_name = "today.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        found = sections(self.request.user, timezone.now(), today)
        return super().get_context_data(sections=found, today=today, count=sum(s.count for s in found), **kwargs)
