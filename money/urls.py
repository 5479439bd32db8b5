from django.urls import path

from money.payments import views as payments

app_name = "money"
urlpatterns = [
    path("payments/imports/new/", payments.ImportNew.as_view(), name="import-new"),
    path("payments/imports/<int:pk>/", payments.ImportDetail.as_view(), name="import-detail"),
    path("payments/imports/<int:pk>/columns/", payments.ImportColumns.as_view(), name="import-columns"),
    path("payments/imports/<int:pk>/confirm/", payments.ImportConfirm.as_view(), name="import-confirm"),
    path("payments/imports/<int:pk>/discard/", payments.ImportDiscard.as_view(), name="import-discard"),
    path("payments/imports/<int:pk>/names/", payments.ImportName.as_view(), name="import-name"),
    path("payments/<int:pk>/allocate/", payments.Allocate.as_view(), name="payment-allocate"),
    path("payments/sources/<int:pk>/", payments.SourceEdit.as_view(), name="payment-source"),
]
