"""Which workers somebody may see."""

from django.db.models import Exists, OuterRef

from council.permissions import services_of
from placements.models import Hire, Placement, Worker


def workers_visible_to(user):
    """Everybody, or those who work or worked in a lead's own Services."""
    services = services_of(user)
    if services is None:
        return Worker.objects.all()
    placed = Placement.objects.filter(vacancy__team__service_id__in=services, worker=OuterRef("pk"))
    hired = Hire.objects.filter(vacancy__team__service_id__in=services, worker=OuterRef("pk"))
    return Worker.objects.filter(Exists(placed) | Exists(hired))
