"""What every page has: a right, and today."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils import timezone
from django.views.generic import TemplateView

from council.models import User
from council.web import SignedIn, check_may


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
