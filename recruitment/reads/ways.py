"""How a supplier answered: by its link, by its silence, or told to an officer by telephone, e-mail or in its own portal."""

from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from recruitment.models import FAILED, NotSecuredReason, Outcome, Release, Stage, Submission, ToldBy


class Way(models.TextChoices):
    LINK = "link", "By its link"
    SILENCE = "silence", "By its silence"
    EMAIL = ToldBy.EMAIL.value, ToldBy.EMAIL.label
    TELEPHONE = ToldBy.TELEPHONE.value, ToldBy.TELEPHONE.label
    PORTAL = ToldBy.PORTAL.value, ToldBy.PORTAL.label
    NOT_SAID = "not_said", "Not recorded how"


def with_way(rows: QuerySet[Release]) -> QuerySet[Any]:
    """Orders with the `way` in which the supplier answered; empty where it has not answered, or nobody was asked but ourselves."""
    accepted = Submission.objects.standing().filter(release=OuterRef("pk"), stage=Stage.ACCEPTED, link__isnull=False)
    silent = Q(reason=NotSecuredReason.NO_ANSWER, declined_on__isnull=True, told_by="")
    way = Case(
        When(Q(position=0) | ~Q(outcome__in=[Outcome.SECURED, *FAILED]), then=Value("")),
        When(statement__isnull=False, then=Value(Way.LINK.value)),
        When(~Q(told_by=""), then=F("told_by")),
        When(silent, then=Value(Way.SILENCE.value)),
        When(Q(Exists(accepted)) & ~Q(outcome=Outcome.NOT_SECURED), then=Value(Way.LINK.value)),
        default=Value(Way.NOT_SAID.value),
        output_field=models.CharField(),
    )
    return rows.annotate(way=way)


def way_words(way: str) -> str:
    """For example: By telephone. Empty for what has no answer."""
    return Way(way).label if way else ""
