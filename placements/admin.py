"""Everything here is made by the site's own pages, so the admin only shows it."""

from django.contrib import admin

from council.admin import ReadOnlyAdmin
from placements.models import Hire, Payment, Placement, Worker


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ["name", "registration_number"]
    search_fields = ["name", "registration_number"]


@admin.register(Placement)
class PlacementAdmin(ReadOnlyAdmin):
    list_display = ["reference", "worker", "vacancy", "contract", "starts_on", "ends_on"]
    list_filter = ["contract"]
    search_fields = ["reference", "worker__name"]


@admin.register(Hire)
class HireAdmin(ReadOnlyAdmin):
    list_display = ["reference", "vacancy", "contract", "starts_on"]
    search_fields = ["reference", "vacancy__reference"]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["agency", "paid_on", "amount", "reference", "is_ours"]
    list_filter = ["agency", "source", "is_ours"]
    search_fields = ["reference", "supplier"]
