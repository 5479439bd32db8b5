from django.urls import path

from placements.corrections import views as corrections
from placements.emergencies import views as emergencies
from placements.views import bookings, facts, life, reviews

app_name = "placements"
urlpatterns = [
    path("releases/<int:pk>/book/", bookings.Book.as_view(), name="book"),
    path("placements/<int:pk>/extend/", bookings.Extend.as_view(), name="placement-extend"),
    path("placements/<int:pk>/end/", bookings.EndEarly.as_view(), name="placement-end"),
    path("placements/<int:pk>/did-not-start/", bookings.DidNotStart.as_view(), name="placement-did-not-start"),
    path("placements/<int:pk>/void/", bookings.PlacementVoid.as_view(), name="placement-void"),
    path("requests/<int:pk>/confirm/", emergencies.EmergencyDecide.as_view(), name="emergency-confirm"),
    path("requests/<int:pk>/end/", bookings.EndNeed.as_view(), name="request-end"),
    path("requests/<int:pk>/permanent-start/", bookings.HireNew.as_view(), name="hire-new"),
    path("hires/<int:pk>/void/", bookings.HireVoid.as_view(), name="hire-void"),
    path("placements/<int:pk>/checks/", life.Checks.as_view(), name="checks"),
    path("placements/<int:pk>/start/", life.ConfirmStart.as_view(), name="placement-start"),
    path("placements/<int:pk>/replace/", life.Replace.as_view(), name="placement-replace"),
    path("placements/<int:pk>/move/", life.Move.as_view(), name="placement-move"),
    path("placements/<int:pk>/rates/", life.ChangeRate.as_view(), name="placement-rates"),
    path("placements/<int:pk>/transfer/", life.Transfer.as_view(), name="placement-transfer"),
    path("placements/<int:pk>/convert/", life.Convert.as_view(), name="placement-convert"),
    path("placements/<int:pk>/concern/", life.Concern.as_view(), name="placement-concern"),
    path("placements/<int:pk>/record-end/", life.RecordEnd.as_view(), name="placement-record-end"),
    path("placements/<int:pk>/correct/", corrections.CorrectPlacement.as_view(), name="placement-correct"),
    path("releases/<int:pk>/correct/", corrections.CorrectRelease.as_view(), name="release-correct"),
    path("rounds/<int:pk>/correct/", corrections.CorrectRound.as_view(), name="round-correct"),
    path("hires/<int:pk>/correct/", corrections.CorrectHire.as_view(), name="hire-correct"),
    path("corrections/<int:pk>/", corrections.DecideCorrection.as_view(), name="correction"),
    path("contracts/<int:pk>/carry-over/", life.CarryOver.as_view(), name="carry-over"),
    path("extensions/<int:pk>/decide/", life.DecideExtension.as_view(), name="extension-decide"),
    path("placements/<int:pk>/review/", reviews.ReviewNew.as_view(), name="review-new"),
    path("reviews/<int:pk>/oversee/", reviews.ReviewOversee.as_view(), name="review-oversee"),
    path("reviews/actions/<int:pk>/done/", reviews.ReviewActionDone.as_view(), name="review-action-done"),
    path("exemptions/<int:pk>/end/", reviews.ExemptionEnd.as_view(), name="exemption-end"),
    path("breaches/new/", facts.BreachNew.as_view(), name="breach-new"),
    path("breaches/<int:pk>/told/", facts.BreachTold.as_view(), name="breach-told"),
    path("breaches/<int:pk>/take-back/", corrections.TakeBackBreach.as_view(), name="breach-take-back"),
    path("breaches/<int:pk>/approve/", facts.BreachAuthorise.as_view(), name="breach-approve"),
    path("brought-forward/begin/", facts.BatchOpen.as_view(), name="batch-open"),
    path("brought-forward/new/", facts.BringForward.as_view(), name="bring-forward"),
    path("brought-forward/spreadsheet/", facts.Spreadsheet.as_view(), name="bring-spreadsheet"),
    path("brought-forward/template/", facts.Template.as_view(), name="bring-template"),
    path("brought-forward/close/", facts.BatchClose.as_view(), name="batch-close"),
]
