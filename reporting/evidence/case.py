"""One request's evidence, from the authority to the history, as plain sections: the page, the print and the pack show the same."""

from datetime import datetime
from typing import Any

from council.history import changes_of
from council.models import Attachment
from council.wording import number
from council.working_time import LONDON
from placements.models import Breach, Hire, Placement, QualityReview
from recruitment.models import (
    Contract,
    EmergencyCall,
    Exemption,
    Release,
    Round,
    Statement,
    SubmissionStep,
    SupplierLink,
    Vacancy,
)
from recruitment.reads.ways import way_words, with_way
from recruitment.reads.witness_words import witness_words
from reporting.evidence import came_of_it, exempted
from reporting.evidence.files import attached
from reporting.evidence.names import Names
from reporting.evidence.sections import AttachedFile, Case, Entry, EvidenceSection, shown
from reporting.reads.contracts import positions


class CaseBuilder:
    """Builds the case of one request for somebody who may see it; `names` says how people are called."""

    def __init__(self, vacancy: Vacancy, names: Names, now: datetime):
        self.vacancy, self.names, self.now = vacancy, names, now
        self.today = now.astimezone(LONDON).date()
        self.rounds = list(
            vacancy.rounds.select_related("order", "opened_by", "recruitment_recorded_by").order_by("number")
        )
        self.releases: list[Any] = list(
            with_way(vacancy.releases.all()).select_related("contract__agency", "supplying_agency", "rests_on__contract__agency", "exemption")
            .prefetch_related("witness__confirmed_by", "witness__sending", "witness__statement__own_mail", "own_mails", "start_questions__first__contract__agency", "start_questions__asked_by")
            .prefetch_related("sent_by", "answered_by", "fell_through_by", "voided_by")
            .prefetch_related("supply_leaves__agency", "supply_leaves__given_by", "statements__replied_by", "statements__own_mail", "submissions__history__recorded_by", "submissions__supplying_agency")
            .order_by("sent_at", "pk")
        )  # fmt: skip
        self.exemptions = list(
            Exemption.objects.filter(needs__vacancy=vacancy)
            .select_related("agency", "requested_by", "extends", "closed_by")
            .prefetch_related(
                "needs__vacancy",
                "needs__proof__contract__agency",
                "comments__given_by",
                "decisions__decided_by",
                "decisions__in_place_of",
            )
            .order_by("pk")
        )
        self.placements = list(
            Placement.objects.filter(vacancy=vacancy)
            .select_related("worker", "contract__agency", "supplying_agency", "booked_by", "release", "voided_by")
            .prefetch_related("periods__placement", "periods__agreed_by", "periods__approved_by", "reversals__entry")
            .order_by("starts_on", "pk")
        )
        self.breaches = list(
            Breach.objects.filter(placement__vacancy=vacancy)
            .select_related("recorded_by", "approved_by", "taken_back_by")
            .order_by("pk")
        )
        self.reviews = list(
            QualityReview.objects.filter(placement__vacancy=vacancy)
            .select_related("recorded_by", "read_by", "placement")
            .prefetch_related("actions")
            .order_by("held_on", "pk")
        )
        self.hires = list(
            Hire.objects.filter(vacancy=vacancy).select_related("contract__agency", "worker", "recorded_by")
        )
        self.corrections = list(vacancy.corrections.select_related("proposed_by", "decided_by").order_by("pk"))

    def build(self) -> Case:
        files = self._files()
        sections = [
            EvidenceSection("The authority", self._authority()),
            EvidenceSection("The request and who agreed it", self._request()),
            EvidenceSection("Direct recruitment", [self._direct(one) for one in self.rounds], "No round has begun."),
            EvidenceSection("Suppliers asked, and what they answered", self._orders(), "No supplier was asked."),
            EvidenceSection("Candidates", self._candidates(), "No candidate is recorded."),
            EvidenceSection("Exemptions", self._exemptions(), "There is none."),
            EvidenceSection("Placements and what they cost", came_of_it.placements(self), "Nobody was booked."),
            EvidenceSection("Breaches", came_of_it.breaches(self), "There is none."),
            EvidenceSection("Quality reviews", came_of_it.reviews(self), "There is none."),
            EvidenceSection("Contracts", self._contracts(), "No contract was used."),
            EvidenceSection("Corrections", self._corrections(), "Nothing was corrected."),
            EvidenceSection("Files", [Entry(one.title).add("Beside", one.beside).add("In the pack", one.name).add("SHA-256", one.sha256) for one in files] + self._files_in_error(), "None."),
            EvidenceSection("History", self._history()),
        ]  # fmt: skip
        vacancy = self.vacancy
        title = f"{vacancy.get_job_type_display()}, {vacancy.team}"
        return Case(vacancy.reference, title, self.now, sections, files)

    # -- why it was allowed -----------------------------------------------------------------------------------------------

    def _authority(self) -> list[Entry]:
        seen, found = set(), []
        for one in self.rounds:
            if one.order_id not in seen:
                seen.add(one.order_id)
                entry = Entry(f"Order of sourcing from {shown(one.order.starts_on)}")
                found.append(entry.add("Decision", one.order.decision_reference))
        for contract in self._used_contracts():
            for approval in contract.approvals.all():
                entry = Entry(f"Contract {contract.reference}, {contract.agency}")
                entry.add("Decision", self.names.text(approval.decision_reference)).add("Decided", approval.decided_on)
                entry.add("Approver", self.names.approver(approval.approver, approval.approved_by)).add(
                    "Ground", self.names.text(approval.ground)
                )
                value = "not set here" if approval.value is None else f"{shown(approval.value)} excluding VAT"
                found.append(entry.add("Value", value).add("Until", approval.ends_on))
        return found

    def _used_contracts(self) -> list[Contract]:
        keys = {one.contract_id for one in self.releases}
        keys |= {one.contract_id for one in self.placements if one.contract_id}
        rows = Contract.objects.filter(pk__in=keys).select_related("agency").prefetch_related("approvals__approved_by")
        return list(rows.order_by("starts_on", "pk"))

    def _request(self) -> list[Entry]:
        one = self.vacancy
        asked = Entry(f"{one.reference}: {one.get_kind_display().lower()}")
        asked.add("Asked for by", self.names.staff(one.requested_by)).add("Asked for", one.requested_at)
        asked.add("How it came", one.get_origin_display()).add("Team", f"{one.team}, {one.team.service}")
        asked.add("Role", one.get_job_type_display()).add("Hours per week", number(one.hours_per_week))
        asked.add("Maximum charge rate, an hour excluding VAT", one.max_charge_rate)
        asked.add("Needed from", one.needed_from).add("Expected weeks", str(one.expected_weeks))
        asked.add("Urgency", one.get_urgency_display()).add("Reason", self.names.text(one.reason))
        asked.add("Funded by", self.names.text(one.funded_by)).add("Funded until", one.funded_until)
        asked.add("Stage", one.get_status_display()).add("Reason for the stage", self.names.text(one.status_reason))
        found = [asked]
        if one.decision:
            decided = Entry(f"Decision: {one.get_decision_display().lower()}")
            decided.add("By", self.names.staff(one.decided_by)).add("When", one.decided_at)
            found.append(decided.add("Reason", self.names.text(one.decision_reason)))
        if call := EmergencyCall.objects.filter(vacancy=one).select_related("recorded_by", "decided_by").first():
            entry = Entry("Called out of hours").add("When", call.called_at).add("Why", self.names.text(call.why))
            entry.add("Spoke to", self.names.contact(call.spoke_to)).add(
                "Called by", self.names.staff(call.recorded_by)
            )
            entry.add("To be confirmed by", call.confirm_by).add("Decision", call.get_decision_display())
            entry.add("Decided by", self.names.staff(call.decided_by)).add(
                "Reason", self.names.text(call.decision_reason)
            )
            found.append(entry)
        for authority in one.authorities.select_related("recorded_by", "word__said_by").order_by("pk"):
            entry = Entry("Strategic Director’s authority").add("Given by", self.names.contact(authority.given_by))
            entry.add("When", authority.given_at).add("Words", self.names.text(authority.words))
            entry.add("Recorded by", self.names.staff(authority.recorded_by))
            if word := authority.own_word:
                entry.add(
                    "Confirmed by" if word.is_given else "Said not to be given by", self.names.staff(word.said_by)
                )
                entry.add("On", word.said_at).add("After the time to confirm it", "Yes" if word.is_late else "")
                entry.add("Note", self.names.text(word.note))
            elif authority.confirm_by:
                entry.add("To be confirmed by", authority.confirm_by)
            found.append(entry)
        return found

    def _direct(self, one: Round) -> Entry:
        entry = Entry(f"Round {one.number}, begun {shown(one.opened_at)}").add("Why", self.names.text(one.reason))
        entry.add("Permanent recruitment", one.get_recruitment_state_display() or "not recorded")
        entry.add("Advertised", one.advertised_on)
        entry.add("Reference of the advert", self.names.text(one.advert_reference))
        entry.add("Note", self.names.text(one.recruitment_note)).add("Recorded", one.recruitment_recorded_at)
        entry.add("Recorded by", self.names.staff(one.recruitment_recorded_by))
        return entry.add("Closed", one.closed_at).add("Closed because", one.get_closed_as_display())

    # -- who was asked ----------------------------------------------------------------------------------------------------

    def _orders(self) -> list[Entry]:
        return [entry for release in self.releases for entry in (self._order(release), *self._said(release))]

    def _order(self, one: Any) -> Entry:
        entry = Entry(f"{one.reference}: {one.contract.agency}, {one.get_route_display().lower()}")
        entry.add("Contract", one.contract.reference).add("Sent", one.sent_at).add(
            "Sent by", self.names.staff(one.sent_by)
        )
        entry.add("Recorded", one.sent_recorded_at).add("Why entered later", self.names.text(one.sent_late_reason))
        entry.add("Answer by", one.respond_by).add("At no more than, an hour excluding VAT", one.max_rate)
        entry.add("Hours per week", number(one.hours_per_week)).add("Pattern", one.get_pattern_display()).add(
            "Base", self.names.text(one.base)
        )
        entry.add("Start", one.starts_on).add("Weeks", str(one.weeks)).add(
            "Supplier’s order number", self.names.text(one.order_number)
        )
        entry.add("Sent to an address not confirmed", self.names.contact(one.elsewhere))
        if one.rests_on:
            entry.add(
                "Because of",
                f"{one.rests_on.reference}, {one.rests_on.contract.agency}: {one.rests_on.get_outcome_display().lower()}",
            )
        entry.add("By exemption", one.exemption.reference if one.exemption else "")
        entry.add("Answer", one.get_outcome_display()).add("Reason", one.get_reason_display()).add(
            "Answered", one.answered_at
        )
        entry.add("Recorded by", self.names.staff(one.answered_by)).add("Answer recorded", one.answer_recorded_at)
        entry.add("Why recorded later", self.names.text(one.answer_late_reason)).add(
            "Rate asked, an hour", one.rate_asked
        )
        entry.add("Own workers", one.get_own_supply_display()).add("Other agencies", one.get_brokered_supply_display())
        entry.add("Agencies approached", self.names.text(one.agencies_approached))
        if one.declined_on:
            said = self.names.text(one.declined_text)
            entry.add(
                "Its confirmation", f"{shown(one.declined_on)}, {self.names.contact(one.declined_sender)}: {said}"
            )
        entry.add("How it answered", way_words(one.way))
        entry.add("Reference in its portal", self.names.text(one.portal_reference))
        for asked in one.start_questions.all():
            entry.add("Asked about a later start", asked.starts_on).add(
                "Which first supplier", str(asked.first.contract.agency)
            )
            entry.add("Asked by", self.names.staff(asked.asked_by)).add("When asked", asked.asked_at)
        for mail in list(one.own_mails.all())[-1:]:
            entry.add("Its e-mail, looked at", mail.checked_at).add(
                "What was found", self.names.text(mail.why or str(mail))
            )
        entry.add("What confirms it", self.names.text(witness_words(one)))
        entry.add("Whose worker", str(one.supplying_agency or "") or one.get_supply_mode_display())
        for leave in one.supply_leaves.all():
            entry.add(f"A worker of {leave.agency} allowed by", self.names.staff(leave.given_by))
            entry.add("On", leave.given_at).add("Because", self.names.text(leave.reason))
        entry.add("Note", self.names.text(one.note))
        if one.fell_through_at:
            entry.add("Did not come", one.fell_through_at).add("Why", self.names.text(one.fell_through_reason))
        if one.voided_at:
            entry.add(
                "Entered in error",
                f"{shown(one.voided_at)}, {self.names.staff(one.voided_by)}: {self.names.text(one.void_reason)}",
            )
        return entry

    def _said(self, release: Release) -> list[Entry]:
        found = []
        for one in release.statements.all():
            entry = Entry(f"{release.reference}: the supplier’s own words").add("What it is", one.get_kind_display())
            entry.add("Said by", self.names.contact(one.said_by)).add("Received", one.received_at)
            if one.own_mail:
                entry.add("By e-mail signed by", one.own_mail.domain)
            how = {None: "No", True: "Yes, by the one that was mailed", False: "By one that an officer handed over"}[
                one.unseen
            ]
            entry.add("By its own link", "No" if one.own_mail else how).add("Words", self.names.text(one.words))
            found.append(
                entry.add("Our reply", self.names.text(one.reply)).add("Replied by", self.names.staff(one.replied_by))
            )
        return found

    def _candidates(self) -> list[Entry]:
        found = []
        for release in self.releases:
            for one in sorted(release.submissions.all(), key=lambda row: (row.received_at, row.pk)):
                whose = (
                    release.contract.agency.name
                    if one.supply_mode == "direct"
                    else one.supplying_agency or self.names.text(one.brokered_from)
                )
                entry = Entry(f"{one.reference}: {self.names.candidate(one)}, for {release.reference}")
                entry.add("Whose worker", str(whose)).add("Received", one.received_at)
                entry.add("Pay rate, an hour", one.pay_rate).add("Charge rate, an hour excluding VAT", one.charge_rate)
                for step in one.history.all():
                    why = f": {self.names.text(step.reason)}" if step.reason else ""
                    entry.add(step.get_stage_display(), f"{shown(step.happened_at)}{why}")
                if one.allowed_at:
                    why = self.names.text(one.allowed_reason)
                    entry.add(
                        "Allowed by a later route",
                        f"{self.names.staff(one.allowed_by)}, {shown(one.allowed_at)}: {why}",
                    )
                if one.voided_at:
                    entry.add("Entered in error", self.names.text(one.void_reason))
                found.append(entry)
        return found

    def _exemptions(self) -> list[Entry]:
        return [entry for one in self.exemptions for entry in exempted.entries(one, self.names)]

    # -- what came of it --------------------------------------------------------------------------------------------------

    def _contracts(self) -> list[Entry]:
        found = []
        for line in positions(self._used_contracts(), self.today):
            entry = Entry(f"{line.contract.reference}, {line.contract.agency}, as at {shown(self.today)}")
            entry.add(
                "Approved value, excluding VAT",
                line.approved_value if line.approved_value is not None else "not set here",
            )
            entry.add("Spent and committed", line.exposure)
            found.append(entry.add("Left to commit", line.left).add("Paid", line.paid))
        return found

    def _corrections(self) -> list[Entry]:
        found = []
        for one in self.corrections:
            entry = Entry(f"{one.subject_name}: {one.get_decision_display().lower() or 'waits to be confirmed'}")
            entry.add("Proposed by", self.names.staff(one.proposed_by)).add("When", one.proposed_at)
            entry.add("Reason", self.names.text(one.reason))
            if not self.names.is_public:  # before and after may be names
                for name, value in one.before.items():
                    label = name.replace("_", " ").removesuffix(" id")
                    entry.add(label, f"{value or 'nothing'} → {one.after.get(name) or 'nothing'}")
            found.append(entry.add("Decided by", self.names.staff(one.decided_by)).add("Decided", one.decided_at))
        return found

    # -- files and history --------------------------------------------------------------------------------------------------

    def _files(self) -> list[AttachedFile]:
        return attached(self._beside(), self.names)

    def _files_in_error(self) -> list[Entry]:
        """Files marked as added in error: something may have been decided on them. Not in a public copy."""
        if self.names.is_public:
            return []
        found = []
        beside = self._beside()
        for kind in sorted({kind for kind, _ in beside}):
            rows = Attachment.objects.of(kind, [key for its, key in beside if its == kind])
            for one in rows.filter(voided_at__isnull=False).select_related("voided_by"):
                entry = Entry(f"{one.title}, added in error").add("Beside", beside[kind, one.subject])
                entry.add("Added", one.uploaded_at)
                entry.add("Marked by", self.names.staff(one.voided_by)).add("When", one.voided_at)
                found.append(entry.add("Why", one.void_reason).add("SHA-256", one.sha256))
        return found

    def _beside(self) -> dict[tuple[str, int], str]:
        """Kind and key of each row that a file may stand beside, with what it is called."""
        beside: dict[tuple[str, int], str] = {("answer", one.pk): one.reference for one in self.releases}
        beside |= {("exemption", one.pk): one.reference for one in self.exemptions}
        beside |= {("review", one.pk): str(one) for one in self.reviews}
        beside |= {("contract", one.pk): one.reference for one in self._used_contracts()}
        return beside

    def _history(self) -> list[Entry]:
        """Who changed what, the oldest first. Workers' names are not in it."""
        vacancy = self.vacancy
        submissions = [one for release in self.releases for one in release.submissions.all()]
        rows = [
            vacancy,
            *self.rounds,
            *self.releases,
            *Statement.objects.filter(release__vacancy=vacancy),
            *SupplierLink.objects.filter(release__vacancy=vacancy),
            *submissions,
            *SubmissionStep.objects.filter(submission__in=submissions),
            *self.placements,
            *(period for one in self.placements for period in one.periods.all()),
            *self.breaches,
            *self.reviews,
            *self.hires,
            *self.corrections,
            *self.exemptions,
            *(need for one in self.exemptions for need in one.needs.all()),
            *(decision for one in self.exemptions for decision in one.decisions.all()),
        ]
        moments: dict[tuple, Entry] = {}
        for change in reversed(changes_of(*rows)):
            who = self.names.text(change.who)
            key = (change.happened_at, change.recorded_at, who, change.what)
            entry = moments.setdefault(key, Entry(f"{shown(change.happened_at)}, {who}: {change.what}"))
            before, after = self.names.text(change.before), self.names.text(change.after)
            entry.add(change.field, f"{before} → {after}" if before else after or "taken away")
        return list(moments.values())


def case_of(vacancy: Vacancy, names: Names, now: datetime) -> Case:
    """The evidence of one request."""
    return CaseBuilder(vacancy, names, now).build()
