"""A supplier speaks for itself: its link to one order, and what it says there in its own words."""

from datetime import datetime

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from council.constraints import Agrees
from council.models import Message, Sending, User
from council.wording import day_name
from council.working_time import day_of

from .own_mail import OwnMail
from .release import Release


class SupplierLinkManager(models.Manager):
    """With what a link's text needs, so that a list of them costs one query."""

    def get_queryset(self):
        return super().get_queryset().select_related("release__contract__agency")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["token_hash"])
class SupplierLink(models.Model):
    """A link that opens one order, or its recorded answer, to its supplier. Only a hash of it is stored, to know it by."""

    class Purpose(models.TextChoices):
        ORDER = "order", "Answer the order"
        ANSWER = "answer", "Dispute the recorded answer"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.ORDER)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    unseen = models.BooleanField("mailed, and shown to nobody here", default=False, db_default=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    stopped_here = models.BooleanField("stopped by somebody here, not replaced", default=False, db_default=False)

    objects = SupplierLinkManager()

    is_working = False  # set by the page that shows it
    secret = ""  # of a link that was opened by its text; never kept

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="supplier_link_expires",
                condition=Q(expires_at__gt=F("made_at")) & Q(token_hash__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="A link ends some time after it was made.",
            ),
            models.UniqueConstraint(
                name="supplier_link_one_works",
                fields=["release", "unseen"],
                condition=Q(revoked_at__isnull=True),
                violation_error_message="Another link has just been made for this order. Reload the page.",
            ),
            models.UniqueConstraint(
                name="supplier_link_release_key",
                fields=["id", "release"],
                violation_error_message="This link is already recorded.",
            ),
            models.UniqueConstraint(
                name="supplier_link_unseen_key",
                fields=["id", "release", "unseen"],
                violation_error_message="This link is already recorded.",
            ),
        ]

    def __str__(self) -> str:
        how = "its link" if self.unseen else "a link that was handed over"
        return f"{self.release.contract.agency}, by {how}"

    @property
    def first_opened_at(self) -> datetime | None:
        opening = getattr(self, "opening", None)
        return opening.opened_at if opening else None


class LinkOpening(models.Model):
    """The first time somebody opened a link, by the database's clock. Only who knows the link's secret can say so."""

    link = models.OneToOneField(SupplierLink, on_delete=models.PROTECT, related_name="opening")
    opened_at = models.DateTimeField(default=timezone.now)
    secret = models.CharField(max_length=100, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opening_keeps_no_secret",
                condition=Q(secret__isnull=True),
                violation_error_message="A link's secret is not kept.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.link}, opened"


class StatementQuerySet(models.QuerySet["Statement"]):
    def declined(self):
        """Those that say that the supplier cannot supply."""
        return self.filter(kind="cannot_supply")

    def disputes(self):
        return self.filter(kind="dispute")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["secret"])
class Statement(models.Model):
    """What a supplier says itself, kept as it was sent: that it cannot supply, or that the answer we recorded is wrong.

    It comes by the supplier's link; a dispute may also be entered by an officer, and has one reply. A dispute stands beside the
    answer and changes nothing of it: that takes a correction.
    """

    class Kind(models.TextChoices):
        CANNOT_SUPPLY = "cannot_supply", "Cannot supply"
        WILL_NOT_COME = "will_not_come", "The worker will not come"
        DISPUTE = "dispute", "Disputes the recorded answer"
        CAN_SUPPLY = "can_supply", "Can supply for the later start"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField("what it is", max_length=20, choices=Kind, default=Kind.CANNOT_SUPPLY)
    link = models.ForeignKey(SupplierLink, on_delete=models.PROTECT, null=True, related_name="+")
    own_mail = models.OneToOneField(
        OwnMail, on_delete=models.PROTECT, null=True, related_name="statement", verbose_name="by signed e-mail"
    )
    unseen = models.BooleanField("by the mailed link, or signed", null=True)
    secret = models.CharField(max_length=100, null=True)
    after_booking = models.BooleanField("after somebody was booked on it", default=False, db_default=False)
    said_by = models.CharField("name of who says so", max_length=100)
    words = models.TextField("what it says")
    sent = models.JSONField("as it was sent")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reply = models.TextField("our reply", blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = "supplier's own words"
        verbose_name_plural = "suppliers' own words"
        ordering = ["received_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="statement_said_by_somebody",
                condition=~Q(said_by="") & ~Q(words=""),
                violation_error_message="Enter the name of who says so, and what they say.",
            ),
            models.CheckConstraint(
                name="statement_by_link_or_officer",
                condition=Q(
                    link__isnull=False, own_mail__isnull=True, recorded_by__isnull=True, recorded_at__isnull=True
                )
                | Q(kind="cannot_supply", link__isnull=True, own_mail__isnull=False)
                & Q(recorded_by__isnull=True, recorded_at__isnull=True)
                | Q(own_mail__isnull=True)
                & Q(kind="dispute", link__isnull=True, recorded_by__isnull=False, recorded_at__gte=F("received_at")),
                violation_error_message="A supplier's words come by its link or its signed e-mail; an officer enters a dispute only.",
            ),
            models.CheckConstraint(
                name="statement_knows_its_link",
                condition=Q(link__isnull=True, own_mail__isnull=True, unseen__isnull=True)
                | Q(link__isnull=False, unseen__isnull=False)
                | Q(own_mail__isnull=False, unseen=True),
                violation_error_message="Words that came by a link or an e-mail say by which.",
            ),
            models.CheckConstraint(
                name="statement_reply_is_whole",
                condition=Q(reply="", replied_at__isnull=True, replied_by__isnull=True)
                | Q(kind="dispute", replied_at__gte=F("received_at"), replied_by__isnull=False) & ~Q(reply=""),
                violation_error_message="A reply to a dispute has a text, a time and a person.",
            ),
            models.UniqueConstraint(
                name="statement_one_an_order",
                fields=["release"],
                condition=Q(kind="cannot_supply", own_mail__isnull=True),
                violation_error_message="You have told us already that you cannot supply. Thank you: nothing more is needed.",
            ),
            models.UniqueConstraint(
                name="statement_one_will_not_come",
                fields=["release"],
                condition=Q(kind="will_not_come"),
                violation_error_message="You have told us already that the worker will not come. Thank you: nothing more is needed.",
            ),
            models.UniqueConstraint(
                name="statement_unseen_key",
                fields=["id", "release", "unseen", "kind"],
                violation_error_message="This is already recorded.",
            ),
            models.CheckConstraint(
                name="statement_keeps_no_secret",
                condition=Q(secret__isnull=True),
                violation_error_message="A link's secret is not kept.",
            ),
            models.UniqueConstraint(
                name="statement_one_dispute_a_link",
                fields=["link"],
                condition=Q(kind="dispute", link__isnull=False),
                violation_error_message="You have told us already. Thank you: nothing more is needed.",
            ),
            models.UniqueConstraint(
                name="statement_release_key",
                fields=["id", "release"],
                violation_error_message="This is already recorded.",
            ),
            Agrees(
                name="statement_by_signed_mail",
                fields=["own_mail", "release", "unseen"],
                to="recruitment.OwnMail",
                to_fields=["id", "release", "counts"],
                violation_error_message="This e-mail is not the supplier’s own word on this order.",
            ),
            Agrees(
                name="statement_link_of_release",
                fields=["link", "release", "unseen"],
                to="recruitment.SupplierLink",
                to_fields=["id", "release", "unseen"],
                violation_error_message="This link belongs to another order.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.said_by}, {day_name(day_of(self.received_at))}"

    @property
    def how(self) -> str:
        """In which way it came, as a part of a sentence."""
        return f"by e-mail that {self.own_mail.domain} has signed" if self.own_mail else "by the supplier’s own link"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReturnedMail(models.Model):
    """A mail about an order came back, as an officer saw it. It was read by nobody, so silence after it proves nothing."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="returned_mail")
    sending = models.OneToOneField(Sending, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    words = models.TextField("what the notice says")
    returned_at = models.DateTimeField("when it came back")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    late_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    after_booking = models.BooleanField("after somebody was booked on it", default=False, db_default=False)

    class Meta:
        verbose_name = "returned mail"
        verbose_name_plural = "returned mail"
        constraints = [
            models.CheckConstraint(
                name="returned_mail_is_whole",
                condition=~Q(words="") & Q(recorded_at__gte=F("returned_at")),
                violation_error_message="Say what the notice says, and when it came.",
            ),
            Agrees(
                name="returned_mail_was_sent",
                fields=["sending", "release", "kind"],
                to="council.Sending",
                to_fields=["id", "subject", "kind"],
                violation_error_message="This mail was about another order.",
            ),
        ]

    def __str__(self) -> str:
        return f"Mail of {self.release} came back, {day_name(day_of(self.returned_at))}"
