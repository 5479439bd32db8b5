from django.urls import path

from reporting.lists.breaches import Breaches
from reporting.lists.brought_forward import BroughtForwardPage
from reporting.lists.candidates import Approaches, Candidates
from reporting.lists.contracts import BookingsOfContract, Contracts, Entries
from reporting.lists.documents import Documents
from reporting.lists.exemptions import Exemptions
from reporting.lists.hires import Hires
from reporting.lists.longest import Longest
from reporting.lists.mail import Mail
from reporting.lists.meetings import Meetings
from reporting.lists.orders import Releases
from reporting.lists.payments import Imports, Payments
from reporting.lists.placements import Placements
from reporting.lists.requests import Requests
from reporting.lists.reviews import Reviews
from reporting.lists.spend import AssuranceSpend
from reporting.lists.supplier_orders import SupplierOrders
from reporting.lists.workers import Workers
from reporting.pages.breaches import BreachDetail
from reporting.pages.candidates import CandidateDetail
from reporting.pages.contracts import ContractDetail
from reporting.pages.documents import (
    DocumentDetail,
    DocumentDownload,
    DocumentIssue,
    ExemptionEvidence,
    PackNew,
    PlacementEvidence,
    RequestEvidence,
)
from reporting.pages.exemptions import ExemptionDetail
from reporting.pages.files import FileDownload, FileNew, FilePublish, FileVoid
from reporting.pages.hires import HireDetail
from reporting.pages.history import ContractHistory, ExemptionHistory, PlacementHistory, RequestHistory
from reporting.pages.meetings import MeetingDetail, WeeklyMeeting
from reporting.pages.orders import ReleaseDetail
from reporting.pages.placements import PlacementDetail
from reporting.pages.preferences import Preferences
from reporting.pages.reports import ReportPage
from reporting.pages.requests import Decide, RequestDetail
from reporting.pages.reviews import ReviewDetail
from reporting.pages.search import Search
from reporting.pages.today import Today
from reporting.pages.workers import WorkerDetail
from reporting.reports.registry import reports

app_name = "reporting"
urlpatterns = [
    path(kind.address, ReportPage.as_view(kind=kind), name=kind.url_name or kind.name) for kind in reports().values()
]
urlpatterns += [
    path("", Today.as_view(), name="today"),
    path("requests/", Requests.as_view(), name="requests"),
    path("requests/<int:pk>/", RequestDetail.as_view(), name="request"),
    path("requests/<int:pk>/decide/", Decide.as_view(), name="request-decide"),
    path("requests/<int:pk>/history/", RequestHistory.as_view(), name="request-history"),
    path("releases/", Releases.as_view(), name="releases"),
    path("releases/<int:pk>/", ReleaseDetail.as_view(), name="release"),
    path("meetings/", Meetings.as_view(), name="meetings"),
    path("meetings/sheet/", WeeklyMeeting.as_view(), name="meeting-sheet"),
    path("meetings/<int:pk>/", MeetingDetail.as_view(), name="meeting"),
    path("candidates/", Candidates.as_view(), name="candidates"),
    path("candidates/<int:pk>/", CandidateDetail.as_view(), name="candidate"),
    path("approaches/", Approaches.as_view(), name="approaches"),
    path("exemptions/all/", Exemptions.as_view(), name="exemptions"),
    path("exemptions/<int:pk>/", ExemptionDetail.as_view(), name="exemption"),
    path("exemptions/<int:pk>/history/", ExemptionHistory.as_view(), name="exemption-history"),
    path("reviews/", Reviews.as_view(), name="reviews"),
    path("reviews/<int:pk>/", ReviewDetail.as_view(), name="review"),
    path("suppliers/orders/", SupplierOrders.as_view(), name="supplier-orders"),
    path("placements/", Placements.as_view(), name="placements"),
    path("placements/longest/", Longest.as_view(), name="longest"),
    path("placements/<int:pk>/", PlacementDetail.as_view(), name="placement"),
    path("placements/<int:pk>/history/", PlacementHistory.as_view(), name="placement-history"),
    path("hires/", Hires.as_view(), name="hires"),
    path("hires/<int:pk>/", HireDetail.as_view(), name="hire"),
    path("workers/", Workers.as_view(), name="workers"),
    path("workers/<int:pk>/", WorkerDetail.as_view(), name="worker"),
    path("contracts/", Contracts.as_view(), name="contracts"),
    path("contracts/<int:pk>/", ContractDetail.as_view(), name="contract"),
    path("contracts/<int:pk>/bookings/", BookingsOfContract.as_view(), name="contract-bookings"),
    path("contracts/<int:pk>/entries/", Entries.as_view(), name="contract-entries"),
    path("contracts/<int:pk>/history/", ContractHistory.as_view(), name="contract-history"),
    path("payments/", Payments.as_view(), name="payments"),
    path("payments/imports/", Imports.as_view(), name="imports"),
    path("breaches/", Breaches.as_view(), name="breaches"),
    path("breaches/<int:pk>/", BreachDetail.as_view(), name="breach"),
    path("assurance/spend/", AssuranceSpend.as_view(), name="assurance-spend"),
    path("requests/<int:pk>/evidence/", RequestEvidence.as_view(), name="request-evidence"),
    path("placements/<int:pk>/evidence/", PlacementEvidence.as_view(), name="placement-evidence"),
    path("exemptions/<int:pk>/evidence/", ExemptionEvidence.as_view(), name="exemption-evidence"),
    path("documents/", Documents.as_view(), name="documents"),
    path("documents/new/", PackNew.as_view(), name="pack-new"),
    path("documents/<int:pk>/", DocumentDetail.as_view(), name="document"),
    path("documents/<int:pk>/download/", DocumentDownload.as_view(), name="document-download"),
    path("documents/<int:pk>/issue/", DocumentIssue.as_view(), name="document-issue"),
    path("files/new/<slug:kind>/<int:subject>/", FileNew.as_view(), name="file-new"),
    path("files/<int:pk>/", FileDownload.as_view(), name="file"),
    path("files/<int:pk>/void/", FileVoid.as_view(), name="file-void"),
    path("files/<int:pk>/publish/", FilePublish.as_view(), name="file-publish"),
    path("brought-forward/", BroughtForwardPage.as_view(), name="brought-forward"),
    path("preferences/", Preferences.as_view(), name="preferences"),
    path("mail/", Mail.as_view(), name="mail"),
    path("search/", Search.as_view(), name="search"),
]
