from django.urls import path

from placements.breaches import views as breaches_views
from placements.brought_forward import views as brought_forward_views
from placements.corrections import views as corrections
from placements.emergencies import views as emergencies
from placements.exemptions import views as exemptions_views
from placements.hires import views as hires_views
from placements.placement.views import booking, ending, going_on, in_post
from placements.reviews import views as reviews_views

app_name = "placements"
urlpatterns = [
    path("releases/<int:pk>/book/", booking.Book.as_view(), name="book"),
    path("placements/<int:pk>/extend/", booking.Extend.as_view(), name="placement-extend"),
    path("placements/<int:pk>/end/", ending.EndEarly.as_view(), name="placement-end"),
    path("placements/<int:pk>/did-not-start/", ending.DidNotStart.as_view(), name="placement-did-not-start"),
    path("placements/<int:pk>/void/", ending.PlacementVoid.as_view(), name="placement-void"),
    path("requests/<int:pk>/confirm/", emergencies.EmergencyDecide.as_view(), name="emergency-confirm"),
    path("requests/<int:pk>/end/", ending.EndNeed.as_view(), name="request-end"),
    path("requests/<int:pk>/permanent-start/", hires_views.HireNew.as_view(), name="hire-new"),
    path("hires/<int:pk>/void/", hires_views.HireVoid.as_view(), name="hire-void"),
    path("placements/<int:pk>/checks/", in_post.Checks.as_view(), name="checks"),
    path("placements/<int:pk>/start/", in_post.ConfirmStart.as_view(), name="placement-start"),
    path("placements/<int:pk>/replace/", in_post.Replace.as_view(), name="placement-replace"),
    path("placements/<int:pk>/move/", in_post.Move.as_view(), name="placement-move"),
    path("placements/<int:pk>/rates/", in_post.ChangeRate.as_view(), name="placement-rates"),
    path("placements/<int:pk>/transfer/", going_on.Transfer.as_view(), name="placement-transfer"),
    path("placements/<int:pk>/convert/", going_on.Convert.as_view(), name="placement-convert"),
    path("placements/<int:pk>/concern/", in_post.Concern.as_view(), name="placement-concern"),
    path("placements/<int:pk>/record-end/", ending.RecordEnd.as_view(), name="placement-record-end"),
    path("placements/<int:pk>/correct/", corrections.CorrectPlacement.as_view(), name="placement-correct"),
    path("releases/<int:pk>/correct/", corrections.CorrectRelease.as_view(), name="release-correct"),
    path("rounds/<int:pk>/correct/", corrections.CorrectRound.as_view(), name="round-correct"),
    path("hires/<int:pk>/correct/", corrections.CorrectHire.as_view(), name="hire-correct"),
    path("corrections/<int:pk>/", corrections.DecideCorrection.as_view(), name="correction"),
    path("contracts/<int:pk>/carry-over/", going_on.CarryOver.as_view(), name="carry-over"),
    path("extensions/<int:pk>/decide/", booking.DecideExtension.as_view(), name="extension-decide"),
    path("placements/<int:pk>/review/", reviews_views.ReviewNew.as_view(), name="review-new"),
    path("reviews/<int:pk>/oversee/", reviews_views.ReviewOversee.as_view(), name="review-oversee"),
    path("reviews/actions/<int:pk>/done/", reviews_views.ReviewActionDone.as_view(), name="review-action-done"),
    path("exemptions/<int:pk>/end/", exemptions_views.ExemptionEnd.as_view(), name="exemption-end"),
    path("breaches/new/", breaches_views.BreachNew.as_view(), name="breach-new"),
    path("breaches/<int:pk>/told/", breaches_views.BreachTold.as_view(), name="breach-told"),
    path("breaches/<int:pk>/take-back/", corrections.TakeBackBreach.as_view(), name="breach-take-back"),
    path("breaches/<int:pk>/approve/", breaches_views.BreachAuthorise.as_view(), name="breach-approve"),
    path("brought-forward/begin/", brought_forward_views.BatchOpen.as_view(), name="batch-open"),
    path("brought-forward/new/", brought_forward_views.BringForward.as_view(), name="bring-forward"),
    path("brought-forward/spreadsheet/", brought_forward_views.Spreadsheet.as_view(), name="bring-spreadsheet"),
    path("brought-forward/template/", brought_forward_views.Template.as_view(), name="bring-template"),
    path("brought-forward/close/", brought_forward_views.BatchClose.as_view(), name="batch-close"),
]
