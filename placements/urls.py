from django.urls import path

from placements.views import bookings, payments

app_name = "placements"
urlpatterns = [
    path("releases/<int:pk>/book/", bookings.Book.as_view(), name="book"),
    path("placements/<int:pk>/extend/", bookings.Extend.as_view(), name="placement-extend"),
    path("placements/<int:pk>/end/", bookings.EndEarly.as_view(), name="placement-end"),
    path("placements/<int:pk>/did-not-start/", bookings.DidNotStart.as_view(), name="placement-did-not-start"),
    path("placements/<int:pk>/void/", bookings.PlacementVoid.as_view(), name="placement-void"),
    path("requests/<int:pk>/end/", bookings.EndNeed.as_view(), name="request-end"),
    path("requests/<int:pk>/permanent-start/", bookings.HireNew.as_view(), name="hire-new"),
    path("hires/<int:pk>/void/", bookings.HireVoid.as_view(), name="hire-void"),
    path("payments/imports/new/", payments.ImportNew.as_view(), name="import-new"),
    path("payments/imports/<int:pk>/", payments.ImportDetail.as_view(), name="import-detail"),
    path("payments/imports/<int:pk>/columns/", payments.ImportColumns.as_view(), name="import-columns"),
    path("payments/imports/<int:pk>/confirm/", payments.ImportConfirm.as_view(), name="import-confirm"),
    path("payments/imports/<int:pk>/discard/", payments.ImportDiscard.as_view(), name="import-discard"),
    path("payments/imports/<int:pk>/names/", payments.ImportName.as_view(), name="import-name"),
    path("payments/<int:pk>/allocate/", payments.Allocate.as_view(), name="payment-allocate"),
    path("payments/sources/<int:pk>/", payments.SourceEdit.as_view(), name="payment-source"),
]
