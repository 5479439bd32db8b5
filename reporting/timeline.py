"""The vertical timeline of a staffing request: each step done, open, or not open yet and exactly why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from council.addresses import address
from council.models import User, calendar_of_the_council
from council.wording import money, possessive, within
from council.working_time import HOURS_A_DAY, WorkingCalendar, day_of
from placements.models import Hire, Placement
from recruitment.models import WAITS_FOR_US, Outcome, Release, Round, Statement, Vacancy
from recruitment.permissions import may_confirm_answer
from recruitment.reads.emergencies import unconfirmed_refusal
from recruitment.reads.orders import facts_from
from recruitment.reads.rounds import no_contract_refusal, orders_of, round_state
from recruitment.reads.witness_words import witness_words
from recruitment.rules import cascade, sourcing_state
from recruitment.rules import order as order_rules
from recruitment.rules.order import OrderFacts


@dataclass
class Order:
    """One supplier asked, with what may be done next about it."""

    release: Release
    tag: str
    sentence: str
    placement: Placement | None = None
    hire: Hire | None = None
    candidates: str = ""
    disputed: bool = False
    witness: str = ""  # what confirms its failure
    confirm: str = ""  # where somebody else confirms it
    next: list[tuple[str, str]] = field(default_factory=list)  # (text, address); the first one is the main step


@dataclass
class TimelineStep:
    position: int
    name: str
    tag: str
    look: str  # done, open or closed
    sentence: str = ""
    orders: list[Order] = field(default_factory=list)
    next: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # beside the main step


def time_left(calendar: WorkingCalendar, now: datetime, until: datetime) -> str:
    """For example: 6 working hours left; 2 working days left."""
    hours = calendar.working_hours_between(now, until).total_seconds() / 3600
    if hours < 1:
        return "less than 1 working hour left"
    if hours < 2 * HOURS_A_DAY:
        return f"{int(hours)} working hour{'s' if int(hours) != 1 else ''} left"
    return f"{int(hours // HOURS_A_DAY)} working days left"


def timeline(
    vacancy: Vacancy,
    round_: Round | None,
    now: datetime,
    may_source: bool,
    can: Collection[str],
    placements: Iterable[Placement],
    hires: Iterable[Hire],
    who: User | None = None,
) -> list[TimelineStep]:
    """The steps of one round. Buttons appear only for somebody who may press them; reasons appear for everybody.

    `can` is what this person may do with the request; `who` is given where answers may be confirmed here. `placements` and `hires` are those of the request, the earliest booked first.
    """
    if round_ is None:
        return []
    calendar, releases = calendar_of_the_council(), orders_of(round_)
    came = {one.release_id for one in placements if one.is_live} | {
        one.release_id for one in hires if not one.voided_at
    }
    state = round_state(vacancy, round_, day_of(round_.opened_at) if round_.closed_at else day_of(now), releases)
    placed = {one.release_id: one for one in placements}
    hired = {one.release_id: one for one in hires if one.voided_at is None}
    steps, unconfirmed = [], unconfirmed_refusal(vacancy, now)
    confirms = who is not None and may_confirm_answer(who, vacancy)
    for step in state.steps:
        orders = [
            _order(release, placed.get(release.pk), hired.get(release.pk), calendar, now)
            for release in releases
            if release.position == step.position
        ]
        for order in orders:
            facts = facts_from(order.release, who, now, order.release.pk in came)
            waits = facts.is_secured and facts.waits_for_leave and not facts.is_in_error
            if waits and not facts.somebody_came_of_it:
                order.sentence += " The Assistant Director decides first whether its worker may come."
            if may_source:
                order.next = _next_with(order.release, facts)
            if confirms and order_rules.refusal("confirm", facts) is None:
                order.confirm = f"{address('recruitment:answers-confirm')}?order={order.release.pk}"
        refusal = unconfirmed or cascade.opening_refusal(state, step.position, now, calendar)
        if refusal is None and step.position > 0:
            refusal = no_contract_refusal(vacancy, step, day_of(now))
        if step.position == 0:
            steps.append(_direct(vacancy, round_, orders, refusal, may_source, can))
        else:
            steps.append(_agency(vacancy, step, orders, refusal, may_source, round_.is_open))
        if step.kind == cascade.EXEMPTION:
            steps[-1].links = _exemption_links(vacancy, state, now, may_source)
    return steps


def _exemption_links(
    vacancy: Vacancy, state: sourcing_state.RoundState, now: datetime, may_source: bool
) -> list[tuple[str, str]]:
    """The exemptions of the round; and asking for one, where that is possible and none waits or holds."""
    links = [(f"{one.reference}: {one.agency}", address("reporting:exemption", one.pk)) for one in state.exemptions]
    pending = any(one.status in ("requested", "returned") or one.holds(day_of(now)) for one in state.exemptions)
    if may_source and not pending and cascade.exempting_refusal(state, now) is None:
        links.append(("Ask for an exemption", address("recruitment:exemption-new", request=vacancy.pk)))
    return links


def _direct(vacancy, round_, orders, refusal, may_source, can) -> TimelineStep:
    shown = TimelineStep(0, "Direct recruitment", "Open", "open", orders=orders)
    if round_.recruitment_state:
        shown.tag, shown.look = "Done", "done"
        shown.sentence = round_.get_recruitment_state_display()
        if round_.advertised_on:
            shown.sentence += f" on {round_.advertised_on:%-d %B %Y}, {round_.advert_reference}"
        if round_.recruitment_note:
            shown.sentence += f": {round_.recruitment_note}"
    elif round_.is_open:
        shown.sentence = "Say where permanent recruitment stands. Then an agency may be asked."
        if "direct-recruitment" in can:
            shown.next.append(("Record direct recruitment", address("recruitment:direct-recruitment", vacancy.pk)))
    else:
        shown.tag, shown.look, shown.sentence = "Not open yet", "closed", "Nothing was recorded."
    if may_source and refusal is None:
        shown.next.append(("Send to a recruitment supplier", address("recruitment:release-new", vacancy.pk, 0)))
    if round_.is_open and "permanent-start" in can:
        shown.next.append(("Record a permanent start", address("placements:hire-new", vacancy.pk)))
    if round_.recruitment_state and "direct-recruitment" in can:
        shown.next.append(("Change what is recorded", address("recruitment:direct-recruitment", vacancy.pk)))
    return shown


def _agency(vacancy, step, orders, refusal, may_source, is_open) -> TimelineStep:
    shown = TimelineStep(step.position, step.name, "Not open yet", "closed", orders=orders)
    standing = [order for order in orders if not order.release.voided_at]
    if any(order.release.outcome in (Outcome.OPEN, Outcome.SECURED) for order in standing):
        secured = any(order.release.outcome == Outcome.SECURED for order in standing)
        shown.tag, shown.look = ("Done", "done") if secured else ("Open", "open")
        return shown
    if refusal is None:
        shown.tag, shown.look = "Open", "open"
        again = "Ask again" if standing else f"Send to {within(step.name)}"
        if standing:
            shown.tag, shown.look = standing[-1].tag, "done"
        if may_source:
            shown.next.append((again, address("recruitment:release-new", vacancy.pk, step.position)))
        elif not standing:
            shown.sentence = "A commissioning officer may send the request now."
        return shown
    if standing:
        shown.tag, shown.look = standing[-1].tag, "done"
    if not is_open:
        shown.tag = shown.tag if standing else "Not needed"
    elif not standing or refusal.code != "already_secured":
        shown.sentence = refusal.sentence
    return shown


def _order(release, placement, hire, calendar, now) -> Order:
    supplier = release.contract.agency.name
    tag = "Entered in error" if release.voided_at else release.get_outcome_display()
    order = Order(release, tag, "", placement if placement and not placement.voided_at else None, hire)
    order.candidates = _candidates(release)
    order.witness = witness_words(release)
    order.disputed = any(one.kind == Statement.Kind.DISPUTE for one in release.statements.all())
    if release.voided_at:
        order.sentence = f"Marked as entered in error by {release.voided_by}: {release.void_reason}"
    elif release.outcome == Outcome.OPEN:
        if now < release.respond_by:
            order.sentence = f"{supplier} has {time_left(calendar, now, release.respond_by)} to answer."
        else:
            order.tag = "Time has ended"
            order.sentence = f"{possessive(supplier)} time to answer has ended. Record what it said."
        if said := next((one for one in release.statements.all() if one.kind == Statement.Kind.CANNOT_SUPPLY), None):
            order.tag = "Cannot supply"
            order.sentence = (
                f"{said.said_by} said by {possessive(supplier)} own link that it cannot supply. Record this answer."
            )
    elif release.outcome == Outcome.SECURED:
        order.sentence = _secured_sentence(release, supplier)
    elif release.outcome == Outcome.NOT_SECURED:
        order.sentence = release.get_reason_display()
        if release.rate_asked:
            order.sentence += f" ({money(release.rate_asked)} an hour)"
        if release.declined_on:
            order.sentence += f". Declined on {release.declined_on:%-d %B %Y} by {release.declined_sender}"
            if release.statement_id:
                order.sentence += ", in its own words"
    else:
        order.sentence = release.note
        if release.outcome == Outcome.FELL_THROUGH:
            order.sentence = f"The worker did not come: {release.fell_through_reason}"
    return order


def _next_with(release: Release, facts: OrderFacts) -> list[tuple[str, str]]:
    """What one may do with an order next, the main step first: the rules say nothing against it."""
    able = {verb for verb in order_rules.ASKED if order_rules.refusal(verb, facts) is None}
    offered = []
    if "answer" in able:
        answer = f"Record {possessive(facts.supplier)} answer"
        offered += [
            (answer, "recruitment:release-answer"),
            ("Record a candidate", "recruitment:candidate-new"),
            ("The first supplier can supply after all", "recruitment:first-supplier"),
            ("Take the order back", "recruitment:release-withdraw"),
        ]
        if "first-supplier" not in able:
            del offered[2]
    elif "will-not-come" in able and facts.waits_for_leave:
        offered.append(("The worker will not come", "recruitment:will-not-come"))
    elif "will-not-come" in able and release.position > 0:
        offered += [("Book the worker", "placements:book"), ("The worker will not come", "recruitment:will-not-come")]
    elif "will-not-come" in able:
        hire = ("Record the permanent start", address("placements:hire-new", release.vacancy_id))
        return [hire, ("The person will not come", address("recruitment:will-not-come", release.pk))]
    return [(text, address(name, release.pk)) for text, name in offered]


def _secured_sentence(release, supplier: str) -> str:
    if release.position == 0:
        return f"{supplier} has found somebody."
    if release.supplying_agency:
        return f"Through {supplier} from {release.supplying_agency}."
    return f"{possessive(supplier)} own worker."


def _candidates(release) -> str:
    """For example: 3 candidates, 1 waits for us."""
    found = [one for one in release.submissions.all() if one.voided_at is None]
    waiting = sum(one.stage in WAITS_FOR_US for one in found) if release.standing == Outcome.OPEN else 0
    text = f"{len(found)} candidate{'s' if len(found) > 1 else ''}"
    if not found:
        return ""
    return f"{text}, {waiting} wait{'s' if waiting == 1 else ''} for us" if waiting else text
