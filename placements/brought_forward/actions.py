"""Placements that were live on the day a council moved in: one batch, opened and closed once."""

from datetime import date, datetime

from council.actions import action
from council.errors import refuse, require
from council.known import known
from council.models import User
from council.permissions import may
from council.wording import day_name
from council.working_time import day_of
from placements.breaches.workers_found import WorkerFound, enter_found
from placements.models import Basis, BroughtForward, Placement
from recruitment.rules.registration import tidy_registration


def require_bring_forward(by: User, on: date) -> None:
    require(may(by, "bring_forward", on), "bring placements forward: a contract administrator does")


@action
def open_batch(*, by: User, at: datetime, on: date) -> BroughtForward:
    """Begin the one batch of placements that were live on the day the council moved in.

    Refuses: in_future, one_batch.
    """
    require_bring_forward(by, day_of(at))
    if on > day_of(at):
        refuse("in_future", "The day is in the future. Begin on the day the council moves in.", "on")
    if BroughtForward.objects.exists():
        refuse("one_batch", "The batch exists already: a council moves in once.")
    return BroughtForward.objects.create(pk=1, on=on, opened_by=by, opened_at=at)


def _lock_batch() -> BroughtForward:
    batch = BroughtForward.objects.select_for_update(of=("self",)).first()
    if batch is None:
        refuse("no_batch", "Say first on which day the council moved in.")
    if not batch.is_open:
        when = day_name(day_of(known(batch.closed_at)))
        refuse("batch_closed", f"The batch was closed on {when}. Record a worker found later as a breach.")
    return batch


@action
def bring_forward(*, by: User, at: datetime, found: WorkerFound, proof_held: str) -> Placement:
    """Enter one placement that was live on the day the council moved in, with what proof is held, or "none held".

    Refuses: batch_closed, brought_twice, charge_below_pay, dates_wrong, end_before_start, no_batch, no_proof_said, no_registration_number,
    no_working_day, not_funded, not_live, rate_wrong, worker_week_full.
    """
    require_bring_forward(by, day_of(at))
    return _bring(_lock_batch(), found, proof_held, by=by, at=at)


def _bring(batch: BroughtForward, found: WorkerFound, proof_held: str, *, by: User, at: datetime) -> Placement:
    if not proof_held.strip():
        refuse("no_proof_said", "Say what proof is held, or: none held.", "proof_held")
    same = Placement.objects.standing().filter(
        batch=batch,
        worker__registration_number=tidy_registration(found.registration_number),
        starts_on=found.starts_on,
    )
    if same.exists():
        refuse("brought_twice", f"{found.worker_name} is in the batch from that day already.", "registration_number")
    if not found.starts_on <= batch.on <= found.ends_on:
        sentence = f"It was not live on {day_name(batch.on)}, the day the council moved in."
        refuse("not_live", sentence, "starts_on" if found.starts_on > batch.on else "ends_on")
    reason = f"In post when the council moved in on {day_name(batch.on)}"
    return enter_found(
        found, by=by, at=at, reason=reason, basis=Basis.BROUGHT_FORWARD, batch=batch, proof_held=proof_held.strip()
    )


@action
def bring_forward_all(*, by: User, at: datetime, rows: list[tuple[WorkerFound, str]]) -> list[Placement]:
    """Enter a whole spreadsheet, all of it or nothing.

    Refuses: batch_closed, brought_twice, charge_below_pay, dates_wrong, end_before_start, no_batch, no_proof_said, no_registration_number,
    no_working_day, not_funded, not_live, rate_wrong, worker_week_full.
    """
    require_bring_forward(by, day_of(at))
    batch = _lock_batch()
    return [_bring(batch, found, proof_held, by=by, at=at) for found, proof_held in rows]


@action
def close_batch(*, by: User, at: datetime) -> BroughtForward:
    """Nothing is added any more, and it does not open again.

    Refuses: batch_closed, no_batch.
    """
    require_bring_forward(by, day_of(at))
    batch = _lock_batch()
    batch.closed_by, batch.closed_at = by, at
    batch.save()
    return batch
