"""The supplier's own page, which needs no sign-in, and the officer's page about the link to it."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View

from council.addresses import address
from council.errors import RuleViolation
from council.models import Message, User
from council.web import check_may
from recruitment.candidates.forms import OwnCandidateForm
from recruitment.contracts import addresses
from recruitment.models import Outcome, Release, Statement, SupplierLink
from recruitment.orders import brief, later_start, links, mailing
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders.by_link import ByLink, private
from recruitment.orders.forms import CannotSupplyForm, OwnDisputeForm, OwnLaterStartForm, OwnNoShowForm
from recruitment.reads import later_starts, witnesses


class BySuppliersLink(ByLink):
    """A page that a supplier's link opens, for its one order, without signing in."""

    purpose = SupplierLink.Purpose.ORDER

    def find(self, token):
        return links.find(token)

    def opens(self, link, now):
        return link.purpose == self.purpose and links.works(link, now)

    def note_opening(self):
        links.note_opening(self.link)

    def next(self, result):
        return address("recruitment:supplier", self.kwargs["token"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=self.link.release.reference, **kwargs)


class CannotSupply(BySuppliersLink):
    """What a supplier is asked for, whom it has put forward, and a form to say that it cannot supply."""

    form_class = CannotSupplyForm
    template_name = "releases/supplier.html"
    title = "A worker is asked for"

    def act(self, data):
        return supplier.say_cannot_supply(by=self.link, at=timezone.now(), **data)

    def get_context_data(self, **kwargs):
        release = self.link.release
        return super().get_context_data(
            terms=brief.terms_of(release),
            said=release.statements.declined().first(),
            put_forward=release.submissions.standing().order_by("pk"),
            **kwargs,
        )


class OwnCandidate(BySuppliersLink):
    form_class = OwnCandidateForm
    title = "Put a candidate forward"
    intro = "For this order alone. The council keeps what you send as you send it."

    def act(self, data):
        return supplier.put_forward_by_link(by=self.link, at=timezone.now(), **data)

    def done(self, submission):
        return f"Thank you. {submission.candidate} is with us."

    def back(self):
        return self.next(None)


class Dispute(BySuppliersLink):
    """The recorded answer as its supplier reads it, and a form to say that it is not what the supplier told us."""

    purpose = SupplierLink.Purpose.ANSWER
    form_class = OwnDisputeForm
    template_name = "releases/dispute.html"
    title = "The answer we recorded"

    def act(self, data):
        return supplier.dispute_by_link(by=self.link, at=timezone.now(), **data)

    def next(self, result):
        return self.request.path

    def get_context_data(self, **kwargs):
        said = Statement.objects.disputes().filter(link=self.link).first()
        release = self.link.release
        gone = release.statements.filter(kind=Statement.Kind.WILL_NOT_COME).first()
        may_say = release.outcome == Outcome.SECURED and release.position > 0 and gone is None
        return super().get_context_data(
            answer=brief.answer_lines(release),
            said=said,
            gone=gone,
            later=later_starts.waiting_of(release),
            can_supply=address("recruitment:supplier-later-start", self.kwargs["token"]),
            will_not_come=address("recruitment:supplier-no-show", self.kwargs["token"]) if may_say else "",
            **kwargs,
        )


class WorkerWillNotCome(BySuppliersLink):
    """The supplier had secured a worker, who will not come."""

    purpose = SupplierLink.Purpose.ANSWER
    form_class = OwnNoShowForm
    title = "The worker will not come"
    intro = "The council then asks elsewhere. Put another worker forward to the officer you work with."

    def act(self, data):
        return supplier.say_will_not_come(by=self.link, at=timezone.now(), **data)

    def done(self, statement):
        return "Thank you. The council knows that the worker will not come."

    def next(self, result):
        return address("recruitment:supplier-dispute", self.kwargs["token"])

    def back(self):
        return self.next(None)


class CanSupplyLater(BySuppliersLink):
    """The first supplier is asked whether it has somebody by a later start than it was asked for."""

    purpose = SupplierLink.Purpose.ANSWER
    form_class = OwnLaterStartForm
    title = "You can have somebody by the later start"
    intro = "Then you go first: the officer you work with asks you again."

    def act(self, data):
        return later_start.say_can_supply(by=self.link, at=timezone.now(), **data)

    def done(self, statement):
        return "Thank you. The council knows that you can supply."

    def next(self, result):
        return address("recruitment:supplier-dispute", self.kwargs["token"])

    def back(self):
        return self.next(None)


class SupplierLinkPage(View):
    """What was sent to the supplier, when and to whom; an officer sends it again, makes a link or stops it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._release(request, pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        check_may(request, "source")
        release = self._release(request, pk)
        common = {"by": request.user, "at": timezone.now(), "release": release}
        try:
            if "confirm" in request.POST:
                addresses.ask_again(by=common["by"], at=common["at"], agency=release.contract.agency)
                return redirect(request.path)
            if "make" in request.POST:
                return private(self._page(request, release, address=mailing.make_link(**common)))
            (mailing.revoke_link if "stop" in request.POST else mailing.send_brief_again)(**common)
        except RuleViolation as refused:
            return self._page(request, release, refused=str(refused))
        return redirect(request.path)

    @staticmethod
    def _release(request: HttpRequest, pk: int) -> Release:
        check_may(request, "view")
        visible = Release.objects.visible_to(cast(User, request.user)).select_related("vacancy", "contract__agency")
        return get_object_or_404(visible, pk=pk)

    @staticmethod
    def _page(request: HttpRequest, release: Release, **context) -> HttpResponse:
        now = timezone.now()
        rows = release.links.select_related("release", "made_by", "opening").filter(revoked_at__isnull=True)
        found = list(rows.filter(expires_at__gt=now).order_by("pk"))
        for link in found:
            link.is_working = links.works(link, now)
        context |= {
            "release": release,
            "sent": Message.objects.filter(kind__in=brief.SENDING, subject=release.pk).select_related("sending"),
            "returned": release.returned_mail.select_related("recorded_by").order_by("pk"),
            "may_return": witnesses.not_returned(release).exists(),
            "was_briefed": Message.objects.filter(kind=brief.KIND, subject=release.pk).exists(),
            "links": found,
            "waiting_address": addresses.waiting_address(release.contract.agency),
            "waits": Message.objects.waiting().filter(kind__in=brief.WITH_LINK, subject=release.pk).exists(),
            "is_disputable": links.is_disputable(release),
            "is_open": release.standing == "open",
        }
        return render(request, "releases/link.html", context)
