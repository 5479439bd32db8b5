"""Exemptions at every stage, each in a Service and with an agency of its own. Asked for on 10 January 2024, unless it says otherwise."""

from datetime import date
from decimal import Decimal as D

from council.models import Team
from placements.breaches import actions as breaches_actions
from placements.exemptions import actions as exemption_ends
from placements.placement import ending
from placements.reviews import actions as reviews
from recruitment.exemptions import asking, deciding
from tests.factories import AgencyFactory, ServiceFactory, TeamFactory, World
from tests.reporting.money_cases import Cases, at


def make_teams(world: World) -> dict[str, Team]:
    """The team of each case, by the case's name."""
    found = {}

    def failed(name):
        """Pertemps' answer to a request of the case's team, on 10 January."""
        if name not in found:
            found[name] = TeamFactory(service=ServiceFactory(name=f"Service of {name}"), name=name)
        vacancy = world.sourced(team=found[name], by=world.officer)
        world.fail(world.send(vacancy))
        return vacancy

    def ask(name, **fields):
        return world.exemption(failed(name), agency=AgencyFactory(name=f"Agency of {name}"), **fields)

    def approved(name, **fields):
        """Approved on 10 January at 12:00."""
        return world.exempted(failed(name), agency=AgencyFactory(name=f"Agency of {name}"), **fields)

    def decide(exemption, decision, when):
        common = {"by": world.director, "at": when, "reason": "So it is."}
        return deciding.decide(exemption=exemption, decision=decision, **common)

    def end(exemption, when, last):
        return exemption_ends.end_exemption(
            by=world.officer, at=when, exemption=exemption, ended_on=last, reason="Enough"
        )

    # Asked for on 10 January, commented on and returned on the 11th, completed on the 12th, commented on again on the 13th, approved on
    # the 14th, and on the 20th ended with 1 February.
    life = world.commented(ask("life", reason="specialist"), at(1, 11, 10))
    decide(life, "returned", at(1, 11))
    again = world.asked(life.needs.get().vacancy, agency=life.agency, reason="specialist", value=D("31000.00"))
    asking.complete_exemption(by=world.officer, at=at(1, 12), exemption=life, asked=again)
    life.refresh_from_db()
    decide(world.commented(life, at(1, 13)), "approved", at(1, 14, 23, 59))
    life.refresh_from_db()
    end(life, at(1, 20), date(2024, 2, 1))
    # Approved on 10 January; ended on 5 February with the 9th.
    end(approved("ended late"), at(2, 5), date(2024, 2, 9))
    # Two decided after five days and at once; for different reasons.
    decide(world.commented(ask("decided")), "turned_down", at(1, 15))
    approved("decided", reason="safeguarding")
    # Taken back on 12 January after it was approved; and on the 16th before it was decided.
    common = {"at": at(1, 12, 23, 59), "exemption": approved("taken back")}
    deciding.take_back(by=world.director, reason="Not needed", **common)
    deciding.take_back(by=world.officer, at=at(1, 16), exemption=ask("not decided"), reason="Not needed")
    # A worker of each route: on Pertemps' contract, by exemption, on a breach until 15 February approved on 30 January.
    cases = Cases(world)
    both = cases.booked("shares")
    found["shares"] = both.team
    world.by_exemption(approved("shares"))
    breach = world.breach(team=both.team, contract=world.framework, agency=world.halden, ends_on=date(2024, 2, 15))
    breaches_actions.authorise(by=world.director, at=at(1, 30), breach=breach, reason="Needed")
    common = {"held_on": date(2024, 2, 7), "rating": 2, "findings": "Poor."}
    reviews.record_review(by=world.officer, at=at(2, 7), placement=breach.placement, **common)
    # Reviewed on 4 March with two actions due on the 8th; one was done on the 12th.
    placement = world.by_exemption(approved("reviewed"))
    review = reviews.record_review(
        by=world.officer,
        at=at(3, 4),
        placement=placement,
        held_on=date(2024, 3, 4),
        rating=3,
        findings="Good.",
        to_do=[reviews.ToDo(what, "Lena", date(2024, 3, 8)) for what in ("Plan", "Supervision")],
    )
    first = review.actions.order_by("pk").first()
    reviews.finish_action(by=world.officer, at=at(3, 12), to_do=first, done_on=date(2024, 3, 12), note="Done")

    # Rated at the end by exemption 4; on Pertemps' contract a review of 3 and an end of 4: 3.5.
    def rate_end(of, when):
        ending.record_end(by=world.officer, at=when, placement=of, reason="worker_left", rating=4, eligible_again=True)

    rated = world.by_exemption(approved("rated"), ends_on=date(2024, 2, 2))
    rate_end(rated, at(2, 5))
    other = cases.new("rated on contract")
    other.team.service = found["rated"].service
    other.team.save()
    vacancy = world.sourced(team=other.team, by=world.officer)
    on_contract = world.book(world.secure(world.send(vacancy), at=at(1, 8, 11)), ends_on=date(2024, 2, 9))
    reviews.record_review(
        by=world.officer, at=at(2, 7), placement=on_contract, held_on=date(2024, 2, 7), rating=3, findings="Good."
    )
    rate_end(on_contract, at(2, 12))
    # Agencies a penny below three quarters of £214,904.00, at them, and past all of it on legal's ground.
    for name, with_vat in (
        ("below", "161177.99"),
        ("near", "161178.00"),
        ("past", "214904.00"),
        ("past too", "214904.01"),
    ):
        if name.startswith("past"):
            agency = AgencyFactory(name=f"Agency of {name}")
            deciding.record_ground(
                by=world.legal, at=at(1, 10, 9), agency=agency, ground="x", limit=D(300000), dated_on=date(2024, 1, 9)
            )
        ends_on = date(2024, 4, 12) if name == "below" else date(2024, 4, 19)
        approved(name, value=D("120000.00"), value_with_vat=D(with_vat), vat_differs="In part exempt.", ends_on=ends_on)
    return found
