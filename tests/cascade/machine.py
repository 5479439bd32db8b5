"""Random days of random officers: whatever they try, no framework placement lacks its proof.

Hypothesis draws the numbers; the `Desk` turns each into one thing somebody does: mostly the sensible next step of a request, often
something foolish, and often what meets a refusal seen too seldom. Two runs, in two test files so that both processors are busy. In CI each
goes on until it has seen 100 framework placements and every kind of refusal ten times, which makes 200 and 20 together, and fails where
that takes too long. Each example has a seed and the refusals it was after, both named where it fails; this does it again:

    make test TESTS=tests/cascade/test_first_run.py SEED=1003 KINDS=over_value,not_next_day
"""

import os
from datetime import date

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from council.models import Role, RoleGrant
from placements.emergencies.actions import mark_unconfirmed_emergencies
from tests.cascade.next_steps import Desk, Tally
from tests.cascade.what_is_tried import A_FRAMEWORK_PLACEMENT, FOOLISH, ONE_BY_EXEMPTION, TRIES
from tests.factories import build_world

# Each of two runs: the least steps, and what they must see. Outside CI a run is too short to ask for every kind of refusal.
IN_CI = os.environ.get("CI") == "true"
STEPS_EACH, FRAMEWORK_EACH, EXEMPTED_EACH, REFUSALS_EACH = (4_000, 100, 20, 10) if IN_CI else (300, 3, 1, 0)
MOST_STEPS = 30_000

KINDS_OF_REFUSAL = {
    "asking": "not_being_sourced direct_first still_waiting already_secured not_asked_before withdrawn_proves_nothing proof_too_old "
    "better_than_before above_request contract_has_no_room not_a_vacant_post permanent_already_asked before_the_last before_the_round longer_than_agreed",
    "answering": "window_not_ended already_answered before_sent in_future late_without_reason no_supply_mode supply_not_said "
    "no_rate_asked no_supplying_agency nothing_to_replace",
    "booking": "not_secured already_booked end_before_start charge_below_pay above_max_rate outside_contract over_value "
    "worker_week_full above_hours not_a_placement another_pattern longer_than_asked round_is_over earlier_than_asked",
    "after the booking": "did_start already_replaced not_authorised replacement_too_late not_next_day ended needs_approval not_rechecked "
    "request_is_full nothing_to_carry rate_outside same_team another_service",
    "facts": "breach_stays already_decided not_agreed no_contract waits_already not_answered found_when batch_closed "
    "proof_corrected",
    "witnesses": "not_witnessed already_witnessed not_failed",
    "candidates": "takes_no_candidates nobody_accepted candidate_waits not_the_candidate no_registration_number number_is_relied_on "
    "shown_by_an_earlier_route nothing_to_allow not_this_supplier",
    "nights": "in_working_hours emergency_not_confirmed confirmed_too_late not_an_emergency authority_waits",
    "the rest": "own_request own_entry rested_on not_from_here not_longer no_reason not_covered already_voided did_not_start "
    "nothing_changed",
}
EVERY_KIND = {code for codes in KINDS_OF_REFUSAL.values() for code in codes.split()}

# Proved by the answer it rests on, which something beside its recorder confirms; or brought forward; or marked as a breach. There is no fourth.
PROOF_IS_MISSING = """
    select count(*) from placements_placement p
      left join recruitment_release r on r.id = p.release_id
      left join recruitment_release f on f.id = r.rests_on_id
     where p.voided_at is null
       -- whoever never came, on an answer that was corrected since, is nobody outside the first route
       and not (p.did_not_start_at is not null and (p.unproved_by_id is not null or r.unproved_by_id is not null))
       and p.basis <> 'brought_forward'
       and not exists (select 1 from placements_breach b where b.placement_id = p.id and b.taken_back_by_id is null)
       and (r.id is null
            or r.outcome <> case when p.did_not_start_at is null or p.order_stands then 'secured' else 'fell_through' end
            or (r.unproved_by_id is null and f.id is not null and not f.proven)
            or (r.route = 'framework'
                and (f.id is null or f.outcome not in ('not_secured', 'fell_through') or f.voided_at is not null
                     or f.round_id <> p.round_id or f.route <> 'corporate' or f.max_rate < r.max_rate
                     or coalesce(f.fell_through_at, f.answered_at) > r.sent_at)))
"""
MARK_IS_MISSING = """
    select count(*) from placements_placement p
     where p.basis = 'breach' and not exists (select 1 from placements_breach b where b.placement_id = p.id and b.taken_back_by_id is null)
"""
# The inverse: no mark says that a proof was lost which is there. (Only what SQL sees at once: an age in days is one in working days too.)
MARK_WITHOUT_CAUSE = """
    select count(*) from placements_breach b
      join recruitment_correction c on c.id = b.correction_id and c.subject = 'release'
      join placements_placement p on p.id = b.placement_id
      join recruitment_release r on r.id = p.release_id and r.exemption_id is null
      join recruitment_round o on o.id = r.round_id
      join recruitment_release f on f.id = r.rests_on_id and f.id = c.subject_id
      join recruitment_sourcingstep s on s.order_id = o.order_id and s.position = f.position
     where b.kind = 'proof_corrected' and b.taken_back_by_id is null and r.unproved_by_id = b.correction_id
       and f.unproved_by_id is null and f.voided_at is null and f.max_rate >= r.max_rate
       and (f.outcome = 'fell_through'
            or f.outcome = 'not_secured' and (f.answered_at >= f.respond_by or f.declined_on is not null))
       and coalesce(f.fell_through_at, f.answered_at) <= r.sent_at
       and r.sent_at::date - coalesce(f.fell_through_at, f.answered_at)::date <= s.proof_age_days
"""
# The sum of a contract's entries is its exposure, and no placement has given back more than it committed.
MONEY_IS_LOST = """
    select count(*) from placements_placement p
     where p.contract_id is not null and (
        select coalesce(sum(value), 0) from placements_placementperiod where placement_id = p.id
     ) < (
        select coalesce(sum(e.amount), 0) from placements_placementreversal v join recruitment_accountentry e on e.id = v.entry_id
         where v.placement_id = p.id)
"""
# Beyond the value only what was entered as a fact, which nobody refuses, or on the Strategic Director's authority.
OVER_VALUE = """
    select count(*) from recruitment_contractaccount a
     where a.exposure - coalesce((
        select sum(case when put_into = 'accrued' then amount when taken_from = 'accrued' then -amount end)
          from recruitment_accountentry e where e.contract_id = a.contract_id), 0) - coalesce((
        select sum(amount) from recruitment_accountentry e where e.contract_id = a.contract_id and authority_id is not null), 0)
       > a.approved_value
"""
# Nobody comes by a later route whom an earlier one showed first in the six months before, unless somebody allowed it.
SHOWN_BEFORE = """
    select count(*) from placements_placement p
      join recruitment_release r on r.id = p.release_id and r.position > 1
      join placements_worker w on w.id = p.worker_id
      join lateral (
        select fr.position from recruitment_submission s join recruitment_release fr on fr.id = s.release_id
         where s.registration_number = w.registration_number and s.voided_at is null and fr.voided_at is null and fr.position > 0
           and s.recorded_at <= p.booked_at
           and (s.received_at at time zone 'Europe/London')::date <= p.starts_on
           and (s.received_at at time zone 'Europe/London')::date + interval '6 months' > p.starts_on
         order by s.received_at, s.id limit 1) shown on shown.position < r.position
     where p.voided_at is null and p.corrected_by_id is null
       and not exists (select 1 from placements_breach b where b.placement_id = p.id and b.taken_back_by_id is null)
       and not exists (select 1 from recruitment_submission a where a.release_id = r.id and a.allowed_at is not null
                          and a.registration_number = w.registration_number)
"""
# An emergency whose day has passed is confirmed, or who came of it is marked.
NOT_CONFIRMED = """
    select count(*) from placements_placement p
      join recruitment_vacancy v on v.id = p.vacancy_id and v.origin = 'emergency' and v.decision <> 'agreed'
      join recruitment_emergencycall c on c.vacancy_id = v.id
     where p.voided_at is null and p.did_not_start_at is null and (c.decision <> '' or c.confirm_by < %s)
       and not exists (select 1 from placements_breach b where b.placement_id = p.id and b.taken_back_by_id is null)
"""
# Nobody works by exemption but as it was approved: for this request and agency, by somebody else, before the start and up to its end.
EXEMPTION_IS_MISSING = """
    select count(*) from placements_placement p
      join recruitment_release r on r.id = p.release_id and r.exemption_id is not null
      join recruitment_exemption e on e.id = r.exemption_id
     where p.voided_at is null and p.did_not_start_at is null
       and not exists (select 1 from placements_breach b where b.placement_id = p.id and b.taken_back_by_id is null)
       and not (e.status in ('approved', 'ended') and p.starts_on >= e.starts_on and p.contract_id = r.contract_id
            and exists (select 1 from recruitment_exemptiondecision d join recruitment_contract c on c.id = d.contract_id
                  where d.exemption_id = e.id and d.decision = 'approved' and d.contract_id = p.contract_id and d.decided_at <= r.sent_at
                    and (d.agency_id, d.starts_on, d.ends_on, d.value) = (c.agency_id, e.starts_on, e.ends_on, e.value)
                    and d.decided_on <= e.starts_on and d.decided_by_id <> e.requested_by_id and not exists (
                        select 1 from recruitment_exemptioncomment m where m.exemption_id = e.id and m.given_by_id = d.decided_by_id))
            and exists (select 1 from recruitment_exemptionneed n where n.exemption_id = e.id and n.vacancy_id = p.vacancy_id
                  and n.round_id = p.round_id and (n.proof_id is not null or n.no_proof_reason <> ''))
            and p.ends_on <= (select max(coalesce(x.ended_on, x.ends_on)) from recruitment_exemption x
                  join recruitment_exemptiondecision d on d.exemption_id = x.id and d.contract_id = p.contract_id
                  join recruitment_exemptionneed n on n.exemption_id = x.id and n.vacancy_id = p.vacancy_id
                 where x.status in ('approved', 'ended')))
"""
# Legal has recorded no ground: what is approved for an agency stays below the threshold of these years.
THRESHOLD_IS_PASSED = """
    select count(*) from (
        select sum(e.value_with_vat) as total from recruitment_exemption e where e.status in ('approved', 'ended') group by e.agency_id
    ) as agencies where total >= 214904
"""
# No order is secured or unsuccessful while it is not said what became of who was put forward.
STAGE_IS_MISSING = """
    select count(*) from recruitment_release r
     where r.voided_at is null and r.corrected_by_id is null and r.position > 0 and r.outcome = 'secured'
       and exists (select 1 from recruitment_submission s where s.release_id = r.id and s.voided_at is null
                      and s.recorded_at < r.answer_recorded_at)
       and not exists (select 1 from recruitment_submission s where s.release_id = r.id and s.voided_at is null and s.stage = 'accepted')
"""


# -- foolish things: each is tried now and then, whatever the state of the request -------------------------------------------------


def machine_for(world, tally: Tally, tries: dict):
    class Officers(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.outer = transaction.atomic()
            self.outer.__enter__()
            self.checked = 0

        @initialize(n=st.integers(0, 2**32 - 1))
        def sit_down(self, n):
            self.desk = Desk(world, tally, n, FOOLISH, tries)

        @rule(n=st.integers(0, 2**48))
        def something_is_done(self, n):
            self.desk.act(n)

        @invariant()
        def no_framework_placement_lacks_its_proof(self):
            self.checked += 1
            if self.checked % 5 == 0:
                self.check()

        def check(self):
            desk = getattr(self, "desk", None)
            if desk is None:
                return
            mark_unconfirmed_emergencies(desk.now)
            with connection.cursor() as cursor:
                for question in (
                    PROOF_IS_MISSING,
                    MARK_IS_MISSING,
                    MARK_WITHOUT_CAUSE,
                    MONEY_IS_LOST,
                    OVER_VALUE,
                    SHOWN_BEFORE,
                    EXEMPTION_IS_MISSING,
                    THRESHOLD_IS_PASSED,
                    STAGE_IS_MISSING,
                ):
                    cursor.execute(question)
                    assert cursor.fetchone()[0] == 0, question
                cursor.execute(NOT_CONFIRMED, [desk.now])
                assert cursor.fetchone()[0] == 0

        def teardown(self):
            try:
                self.check()
            finally:
                transaction.set_rollback(True)
                self.outer.__exit__(None, None, None)

    return Officers


def rare(tally: Tally) -> dict[str, int]:
    """Kinds of refusal seen too seldom; a run goes on for them, up to three times its length."""
    return {kind: tally.refused[kind] for kind in sorted(EVERY_KIND) if tally.refused[kind] < REFUSALS_EACH}


def lacks(tally: Tally) -> bool:
    """Whether a run has not seen yet what it must."""
    return bool(rare(tally)) or tally.framework < FRAMEWORK_EACH or tally.exempted < EXEMPTED_EACH


def _wanted(tally: Tally) -> list[str]:
    """What to try for in the next example: the kinds of refusal seen too seldom so far, and framework placements."""
    wanted = [kind for kind in sorted(EVERY_KIND & set(TRIES)) if tally.refused[kind] < max(REFUSALS_EACH, 1)]
    wanted += [A_FRAMEWORK_PLACEMENT] if tally.framework < FRAMEWORK_EACH else []
    return wanted + ([ONE_BY_EXEMPTION] if tally.exempted < EXEMPTED_EACH else [])


def run_machine(number: int) -> Tally:
    """As many steps as it takes from one seed after the other to see what they must see."""
    world, tally, run = build_world(), Tally(), 0
    # The lead also decides, so that only "you asked for this" stands between the lead and the lead's own request.
    RoleGrant.objects.create(user=world.lead, role=Role.ASSISTANT_DIRECTOR, starts_on=date(2020, 1, 1))
    # Likewise procurement: only "you have commented on this" is in the way.
    RoleGrant.objects.create(user=world.procurement, role=Role.ASSISTANT_DIRECTOR, starts_on=date(2020, 1, 1))
    while tally.steps < STEPS_EACH or (tally.steps < MOST_STEPS and lacks(tally)):
        run += 1
        chosen = settings(
            max_examples=4 if IN_CI else 1,
            stateful_step_count=250,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],
        )
        number_of_run = int(os.environ.get("SEED") or number * 1000 + run)
        kinds = os.environ["KINDS"].split(",") if "KINDS" in os.environ else _wanted(tally)
        tries = {kind: TRIES[kind] for kind in kinds if kind}
        try:
            run_state_machine_as_test(seed(number_of_run)(machine_for(world, tally, tries)), settings=chosen)
        except BaseException as failure:
            again = f"TESTS=tests/cascade/test_first_run.py SEED={number_of_run} KINDS={','.join(kinds)}"
            failure.add_note(f"Again: make test {again}")
            raise
        if "SEED" in os.environ:
            return tally
    print(
        f"{tally.steps} steps, {tally.framework} framework placements, {tally.exempted} by exemption, refused: {dict(tally.refused.most_common())}"
    )
    assert tally.framework >= FRAMEWORK_EACH
    assert tally.exempted >= EXEMPTED_EACH
    assert not rare(tally), rare(tally)
    return tally
