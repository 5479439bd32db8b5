"""Where an agency's orders go: in force once the agency itself has clicked the link that was mailed there."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from council.constraints import Agrees
from council.models import Message, User

from .supplier import Agency


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class OrderingAddress(models.Model):
    """An address as a contract administrator set it, or empty where it took away what there was. Only the newest of an agency can still be
    confirmed; until it is, orders go where they went before."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="addresses")
    address = models.EmailField(blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = "ordering address"
        verbose_name_plural = "ordering addresses"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="ordering_address_key",
                fields=["id", "agency"],
                violation_error_message="This address is already recorded.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address or 'No address'} of {self.agency}"

    @property
    def confirmed(self) -> "AddressWord | None":
        """What the agency said by the link that was mailed there; None until it has."""
        return getattr(self, "word", None)


class AddressLink(models.Model):
    """The link that confirms an address. Only what sends mail makes one, so nobody here has seen it; only a hash of it is kept."""

    address = models.ForeignKey(OrderingAddress, on_delete=models.PROTECT, related_name="links")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    secret = ""  # of a link that was opened by its text; never kept

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="address_link_expires",
                condition=Q(expires_at__gt=F("made_at")) & Q(token_hash__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="A link ends some time after it was made.",
            ),
            models.UniqueConstraint(
                name="address_link_key",
                fields=["id", "address"],
                violation_error_message="This link is already recorded.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address.agency}, by the link mailed to {self.address.address}"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), exclude=["secret"])
class AddressWord(models.Model):
    """The agency says that an address is its own. Only who knows the mailed link's secret can; the database's clock says when."""

    address = models.OneToOneField(OrderingAddress, on_delete=models.PROTECT, related_name="word")
    link = models.ForeignKey(AddressLink, on_delete=models.PROTECT, related_name="+")
    said_by = models.CharField("name of who says so", max_length=100)
    domain_is_its_own = models.BooleanField("mail that the domain of the address signs is the agency’s", default=False)
    said_at = models.DateTimeField(default=timezone.now)
    secret = models.CharField(max_length=100, null=True)

    class Meta:
        verbose_name = "confirmation of an ordering address"
        verbose_name_plural = "confirmations of ordering addresses"
        constraints = [
            models.CheckConstraint(
                name="address_word_said_by_somebody",
                condition=~Q(said_by=""),
                violation_error_message="Enter your name.",
            ),
            models.CheckConstraint(
                name="address_word_keeps_no_secret",
                condition=Q(secret__isnull=True),
                violation_error_message="A link’s secret is not kept.",
            ),
            Agrees(
                name="address_word_by_its_link",
                fields=["link", "address"],
                to="recruitment.AddressLink",
                to_fields=["id", "address"],
                violation_error_message="This link was mailed to another address.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}, confirmed by {self.said_by}"
