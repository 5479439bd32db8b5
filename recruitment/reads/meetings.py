"""What the weekly meeting looks at: the lines of its sheet, and what was decided since the last one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from recruitment.models import Meeting, MeetingItem, Origin, Status, Vacancy


@dataclass(frozen=True)
class SheetLine:
    """What the sheet shows of a request: FTE, and £ excluding VAT. A team's figures are None where none are known."""

    fte: Decimal
    cost: Decimal
    establishment_fte: Decimal | None
    in_post_fte: Decimal | None
    agreed_fte: Decimal
    cover_fte: Decimal


def decided_since_the_last_meeting(at: datetime) -> QuerySet[Vacancy]:
    """Requests decided outside any meeting since the last one (before the first, in the week before), the oldest decision first.

    One that was being decided while the last meeting was recorded is found by its decision, which is on no sheet. Those held wait on
    the sheet itself.
    """
    last = Meeting.objects.filter(recorded_at__lt=at).order_by("-recorded_at").first()
    since = last.recorded_at - timedelta(days=1) if last else at - timedelta(weeks=1)
    listed = MeetingItem.objects.filter(vacancy=OuterRef("pk"), decided_at=OuterRef("decided_at"))
    rows = Vacancy.objects.filter(~Exists(listed), decided_at__gt=since, decided_at__lt=at)
    rows = rows.exclude(origin=Origin.RECORDED).exclude(status=Status.DEFERRED)
    return rows.order_by("decided_at", "pk")
