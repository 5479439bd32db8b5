"""The demonstration's mail: it reaches nobody, and the supplier of the story reads it."""

import re
from datetime import datetime

from django.core.mail.backends.base import BaseEmailBackend

from council import clock, outbox
from council.models import Message
from council.notices import NAMED
from recruitment.models import Release, SupplierLink
from recruitment.orders import links

LINK = re.compile(r"/supplier/([^/\s]+)/")


class Nowhere(BaseEmailBackend):
    """Takes every mail as a server would, and keeps the last for whoever reads it."""

    last_reply = "250 2.0.0 Taken; the demonstration sends nothing"
    text = ""

    def send_messages(self, email_messages):
        for one in email_messages:
            self.text = str(one.body)
        return len(email_messages)


class Post:
    """What was delivered, and the links in it: a supplier of the story speaks by these."""

    def __init__(self) -> None:
        self.tokens: dict[int, str] = {}

    def deliver(self) -> None:
        """All that waits goes at the moment it was left, by the database's clock too."""
        nowhere = Nowhere()
        for message in Message.objects.waiting().order_by("queued_at", "pk"):
            with clock.standing_at(message.queued_at):
                outbox.deliver(message, message.queued_at, nowhere)
            if message.kind != NAMED and (found := LINK.search(nowhere.text)):
                self.tokens[message.subject] = found[1]

    def opened(self, release: Release, at: datetime) -> SupplierLink:
        """The link of the last mail about an order, as its supplier opens it at a moment."""
        link = links.find(self.tokens[release.pk])
        assert link is not None, "it was delivered"
        with clock.standing_at(at):
            links.note_opening(link)
        return link
