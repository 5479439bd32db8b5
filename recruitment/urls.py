from django.contrib.auth.decorators import login_not_required
from django.urls import path

from recruitment.candidates import views as candidates
from recruitment.contracts import views as contracts
from recruitment.emergencies import views as emergencies
from recruitment.exemptions import views as exemptions
from recruitment.orders import asking_views
from recruitment.orders import supplier_views as supplier
from recruitment.orders import views as releases
from recruitment.requests import views as requests
from recruitment.witnesses import views as witnesses

app_name = "recruitment"
urlpatterns = [
    path("requests/new/", requests.RequestNew.as_view(), name="request-new"),
    path("requests/emergency/", emergencies.EmergencyNew.as_view(), name="emergency-new"),
    path("requests/<int:pk>/authority/", emergencies.AuthorityNew.as_view(), name="authority-new"),
    path("authorities/<int:pk>/confirm/", emergencies.AuthorityConfirm.as_view(), name="authority-confirm"),
    path("requests/<int:pk>/change/", requests.ChangeTerms.as_view(), name="request-change"),
    path("requests/<int:pk>/urgency/", requests.ChangeUrgency.as_view(), name="request-urgency"),
    path("requests/<int:pk>/direct-recruitment/", requests.DirectRecruitment.as_view(), name="direct-recruitment"),
    path("requests/<int:pk>/withdraw/", requests.Withdraw.as_view(), name="request-withdraw"),
    path("requests/<int:pk>/new-round/", requests.StartRound.as_view(), name="round-new"),
    path("requests/<int:pk>/send/<int:position>/", asking_views.ReleaseNew.as_view(), name="release-new"),
    path("releases/<int:pk>/answer/", releases.Answer.as_view(), name="release-answer"),
    path("releases/<int:pk>/withdraw/", releases.ReleaseWithdraw.as_view(), name="release-withdraw"),
    path("releases/<int:pk>/will-not-come/", releases.WillNotCome.as_view(), name="will-not-come"),
    path("releases/<int:pk>/link/", supplier.SupplierLinkPage.as_view(), name="supplier-link"),
    path("releases/<int:pk>/candidates/new/", candidates.CandidateNew.as_view(), name="candidate-new"),
    path("candidates/<int:pk>/step/", candidates.CandidateStep.as_view(), name="candidate-step"),
    path("candidates/<int:pk>/number/", candidates.CandidateNumber.as_view(), name="candidate-number"),
    path("candidates/<int:pk>/allow/", candidates.CandidateAllow.as_view(), name="candidate-allow"),
    path("candidates/<int:pk>/elsewhere/", candidates.CandidateElsewhere.as_view(), name="candidate-elsewhere"),
    path("candidates/<int:pk>/void/", candidates.CandidateVoid.as_view(), name="candidate-void"),
    path("exemptions/new/", exemptions.ExemptionNew.as_view(), name="exemption-new"),
    path("exemptions/grounds/new/", exemptions.GroundNew.as_view(), name="ground-new"),
    path("exemptions/<int:pk>/complete/", exemptions.ExemptionComplete.as_view(), name="exemption-complete"),
    path("exemptions/<int:pk>/comment/", exemptions.CommentOnExemption.as_view(), name="exemption-comment"),
    path("exemptions/<int:pk>/decide/", exemptions.ExemptionDecide.as_view(), name="exemption-decide"),
    path("exemptions/<int:pk>/take-back/", exemptions.ExemptionTakeBack.as_view(), name="exemption-take-back"),
    path("answers/confirm/", witnesses.ConfirmAnswers.as_view(), name="answers-confirm"),
    path("releases/<int:pk>/returned/", witnesses.MailCameBack.as_view(), name="mail-returned"),
    path("approaches/new/", candidates.ApproachNew.as_view(), name="approach-new"),
    path(
        "supplier/<str:token>/candidate/",
        login_not_required(supplier.OwnCandidate.as_view()),
        name="supplier-candidate",
    ),
    path(
        "supplier/<str:token>/dispute/",
        login_not_required(supplier.Dispute.as_view()),
        name="supplier-dispute",
    ),
    path(
        "supplier/<str:token>/no-show/",
        login_not_required(supplier.WorkerWillNotCome.as_view()),
        name="supplier-no-show",
    ),
    path(
        "supplier/<str:token>/later-start/",
        login_not_required(supplier.CanSupplyLater.as_view()),
        name="supplier-later-start",
    ),
    path("releases/<int:pk>/dispute/", releases.RecordDispute.as_view(), name="dispute-new"),
    path("disputes/<int:pk>/reply/", releases.ReplyToDispute.as_view(), name="dispute-reply"),
    path("supplier/<str:token>/", login_not_required(supplier.CannotSupply.as_view()), name="supplier"),
    path("supplier-address/<str:token>/", login_not_required(contracts.OwnAddress.as_view()), name="supplier-address"),
    path("releases/<int:pk>/supply/", releases.SupplyAllow.as_view(), name="supply-allow"),
    path("releases/<int:pk>/order-number/", releases.OrderNumber.as_view(), name="order-number"),
    path("releases/<int:pk>/later-start/", releases.AskAboutLaterStart.as_view(), name="later-start"),
    path("releases/<int:pk>/answer-file/", releases.AnswerFile.as_view(), name="answer-file"),
    path("releases/<int:pk>/void/", releases.ReleaseVoid.as_view(), name="release-void"),
    path("releases/<int:pk>/first-supplier/", releases.FirstSupplierCanSupply.as_view(), name="first-supplier"),
]
