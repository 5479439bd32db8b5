"""A small council with everybody in it, and the usual steps as one-liners. Times are fixed: Monday 8 January 2024, 10:00."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal as D

from django.db import transaction

from council import clock, notices
from council.models import Role, Team, User
from council.working_time import LONDON, day_of
from placements.breaches import actions as breaches_actions
from placements.breaches.workers_found import WorkerFound
from placements.corrections import confirming, proposing
from placements.models import Breach, Placement
from placements.placement import booking
from placements.placement import extending as extensions
from recruitment.candidates import putting_forward, stepping
from recruitment.emergencies import actions as emergencies
from recruitment.exemptions import asking, deciding
from recruitment.exemptions.asking import ExemptionAsked
from recruitment.models import (
    Agency,
    Contract,
    Correction,
    Exemption,
    Release,
    SourcingOrder,
    Submission,
    SupplierLink,
    Vacancy,
)
from recruitment.orders import answering, links, sending, taking_back
from recruitment.requests import actions as vacancies
from recruitment.witnesses import actions as witnessing

from .council import ServiceFactory, TeamFactory, people_who_are
from .recruitment import AgencyFactory, corporate_contract, framework_contract, permanent_contract, sourcing_order

MONDAY = datetime(2024, 1, 8, 10, tzinfo=LONDON)
AFTER_WINDOW = datetime(2024, 1, 10, 11, tzinfo=LONDON)  # 16 working hours after Monday 10:00 is Wednesday 10:00

SATURDAY_NIGHT = datetime(2024, 1, 13, 22, tzinfo=LONDON)


@dataclass
class World:
    team: Team
    other_team: Team
    people: dict[str, User]
    order: SourcingOrder
    pertemps: Agency
    halden: Agency
    brokered: Agency
    scs: Agency
    corporate: Contract
    framework: Contract
    permanent: Contract
    counter: list = field(default_factory=lambda: [0])

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def nobody_wants_mail(self) -> None:
        """For tests of the mail to suppliers: the people of the council get none."""
        User.objects.update(wants_digest=False, wants_decisions=False, wants_breaches=False)
        for person in self.people.values():
            person.refresh_from_db()

    # -- steps ----------------------------------------------------------------------------------------------------------------

    def request(self, at=MONDAY, by=None, **fields) -> Vacancy:
        defaults = {
            "team": self.team,
            "kind": "vacant_post",
            "job_type": "social_worker",
            "hours_per_week": D(37),
            "pattern": "weekdays",
            "base": "Northgate House",
            "max_charge_rate": D("42.00"),
            "needed_from": date(2024, 1, 22),
            "expected_weeks": 13,
            "urgency": "routine",
            "reason": "Caseloads",
        }
        return vacancies.request_staff(by=by or self.lead, at=at, **defaults | fields)

    def agreed(self, at=MONDAY, **fields) -> Vacancy:
        vacancy = self.request(at, **fields)
        return vacancies.decide(by=self.director, at=at, vacancy=vacancy, decision="agreed", reason="Funded")

    def sourced(self, at=MONDAY, **fields) -> Vacancy:
        """Agreed, with direct recruitment recorded."""
        vacancy = self.agreed(at, **fields)
        self.direct(vacancy, at)
        vacancy.refresh_from_db()
        return vacancy

    def direct(self, vacancy: Vacancy, at=MONDAY):
        return vacancies.record_direct_recruitment(
            by=self.officer,
            at=at,
            vacancy=vacancy,
            state="advertised",
            advertised_on=date(2024, 1, 2),
            advert_reference="ADV-1",
        )

    def send(self, vacancy: Vacancy, contract: Contract | None = None, at=MONDAY, **fields) -> Release:
        rate = fields.pop("max_rate", D("42.00"))
        contract = contract or self.corporate
        if contract.route == "exemption":
            self.witness(*Release.objects.filter(round__closed_at__isnull=True, vacancy=vacancy, position=1))
        return sending.send(by=self.officer, at=at, vacancy=vacancy, contract=contract, max_rate=rate, **fields)

    def witness(self, *releases: Release, by: User | None = None, at=AFTER_WINDOW, note: str = "") -> None:
        """A second person confirms those that have failed and nothing confirms yet: the other officer."""
        found = Release.objects.standing().filter(
            pk__in=[one.pk for one in releases], outcome__in=["not_secured", "fell_through"], proven=False
        )
        if found:
            with clock.standing_at(at):
                witnessing.confirm(by=by or self.officer2, at=at, releases=list(found), note=note)

    def link(self, release: Release, at=MONDAY, purpose: str = "order", unseen: bool = True) -> SupplierLink:
        """The link of a mail about an order, as its supplier opens it; one handed over by an officer where it is not unseen."""
        found = links.find(links.make(release, by=self.officer, at=at, purpose=purpose, unseen=unseen))
        assert found is not None
        return found

    def fail(self, release: Release, at=AFTER_WINDOW, **fields) -> Release:
        defaults = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried"}
        return answering.record_not_secured(by=self.officer, at=at, release=release, **defaults | fields)

    def secure(self, release: Release, at=AFTER_WINDOW, **fields) -> Release:
        mode = {"supply_mode": "direct"} if release.position else {}
        return answering.record_secured(by=self.officer, at=at, release=release, **mode | fields)

    def secured(self, at=MONDAY, **fields) -> Release:
        """A request that Pertemps have secured somebody for."""
        return self.secure(self.send(self.sourced(at, **fields), at=at), at=at + timedelta(hours=1))

    def framework_secured(self, **fields) -> Release:
        vacancy = self.sourced(**fields)
        self.fail(self.send(vacancy))
        return self.secure(self.send(vacancy, self.framework, at=AFTER_WINDOW), at=AFTER_WINDOW + timedelta(hours=1))

    def book(self, release: Release, at=AFTER_WINDOW + timedelta(hours=2), **fields) -> Placement:
        if release.rests_on:
            self.witness(release.rests_on)
        self.counter[0] += 1
        n = self.counter[0]
        defaults = {
            "registration_number": f"SW{100000 + n}",
            "worker_name": f"Worker {n}",
            "starts_on": date(2024, 1, 22),
            "ends_on": date(2024, 4, 19),
            "hours_per_week": release.hours_per_week,
            "pattern": "weekdays",
            "pay_rate": D("33.00"),
            "charge_rate": D("41.00"),
        }
        return booking.book(by=self.officer, at=at, release=release, **defaults | fields)

    def placed(self, **fields) -> Placement:
        return self.book(self.secured(), **fields)

    def called(self, at=SATURDAY_NIGHT, **fields) -> Release:
        """An emergency: the call to Pertemps' out-of-hours line, and the order that goes with it."""
        defaults = {
            "team": self.team,
            "kind": "cover",
            "job_type": "social_worker",
            "hours_per_week": D(37),
            "pattern": "seven_days",
            "base": "Northgate House",
            "max_charge_rate": D("42.00"),
            "starts_on": day_of(at) + timedelta(1),
            "why": "Nobody is on the rota for tomorrow.",
            "contract": self.corporate,
            "line": "01632 960961",
            "spoke_to": "Perry Placeholder",
        }
        return emergencies.call_out_of_hours(by=self.officer, at=at, **defaults | fields)

    def put_forward(
        self, release: Release, candidate: str = "C-1", at=MONDAY + timedelta(hours=2), **fields
    ) -> Submission:
        """A candidate of the supplier's own, at £41.00 an hour."""
        rates = {"pay_rate": D("33.00"), "charge_rate": D("41.00")}
        common = {"release": release, "candidate": candidate, "supply_mode": "direct"}
        return putting_forward.put_forward(by=self.officer, at=at, **common | rates | fields)

    def after_pertemps_showed(self, number: str = "SW10001", at=AFTER_WINDOW) -> Release:
        """An order to the framework, after Pertemps had put the person with this number forward, who was turned down."""
        vacancy = self.sourced()
        first = self.send(vacancy)
        self.step(self.put_forward(first, registration_number=number), "turned_down")
        self.fail(first, reason="unsuitable", at=at)
        return self.send(vacancy, self.framework, at=at)

    def step(self, submission: Submission, *stages: str, at=MONDAY + timedelta(hours=3), **fields) -> Submission:
        for stage in stages:
            reason = "x" if stage in ("turned_down", "withdrawn", "reconsidered") else ""
            details = {"stage": stage, "reason": reason} | fields
            submission = stepping.record_step(by=self.officer, at=at, submission=submission, **details)
        return submission

    # -- exemptions -------------------------------------------------------------------------------------------------------------

    def failed(self, at=MONDAY, **fields) -> Release:
        """Pertemps' unsuccessful answer to a request."""
        return self.fail(self.send(self.sourced(at, **fields), at=at), at=at + (AFTER_WINDOW - MONDAY))

    def asked(self, *vacancies: Vacancy, **fields) -> ExemptionAsked:
        """What an exemption for Service Care Solutions is asked for: £30,000.00, £36,000.00 including VAT, 22 January to 19 April."""
        defaults = {
            "agency": self.scs,
            "vacancies": list(vacancies),
            "reason": "no_response",
            "justification": "Pertemps have nobody with court experience.",
            "why_no_competition": "There is no time for one.",
            "risk_if_refused": "Two court dates without a social worker.",
            "return_plan": "Pertemps are asked again in March.",
            "starts_on": date(2024, 1, 22),
            "ends_on": date(2024, 4, 19),
            "value": D("30000.00"),
            "group_name": "Duty team" if len(vacancies) > 1 else "",
        }
        return ExemptionAsked(**defaults | fields)

    def exemption(self, *vacancies: Vacancy, at=AFTER_WINDOW, extends=None, **fields) -> Exemption:
        """Asked for by the officer; for a request that Pertemps have failed where none is given."""
        rows = vacancies or (self.failed().vacancy,)
        asked = self.asked(*rows, **fields)
        return asking.request_exemption(by=self.officer, at=at, asked=asked, extends=extends)

    def commented(self, exemption: Exemption, at=AFTER_WINDOW + timedelta(minutes=30)) -> Exemption:
        for who in (self.finance, self.procurement):
            deciding.comment(by=who, at=at, exemption=exemption, supports=True, text="No objection.")
        return exemption

    def exempted(self, *vacancies: Vacancy, at=AFTER_WINDOW, extends=None, **fields) -> Exemption:
        """Asked for, commented on and approved by the Assistant Director an hour later."""
        exemption = self.commented(
            self.exemption(*vacancies, at=at, extends=extends, **fields), at + timedelta(minutes=30)
        )
        when = at + timedelta(hours=1)
        common = {"by": self.director, "at": when, "exemption": exemption}
        with clock.standing_at(when):
            return deciding.decide(**common, decision="approved", reason="Needed, and nobody else has one.")

    def scs_secured(self, exemption: Exemption | None = None, at=AFTER_WINDOW + timedelta(hours=1)) -> Release:
        """Service Care Solutions asked under an approved exemption, and its own worker secured."""
        exemption = exemption or self.exempted()
        need = exemption.needs.get()
        contract = exemption.decisions.get(approves=exemption.pk).contract
        need.vacancy.refresh_from_db()
        release = self.send(need.vacancy, contract, at=at)
        return self.secure(release, at=at + timedelta(minutes=30))

    def by_exemption(self, exemption: Exemption | None = None, **fields) -> Placement:
        """Booked by exemption from 22 January to 19 April 2024: £19,114.20 at £41.00 an hour."""
        return self.book(self.scs_secured(exemption), **fields)

    def extend(self, placement: Placement, ends_on: date, at=AFTER_WINDOW + timedelta(hours=3), **fields) -> Placement:
        """As long as an officer may agree, or with the Assistant Director's approval."""
        details = {"reason": "Still empty", "recruitment_state": "unsuccessful"}
        if placement.is_outside_the_first_route:
            details |= {"rechecked_on": day_of(at), "recheck_note": "Nobody at this rate"}
        common = {"at": at, "placement": placement, "ends_on": ends_on} | details | fields
        if extensions.needs_approval(placement, ends_on):
            proposal = extensions.propose_extension(by=self.officer, **common)
            extensions.decide_extension(
                by=self.director, at=at, proposal=proposal, decision="approved", reason="Needed"
            )
        else:
            extensions.extend(by=self.officer, **common)
        placement.refresh_from_db()
        return placement

    def found(self, **fields) -> WorkerFound:
        """A worker in post whom nobody had secured, at £50.00 an hour for two weeks."""
        self.counter[0] += 1
        defaults = {
            "team": self.team,
            "job_type": "social_worker",
            "registration_number": f"SW{700000 + self.counter[0]}",
            "worker_name": f"Found {self.counter[0]}",
            "agency": self.brokered,
            "contract": None,
            "starts_on": date(2024, 1, 8),
            "ends_on": date(2024, 1, 19),
            "hours_per_week": D(37),
            "pattern": "weekdays",
            "charge_rate": D("50.00"),
        }
        return WorkerFound(**defaults | fields)

    def breach(self, at=AFTER_WINDOW, by=None, **fields) -> Breach:
        return breaches_actions.record_breach(
            by=by or self.officer,
            at=at,
            found=self.found(**fields),
            found_on=date(2024, 1, 9),
            how_found="The team manager said so.",
        )

    def corrected(self, subject: str, row, at=AFTER_WINDOW + timedelta(days=3), **values) -> Correction:
        """Proposed by the officer and confirmed by the Assistant Director."""
        correction = proposing.propose(
            by=self.officer, at=at, subject=subject, row=row, why="The e-mail says so", **values
        )
        return confirming.decide(by=self.director, at=at, correction=correction, decision="confirmed")

    def lawful_after_no_show(self) -> tuple[Placement, Release]:
        """The first supplier secured somebody early, who did not come; booked on the framework on that proof: (placement, proof)."""
        proof = self.secure(self.send(self.sourced()), at=MONDAY + timedelta(hours=2))
        taking_back.worker_will_not_come(by=self.officer, at=AFTER_WINDOW, release=proof, reason="Took another post")
        later = self.send(proof.vacancy, self.framework, at=AFTER_WINDOW + timedelta(minutes=10))
        proof.refresh_from_db()
        return self.book(self.secure(later, at=AFTER_WINDOW + timedelta(hours=1))), proof

    def wrongly_marked(self) -> Breach:
        """A lawful placement with a mark as the correction of an early answer once left it; nothing makes one any more."""
        placement, proof = self.lawful_after_no_show()
        at = AFTER_WINDOW + timedelta(days=1)
        correction = Correction.objects.create(
            subject="release",
            subject_id=proof.pk,
            subject_name=str(proof),
            vacancy=proof.vacancy,
            before={"note": ""},
            after={"note": "x"},
            reason="x",
            proposed_by=self.officer,
            proposed_at=at,
        )
        correction.decision, correction.decided_by, correction.decided_at = "confirmed", self.director, at
        correction.named = notices.name_somebody(self.director, title="x", text="x", at=at)
        correction.save()
        details = {
            "by": self.officer,
            "at": at,
            "how_found": "Pertemps still had time to answer.",
            "correction": correction,
        }
        with transaction.atomic():
            breach = breaches_actions.mark(placement, "proof_corrected", **details)
            placement.release.unproved_by = correction
            placement.release.save()
            Placement.objects.filter(pk=placement.pk).update(proof=None)
        return breach


def build_world() -> World:
    service, other = ServiceFactory(name="Assessment"), ServiceFactory(name="Fostering")
    team, other_team = TeamFactory(service=service, name="North"), TeamFactory(service=other, name="Carers")
    roles = {
        "officer": Role.COMMISSIONING_OFFICER,
        "director": Role.ASSISTANT_DIRECTOR,
        "finance": Role.FINANCE_OFFICER,
        "administrator": Role.CONTRACT_ADMINISTRATOR,
        "auditor": Role.AUDITOR,
        "system": Role.SYSTEM_ADMINISTRATOR,
        "procurement": Role.PROCUREMENT_OFFICER,
        "legal": Role.LEGAL_ADVISER,
        "strategic": Role.STRATEGIC_DIRECTOR,
    }
    people = people_who_are(
        *((name, f"The {name}", role, None) for name, role in roles.items()),
        ("officer2", "The other officer", Role.COMMISSIONING_OFFICER, None),
        ("lead", "The lead", Role.OPERATIONAL_LEAD, service),
        ("otherlead", "The other lead", Role.OPERATIONAL_LEAD, other),
        ("nobody", "Nobody", Role.AUDITOR, None),
    )
    people["other_lead"] = people.pop("otherlead")
    people["nobody"].role_grants.update(ends_on=date(2020, 2, 1))
    by = people["administrator"]
    pertemps, halden = AgencyFactory(name="Pertemps"), AgencyFactory(name="Halden Bridge Care")
    return World(
        team=team,
        other_team=other_team,
        people=people,
        order=sourcing_order(),
        pertemps=pertemps,
        halden=halden,
        brokered=AgencyFactory(name="Alderway Care Staffing"),
        scs=AgencyFactory(name="Service Care Solutions"),
        corporate=corporate_contract(by, pertemps),
        framework=framework_contract(by, halden),
        permanent=permanent_contract(by, AgencyFactory(name="Liquid Personnel")),
    )
