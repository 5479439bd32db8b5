"""A supplier's e-mail that came with its answer: the mail worker looks at its signature, and what is the supplier's own word counts as that."""

import logging
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from council import outbox
from council.actions import THE_CLOCK, action
from council.attachments import is_unchanged, path_of
from council.known import known
from council.models import Attachment
from recruitment.contracts.addresses import own_domain
from recruitment.models import SAID_BY_SUPPLIERS, Outcome, OwnMail, Release, Statement, WitnessKind
from recruitment.reads.requests import lock_vacancy
from recruitment.witnesses.actions import attach
from recruitment.witnesses.signed_mail import About, Finding, examine

logger = logging.getLogger("jobs")
MAY_FALL_AWAY = (WitnessKind.SILENCE, WitnessKind.TOLD, WitnessKind.EMERGENCY)
AGAIN, TRIED_FOR = timedelta(hours=1), timedelta(days=7)  # where a key could not be looked up


def check_mails(now: datetime | None = None) -> None:
    """Look at every e-mail that came with an unsuccessful answer and was not looked at. About once a minute, by `manage.py work`."""
    now = now or timezone.now()
    if not outbox.may_say_what_went():
        return
    for release in to_check(now).select_related("answer_file", "answered_by", "contract__agency"):
        attachment = known(release.answer_file)
        try:
            finding = _look_at(release, attachment)
            note_finding(by=THE_CLOCK, at=now, release=release, attachment=attachment, finding=finding)
        except Exception:  # whatever a mail holds, the others are looked at
            logger.exception("The e-mail of %s could not be looked at", release.reference)


def to_check(now: datetime) -> QuerySet[Release]:
    """Failures whose e-mail was not looked at to the end, nor within the last hour."""
    checks = OwnMail.objects.filter(attachment=OuterRef("answer_file"))
    done = checks.filter(is_final=True)
    lately = checks.filter(checked_at__gt=now - AGAIN)
    rows = Release.objects.standing().filter(outcome=Outcome.NOT_SECURED, position__gt=0)
    rows = rows.filter(answer_file__content_type="message/rfc822", answer_file__uploaded_at__gt=now - TRIED_FOR)
    return rows.filter(~Exists(done), ~Exists(lately)).order_by("pk")


def _look_at(release: Release, attachment: Attachment) -> Finding:
    if not is_unchanged(attachment):
        return Finding(why="Its content on disk has changed or is gone.")
    agency = release.contract.agency
    about = About(str(agency), own_domain(agency), release.reference, release.sent_at, attachment.uploaded_at)
    return examine(Path(default_storage.path(path_of(attachment.sha256))).read_bytes(), about)


@action
def note_finding(*, by: str, at: datetime, release: Release, attachment: Attachment, finding: Finding) -> OwnMail:
    """Keep what an e-mail was found to be. One that counts is the supplier's own words, and makes its failure proof."""
    lock_vacancy(release.vacancy)
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if finding.counts and (why := _overtaken(release, finding)):
        finding = replace(finding, counts=False, why=why)
    found = OwnMail.objects.create(release=release, attachment=attachment, **asdict(finding))
    if not found.counts or release.outcome != Outcome.NOT_SECURED or release.voided_at:
        return found
    statement = Statement.objects.create(
        release=release,
        kind=Statement.Kind.CANNOT_SUPPLY,
        own_mail=found,
        unseen=True,
        said_by=found.sender,
        words=found.words,
        sent={"sha256": attachment.sha256},
        received_at=known(found.dated_at),
    )
    if not release.proven or release.witness_kind in MAY_FALL_AWAY:
        release.refresh_from_db()
        attach(release, WitnessKind.CANNOT_SUPPLY, statement=statement)
    return found


def _overtaken(release: Release, finding: Finding) -> str:
    """Why a mail that says no is not the answer that was recorded; empty where it is."""
    if release.submissions.standing().filter(received_at__gt=known(finding.dated_at)).exists():
        return "A candidate came after it was written, so it takes a colleague to confirm the answer."
    if release.reason not in SAID_BY_SUPPLIERS:
        return "The answer that was recorded is not one that a supplier gives, so it takes a colleague to confirm it."
    return ""
