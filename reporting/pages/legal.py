"""Pages open to everybody."""

from django.views.generic import TemplateView


class Legal(TemplateView):
    """The accessibility statement, the privacy notice and the cookies page: open to everybody."""
