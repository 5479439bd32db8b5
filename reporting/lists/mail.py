"""Messages and what became of them."""

from typing import Any

from django.utils import timezone

from council.models import Message
from reporting.lists.listing import Column, Filter, ListPage


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
