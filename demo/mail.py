"""The demonstration's mail: it reaches nobody, and the supplier of the story reads it."""

import re
from datetime import datetime

from django.core.mail.backends.base import BaseEmailBackend

from council import clock, outbox
from council.models import Message
from council.notices import NAMED
from recruitment.contracts import addresses
from recruitment.models import Agency, Release, SupplierLink
from recruitment.orders import links

LINK = re.compile(r"/supplier/([^/\s]+)/")
ADDRESS_LINK = re.compile(r"/supplier-address/([^/\s]+)/")


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
        self.to_confirm = ""  # the last link that confirms an address

    def deliver(self) -> None:
        """All that waits goes at the moment it was left, by the database's clock too."""
        nowhere = Nowhere()
        for message in Message.objects.waiting().order_by("queued_at", "pk"):
            with clock.standing_at(message.queued_at):
                outbox.deliver(message, message.queued_at, nowhere)
            if message.kind != NAMED and (found := LINK.search(nowhere.text)):
                self.tokens[message.subject] = found[1]
            if found := ADDRESS_LINK.search(nowhere.text):
                self.to_confirm = found[1]

    def confirms(self, agency: Agency, at: datetime) -> None:
        """The agency clicks the link that was mailed to its new address."""
        link = addresses.find(self.to_confirm)
        assert link is not None and link.address.agency_id == agency.pk, "it was delivered"
        with clock.standing_at(at):
            addresses.confirm_address(by=link, at=at, said_by="Perry Placeholder", domain_is_its_own=True)

    def opened(self, release: Release, at: datetime) -> SupplierLink:
        """The link of the last mail about an order, as its supplier opens it at a moment."""
        link = links.find(self.tokens[release.pk])
        assert link is not None, "it was delivered"
        with clock.standing_at(at):
            links.note_opening(link)
        return link
