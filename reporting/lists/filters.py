"""What several lists are filtered by."""

from council.models import Service
from recruitment.models import (
    Agency,
)
from reporting.lists.listing import Filter


def services():
    return [(str(pk), name) for pk, name in Service.objects.values_list("pk", "name")]


def page_of(row) -> str:
    return row.get_absolute_url()


def agencies():
    return [(str(pk), name) for pk, name in Agency.objects.values_list("pk", "name")]


SERVICE = Filter("service", "Service", services, lambda rows, value: rows.filter(team__service_id=value))
OF_VACANCY = Filter("service", "Service", services, lambda rows, value: rows.filter(vacancy__team__service_id=value))
