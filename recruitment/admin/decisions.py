"""Set-up of who decides exemptions and from which threshold; and what people record elsewhere, to be read."""

from django.contrib import admin

from council.admin import ReadOnlyAdmin, SetUpAdmin
from recruitment.models import (
    Exemption,
    ExemptionApprover,
    ProcurementThreshold,
    Release,
    Vacancy,
)


@admin.register(ExemptionApprover)
class ExemptionApproverAdmin(SetUpAdmin):
    """Who decides exemptions up to which value: all rows of one date together; a later date takes their place."""

    list_display = ["starts_on", "role", "up_to"]


@admin.register(ProcurementThreshold)
class ProcurementThresholdAdmin(SetUpAdmin):
    """Only for thresholds newer than those the tracker knows."""

    list_display = ["starts_on", "amount", "includes_vat", "source"]


@admin.register(Exemption)
class ExemptionAdmin(ReadOnlyAdmin):
    list_display = ["reference", "agency", "status", "value", "starts_on", "ends_on", "requested_at"]
    list_filter = ["status", "reason", "agency"]
    search_fields = ["reference", "agency__name"]


@admin.register(Vacancy)
class VacancyAdmin(ReadOnlyAdmin):
    list_display = ["reference", "team", "job_type", "kind", "status", "requested_at"]
    list_filter = ["status", "kind", "team__service"]
    search_fields = ["reference", "team__name"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["reference", "vacancy", "contract", "sent_at", "outcome"]
    list_filter = ["outcome", "route"]
    search_fields = ["reference", "vacancy__reference"]
