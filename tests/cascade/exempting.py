"""What is tried with exemptions and quality reviews, well or badly."""

from datetime import timedelta
from decimal import Decimal as D

from council.models import Role
from placements.exemptions import actions as early
from placements.models import QualityReview
from placements.reviews import actions as reviews
from recruitment.exemptions import asking, deciding
from recruitment.models import Exemption
from tests.factories.council import RoleGrantFactory, someone_who_is

ALREADY = 85  # of a hundred, how often somebody does the step before the one that is tried


def some_exemption(desk, **wanted) -> Exemption | None:
    rows = Exemption.objects.filter(needs__vacancy__in=desk.requests, **wanted).distinct().order_by("-pk")
    rows = list(rows[:4])
    return desk.rng.choice(rows) if rows else None


def ask(desk, vacancies, extends=None, **more) -> Exemption | None:
    """For Service Care Solutions, a few weeks from this week on; where something is wrong, `more` says what."""
    start = max(desk.now.date(), extends.starts_on) if extends else desk.now.date() + timedelta(desk.rng.choice([0, 3]))
    terms = {"starts_on": start, "ends_on": start + timedelta(7 * desk.rng.choice([2, 6, 13]))}
    value = D(desk.rng.choice(["22000", "22000", "9000"]))
    terms |= {"value": value, "value_with_vat": value * D("1.2")}
    asked = desk.world.asked(*vacancies, **terms | more)
    return desk.attempt(asking.request_exemption, asked=asked, extends=extends)


def comment(desk, exemption) -> None:
    for who in ("finance", "procurement"):
        if desk.chance(ALREADY):
            by = desk.world.people[who]
            desk.attempt(deciding.comment, by=by, exemption=exemption, supports=desk.chance(70), text="x")


def decide(desk, exemption, decision="approved", by=None) -> Exemption | None:
    by = by or desk.world.director
    return desk.attempt(deciding.decide, by=by, exemption=exemption, decision=decision, reason="x")


def contract_of(exemption):
    return exemption.decisions.get(approves=exemption.pk).contract


def go_by_exemption(desk, vacancy) -> None:
    """The whole way: asked, commented on, mostly approved, the agency asked, its worker secured and booked."""
    held = Exemption.objects.filter(needs__vacancy=vacancy, status="approved", last_day__gte=desk.now.date()).first()
    if held:
        use(desk, held)
        return
    exemption = ask(desk, [vacancy], **({} if desk.chance(60) else {"no_proof_reason": "x"}))
    if exemption is None:
        return
    comment(desk, exemption)
    decision = desk.rng.choice(["approved"] * 6 + ["returned", "turned_down"])
    exemption = decide(desk, exemption, decision)
    if exemption and exemption.status == "approved":
        use(desk, exemption)


def use(desk, exemption) -> None:
    need = desk.rng.choice(list(exemption.needs.order_by("pk")))
    desk.send(need.vacancy, contract_of(exemption))
    release = need.vacancy.releases.filter(exemption=exemption, outcome="open").first()
    if release is None or not desk.secured(release):
        return
    start = max(desk.now.date(), exemption.starts_on)
    weeks = desk.rng.choice([1, 2, 6])
    desk.book(release, starts_on=start, ends_on=min(start + timedelta(7 * weeks - 1), exemption.last_day))


# -- foolish -----------------------------------------------------------------------------------------------------------------------


def ask_badly(desk, vacancy):
    today = desk.now.date()
    wrong = [
        {},
        {"agency": desk.world.halden},
        {"starts_on": today - timedelta(1)},
        {"starts_on": today, "ends_on": today - timedelta(1)},
        {"value_with_vat": D(1)},
        {"justification": " "},
    ]
    ask(desk, [vacancy], **desk.rng.choice(wrong))


def ask_twice(desk, vacancy):
    exemption = some_exemption(desk, status__in=["requested", "returned", "approved"])
    if exemption:
        ask(desk, [exemption.needs.first().vacancy], no_proof_reason="x")


def ask_for_a_group(desk, vacancy):
    rows = [one for one in desk.requests if one.status == "sourcing"][:3]
    ask(desk, rows, group_name="Duty team" if desk.chance(50) else " ", no_proof_reason="x")


def decide_badly(desk, vacancy):
    """By whoever asked, commented or may not; too early, again, or after its start."""
    exemption = some_exemption(desk, status="requested") if desk.chance(ALREADY) else some_exemption(desk)
    exemption = exemption or ask(desk, [vacancy], no_proof_reason="x")
    if exemption is None:
        return
    who = desk.rng.choice(["officer", "procurement", "lead", "director", "finance"])
    if who == "procurement":
        desk.attempt(deciding.comment, by=desk.world.people[who], exemption=exemption, supports=True, text="x")
    if desk.chance(20):
        comment(desk, exemption)
        desk.now += timedelta(days=4)
    decide(desk, exemption, by=desk.world.people[who])


def decide_ones_own(desk, vacancy):
    """An officer who is Assistant Director for a while asks for one."""
    if desk.both is None:
        desk.both = someone_who_is(Role.COMMISSIONING_OFFICER)
        RoleGrantFactory(user=desk.both, role=Role.ASSISTANT_DIRECTOR)
    both = desk.both
    exemption = some_exemption(desk, status="requested", requested_by=both)
    if exemption is None:
        asked = desk.world.asked(
            vacancy, starts_on=desk.now.date(), ends_on=desk.now.date() + timedelta(20), no_proof_reason="x"
        )
        exemption = desk.attempt(asking.request_exemption, by=both, asked=asked)
    if exemption:
        comment(desk, exemption)
        decide(desk, exemption, by=both)


def ask_for_a_lot(desk, vacancy):
    """So much that the procurement threshold is reached with it, or with the next."""
    for one in [row for row in desk.requests if row.status == "sourcing"][:2]:
        exemption = ask(desk, [one], no_proof_reason="x", value=D("150000"), value_with_vat=D("180000"))
        if exemption:
            comment(desk, exemption)
            decide(desk, exemption)


def decide_after_a_while(desk, vacancy):
    """The answer it rests on is too old by then, was corrected, or a new round has begun."""
    exemption = some_exemption(desk, status="requested")
    if exemption:
        comment(desk, exemption)
        if desk.chance(30):
            desk.now += timedelta(days=desk.rng.choice([1, 4]))
        decide(desk, exemption)


def complete(desk, vacancy):
    exemption = some_exemption(desk, status="returned")
    if exemption is None:
        waiting = some_exemption(desk, status="requested")
        exemption = waiting and decide(desk, waiting, "returned")
    if exemption:
        rows = [need.vacancy for need in exemption.needs.all()]
        asked = desk.world.asked(*rows, starts_on=desk.now.date(), ends_on=desk.now.date() + timedelta(30))
        if desk.attempt(asking.complete_exemption, exemption=exemption, asked=asked) and desk.chance(60):
            comment(desk, exemption)
            decide(desk, exemption)


def use_an_exemption_badly(desk, vacancy):
    """For another request, before it begins, after its end, for longer, for more money, or with somebody else's worker."""
    exemption = some_exemption(desk, approved_as__isnull=False)
    if exemption is None:
        return
    contract = contract_of(exemption)
    choice = desk.rng.randrange(4)
    if choice == 0:
        desk.send(vacancy, contract)
    elif choice == 1:
        desk.now = max(desk.now, desk.now + timedelta((exemption.last_day - desk.now.date()).days))
        desk.send(exemption.needs.first().vacancy, contract)
    else:
        release = desk.some_secured(exemption=exemption)
        if release:
            start = max(desk.now.date(), exemption.starts_on)
            days = 400 if choice == 2 else desk.rng.choice([48, 90])
            desk.book(release, starts_on=start, ends_on=start + timedelta(days), charge_rate=D(42))


def go_on_from_it(desk, vacancy):
    exemption = some_exemption(desk, status="approved") if desk.chance(ALREADY) else some_exemption(desk)
    if exemption is None:
        return
    rows = [exemption.needs.first().vacancy] if desk.chance(ALREADY) else [vacancy]
    more = {} if desk.chance(ALREADY) else {"agency": desk.world.brokered}
    again = ask(desk, rows, extends=exemption, no_proof_reason="x", **more)
    if again:
        comment(desk, again)
        decide(desk, again)


def end_it_early(desk, vacancy):
    exemption = some_exemption(desk, approved_as__isnull=False) if desk.chance(ALREADY) else some_exemption(desk)
    if exemption and desk.chance(60):
        ended_on = desk.now.date() + timedelta(desk.rng.choice([0, 5, 300]))
        by = desk.world.officer if desk.chance(70) else desk.world.director
        desk.attempt(early.end_exemption, by=by, exemption=exemption, ended_on=ended_on, reason="x")


def take_it_back(desk, vacancy):
    exemption = some_exemption(desk)
    if exemption and desk.chance(60):
        by = desk.world.officer if desk.chance(50) else desk.world.director
        desk.attempt(deciding.take_back, by=by, exemption=exemption, reason="x" if desk.chance(ALREADY) else " ")


def hold_a_review(desk, vacancy):
    placement = desk.some_placement(release__exemption__isnull=False) or desk.some_placement()
    if placement:
        held_on = desk.now.date() - timedelta(desk.rng.choice([0, 0, 20, 200]))
        desk.attempt(
            reviews.record_review,
            placement=placement,
            held_on=held_on,
            rating=desk.rng.choice([1, 3, 4, 9]),
            findings="x",
        )


def oversee_a_review(desk, vacancy):
    row = QualityReview.objects.filter(placement__vacancy__in=desk.requests).order_by("-pk").first()
    if row:
        for _ in range(desk.rng.choice([1, 2])):
            desk.attempt(reviews.oversee, by=desk.world.director, review=row, note="x")


def extend_while_a_review_is_overdue(desk, vacancy):
    placement = desk.some_placement(release__exemption__isnull=False, voided_at__isnull=True)
    if placement:
        if desk.chance(40):
            desk.now = max(desk.now, desk.now + timedelta((placement.ends_on - desk.now.date()).days))
        desk.extend(placement, desk.rng.choice([5, 14, 60]))


FOOLISH = [
    go_by_exemption,
    go_by_exemption,
    ask_badly,
    ask_twice,
    ask_for_a_group,
    decide_badly,
    decide_ones_own,
    decide_after_a_while,
    complete,
    use_an_exemption_badly,
    go_on_from_it,
    end_it_early,
    take_it_back,
    hold_a_review,
    oversee_a_review,
    extend_while_a_review_is_overdue,
]
