"""Who may do what: users, their dated roles, and deputies for an absence."""

from typing import Any

import pghistory
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from .structure import Service


class Role(models.TextChoices):
    """Roles by function. What each may do is in `council.permissions`."""

    COMMISSIONING_OFFICER = "commissioning_officer", "Commissioning officer"
    OPERATIONAL_LEAD = "operational_lead", "Operational lead"
    ASSISTANT_DIRECTOR = "assistant_director", "Assistant Director"
    FINANCE_OFFICER = "finance_officer", "Finance officer"
    CONTRACT_ADMINISTRATOR = "contract_administrator", "Contract administrator"
    AUDITOR = "auditor", "Auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator", "System administrator"
    PROCUREMENT_OFFICER = "procurement_officer", "Procurement officer"
    LEGAL_ADVISER = "legal_adviser", "Legal adviser"
    STRATEGIC_DIRECTOR = "strategic_director", "Strategic Director"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address. Their rights are the roles in force, never columns here."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(
        default=True, help_text="Untick instead of deleting: what this person did stays theirs."
    )
    wants_digest = models.BooleanField("daily message", default=True)
    wants_decisions = models.BooleanField("messages of decisions", default=True)
    wants_breaches = models.BooleanField("messages of breaches", default=True)
    invited_at = models.DateTimeField(default=timezone.now, editable=False)

    all_grants: "list[RoleGrant] | None" = None  # read once for each object, by council.permissions

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message="Another person has this e-mail address.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    get_short_name = get_full_name

    # Django's admin asks these; the answers come from the roles in force.
    # What the person may do is asked of the backend that knows the roles, as Django's own users ask theirs.

    @property
    def is_staff(self) -> bool:
        return self.has_module_perms("admin")

    is_superuser = False

    def has_perm(self, perm, obj=None) -> bool:
        return any(backend.has_perm(self, perm, obj) for backend in auth.get_backends())

    def has_perms(self, perm_list, obj=None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label) -> bool:
        backends: Any = auth.get_backends()
        return any(backend.has_module_perms(self, app_label) for backend in backends)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RoleGrant(models.Model):
    """One role of one person for a time; an operational lead's names the Service."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=30, choices=Role)
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="For an operational lead: the Service they run.",
    )
    starts_on = models.DateField("from")
    ends_on = models.DateField("until", null=True, blank=True, help_text="The last day. Leave empty while it goes on.")
    given_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="roles_given"
    )

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="role_grant_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="A role ends on or after the day it starts.",
            ),
            models.CheckConstraint(
                name="role_grant_lead_has_service",
                condition=(Q(role=Role.OPERATIONAL_LEAD) & Q(service__isnull=False))
                | (~Q(role=Role.OPERATIONAL_LEAD) & Q(service__isnull=True)),
                violation_error_message="Choose a Service for an operational lead, and for no other role.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}" + (f", {self.service}" if self.service_id else "")


class Approval(models.TextChoices):
    """Decisions a deputy may take for somebody."""

    STAFFING_REQUEST = "staffing_request", "Agree or turn down staffing requests"
    EXTENSION = "extension", "Approve long extensions"
    BREACH = "breach", "Decide what happened outside the rules"
    LATER_ROUTE = "later_route", "Allow a candidate by a later route"
    EMERGENCY = "emergency", "Confirm what was ordered out of hours"
    EXEMPTION = "exemption", "Decide exemptions"
    AUTHORITY = "authority", "Say whether an authority to pass a value was given"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Deputy(models.Model):
    """Somebody who decides in another person's place during a dated absence."""

    approval = models.CharField("decision", max_length=30, choices=Approval, default=Approval.STAFFING_REQUEST)
    for_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="in place of")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputy_rows", verbose_name="deputy")
    starts_on = models.DateField("from")
    ends_on = models.DateField("until", help_text="The last day.")

    class Meta:
        verbose_name_plural = "deputies"
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="deputy_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="A deputy's time ends on or after the day it starts.",
            ),
            models.CheckConstraint(
                name="deputy_is_someone_else",
                condition=~Q(user=F("for_user")),
                violation_error_message="Choose somebody else as the deputy.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.for_user}, {self.starts_on:%-d %B %Y} to {self.ends_on:%-d %B %Y}"
