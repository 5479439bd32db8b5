from django.urls import path

from reporting.views import candidates, facts, history, lists, meetings, money, pages, placements, suppliers
from reporting.views.position import PositionPage

app_name = "reporting"
urlpatterns = [
    path("", pages.Today.as_view(), name="today"),
    path("requests/", lists.Requests.as_view(), name="requests"),
    path("requests/<int:pk>/", pages.RequestDetail.as_view(), name="request"),
    path("requests/<int:pk>/decide/", pages.Decide.as_view(), name="request-decide"),
    path("requests/<int:pk>/history/", history.RequestHistory.as_view(), name="request-history"),
    path("releases/", lists.Releases.as_view(), name="releases"),
    path("releases/<int:pk>/", pages.ReleaseDetail.as_view(), name="release"),
    path("meetings/", meetings.Meetings.as_view(), name="meetings"),
    path("meetings/sheet/", meetings.WeeklyMeeting.as_view(), name="meeting-sheet"),
    path("meetings/<int:pk>/", meetings.MeetingDetail.as_view(), name="meeting"),
    path("candidates/", candidates.Candidates.as_view(), name="candidates"),
    path("candidates/<int:pk>/", candidates.CandidateDetail.as_view(), name="candidate"),
    path("approaches/", candidates.Approaches.as_view(), name="approaches"),
    path("suppliers/", suppliers.Suppliers.as_view(), name="suppliers"),
    path("suppliers/orders/", suppliers.SupplierOrders.as_view(), name="supplier-orders"),
    path("placements/", lists.Placements.as_view(), name="placements"),
    path("placements/longest/", placements.Longest.as_view(), name="longest"),
    path("placements/<int:pk>/", placements.PlacementDetail.as_view(), name="placement"),
    path("placements/<int:pk>/history/", history.PlacementHistory.as_view(), name="placement-history"),
    path("hires/", lists.Hires.as_view(), name="hires"),
    path("hires/<int:pk>/", pages.HireDetail.as_view(), name="hire"),
    path("workers/", lists.Workers.as_view(), name="workers"),
    path("workers/<int:pk>/", pages.WorkerDetail.as_view(), name="worker"),
    path("contracts/", money.Contracts.as_view(), name="contracts"),
    path("contracts/<int:pk>/", pages.ContractDetail.as_view(), name="contract"),
    path("contracts/<int:pk>/bookings/", money.Bookings.as_view(), name="contract-bookings"),
    path("contracts/<int:pk>/entries/", money.Entries.as_view(), name="contract-entries"),
    path("contracts/<int:pk>/history/", history.ContractHistory.as_view(), name="contract-history"),
    path("payments/", money.Payments.as_view(), name="payments"),
    path("payments/imports/", money.Imports.as_view(), name="imports"),
    path("breaches/", facts.Breaches.as_view(), name="breaches"),
    path("breaches/<int:pk>/", facts.BreachDetail.as_view(), name="breach"),
    path("brought-forward/", facts.BroughtForwardPage.as_view(), name="brought-forward"),
    path("position/", PositionPage.as_view(), name="position"),
    path("search/", pages.Search.as_view(), name="search"),
]
