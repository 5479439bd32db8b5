"""Long work: put in a row, done by `manage.py work`, watched by a page."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from council.errors import NotAllowed, RuleViolation
from council.models import Job, User

logger = logging.getLogger("jobs")


@dataclass(frozen=True)
class JobKind:
    """`run(job, progress)` returns a closing message; `failed(job, sentence)` tidies up after a failure."""

    run: Callable[[Job, Callable[[int], None]], str]
    failed: Callable[[Job, str], None]


KINDS: dict[str, JobKind] = {}
HOUSEKEEPING: list[Callable[[], None]] = []  # called about once a minute by `manage.py work`


def enqueue(kind: str, subject: int, by: User) -> Job:
    """Have a job done; one that already waits for the same is enough."""
    if kind not in KINDS:
        raise KeyError(f"No job of kind {kind}")
    waiting = Job.objects.filter(kind=kind, subject=subject, status=Job.Status.WAITING).first()
    return waiting or Job.objects.create(kind=kind, subject=subject, asked_by=by)


def run_next() -> bool:
    """Do the oldest waiting job, whoever else is looking; False when there is none."""
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(status=Job.Status.WAITING).order_by("pk").first()
        if job is None:
            return False
        job.status, job.started_at = Job.Status.RUNNING, timezone.now()
        job.save()
    kind = KINDS[job.kind]
    try:
        message, status = kind.run(job, _progress_of(job)), Job.Status.DONE
    except (RuleViolation, NotAllowed) as refused:
        message, status = str(refused), Job.Status.FAILED
    except Exception:
        logger.exception("A job failed", extra={"job": job.pk})
        message, status = (
            "Something went wrong on our side, and nothing was changed. Try again; if it stays, tell support.",
            Job.Status.FAILED,
        )
    if status == Job.Status.FAILED:
        kind.failed(job, message)
    Job.objects.filter(pk=job.pk).update(status=status, message=message, finished_at=timezone.now())
    return True


def _progress_of(job: Job) -> Callable[[int], None]:
    """Progress goes through a connection of its own, or nobody would see it before the job's transaction ends."""

    def report(done: int) -> None:
        aside = connection.copy()
        try:
            with aside.cursor() as cursor:
                cursor.execute("update council_job set done = %s where id = %s", [done, job.pk])
        finally:
            aside.close()

    return report


def forget_interrupted() -> None:
    """Jobs a killed worker left running have changed nothing: they wait again. Called when a worker starts alone."""
    for job in Job.objects.filter(status=Job.Status.RUNNING):
        if job.interruptions:  # it may be what brought the worker down
            message = "This was interrupted twice, and nothing was changed. Try a smaller file."
            KINDS[job.kind].failed(job, message)
            Job.objects.filter(pk=job.pk).update(status=Job.Status.FAILED, message=message, finished_at=timezone.now())
        else:
            Job.objects.filter(pk=job.pk).update(status=Job.Status.WAITING, started_at=None, interruptions=1)
