"""A hire: a permanent start that fills a vacant post."""

import pghistory
from django.db import models
from django.db.models import Case, F, Q, Value, When

from council.addresses import address
from council.constraints import Agrees
from council.models import User
from council.permissions import services_of
from recruitment.models import Contract, Kind, Release, Round, Vacancy
from recruitment.models.fields import money_field

from .placement import Placement
from .worker import Worker


class HireQuerySet(models.QuerySet["Hire"]):
    def visible_to(self, user: User):
        services = services_of(user)
        return self if services is None else self.filter(vacancy__team__service_id__in=services)

    def standing(self):
        return self.filter(voided_at__isnull=True)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["vacancy_kind", "release_standing"],
)
class Hire(models.Model):
    """By the council itself (no release), or through a contract to find permanent staff. `fee` is £ excluding VAT."""

    reference = models.CharField(max_length=20, unique=True)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, related_name="hires")
    converts = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="conversions")
    starts_on = models.DateField("start")
    fee = money_field(default=0)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    entry = models.OneToOneField("recruitment.AccountEntry", on_delete=models.PROTECT, null=True, related_name="+")
    reversal = models.OneToOneField("recruitment.AccountEntry", on_delete=models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    void_reason = models.TextField(blank=True)

    vacancy_kind = models.GeneratedField(
        expression=Value(Kind.VACANT_POST.value), output_field=models.CharField(max_length=20), db_persist=True
    )
    release_standing = models.GeneratedField(
        expression=Case(When(voided_at__isnull=True, then=Value("secured"))),
        output_field=models.CharField(max_length=20, null=True),
        db_persist=True,
    )

    objects = HireQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(F("starts_on").desc(nulls_last=True), F("id").desc(), name="hire_newest")]
        constraints = [
            models.CheckConstraint(
                name="hire_fee_not_negative", condition=Q(fee__gte=0), violation_error_message="A fee is £0 or more."
            ),
            models.CheckConstraint(
                name="hire_contract_with_release",
                condition=Q(release__isnull=True, contract__isnull=True)
                | Q(release__isnull=False, contract__isnull=False)
                | Q(release__isnull=True, contract__isnull=False, converts__isnull=False),
                violation_error_message="A hire through a contract rests on that supplier's answer.",
            ),
            models.CheckConstraint(
                name="hire_void_by_another",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False)
                & ~Q(voided_by=F("recorded_by"))
                & ~Q(void_reason=""),
                violation_error_message="Somebody other than the person who entered it marks it as entered in error, with a reason.",
            ),
            models.UniqueConstraint(
                name="hire_converts_once",
                fields=["converts"],
                condition=Q(voided_at__isnull=True),
                violation_error_message="This worker has become permanent already.",
            ),
            models.UniqueConstraint(
                name="hire_one_fills_a_post",
                fields=["vacancy"],
                condition=Q(voided_at__isnull=True),
                violation_error_message="This post has already been filled.",
            ),
            Agrees(
                name="hire_fills_a_vacant_post",
                fields=["vacancy", "vacancy_kind"],
                to="recruitment.Vacancy",
                to_fields=["id", "kind"],
                violation_error_message="Only a vacant post can be filled. Cover and posts above structure end instead.",
            ),
            Agrees(
                name="hire_release_secured_same_round",
                fields=["release", "vacancy", "round", "release_standing"],
                to="recruitment.Release",
                to_fields=["id", "vacancy", "round", "standing"],
                deferrable=True,
                violation_error_message="A permanent start rests on this answer, or it has not secured anybody. Look at the start first.",
            ),
            Agrees(
                name="hire_contract_of_release",
                fields=["release", "contract"],
                to="recruitment.Release",
                to_fields=["id", "contract"],
                violation_error_message="A hire is on the contract its supplier was asked under.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("reporting:hire", self.pk)
