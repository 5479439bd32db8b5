"""Adding a file beside what it proves, and marking one that was added in error."""

from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.base import File
from django.db.models import Model

from council.actions import action
from council.attachments import ATTACHABLE, path_of, subject_for
from council.errors import refuse, require, require_reason
from council.file_types import content_type_of
from council.kept_files import keep
from council.models import Attachment, User
from council.permissions import may
from council.working_time import day_of


@action
def attach(
    *,
    by: User,
    at: datetime,
    kind: str,
    subject: Model,
    file: File,
    name: str,
    title: str,
    fit_to_publish: bool = False,
) -> Attachment:
    """Keep a file beside a row. Its kind is told by its content; what is not taken is refused in words.

    Refuses: file_bomb, file_broken, file_empty, file_kind, file_locked, file_macros, file_name, file_not_what_it_says, file_too_large,
    file_two_endings, no_room, no_title.
    """
    return put_beside(
        by=by, at=at, kind=kind, subject=subject, file=file, name=name, title=title, fit_to_publish=fit_to_publish
    )


def put_beside(
    *,
    by: User,
    at: datetime,
    kind: str,
    subject: Model,
    file: File,
    name: str,
    title: str,
    fit_to_publish: bool = False,
) -> Attachment:
    """What `attach` does, within the action that a file comes with, so that the history names that one."""
    require(may(by, ATTACHABLE[kind].right, day_of(at)), "add files")
    require(subject_for(by, kind, subject.pk) is not None, "add files here")
    require(not fit_to_publish or may(by, "publish", day_of(at)), "say which files are fit to publish")
    if not title.strip():
        refuse("no_title", "Say what the file is.", "title")
    content_type = content_type_of(name, file.size, cast(BinaryIO, file))
    sha256 = keep(file, path_of)
    return Attachment.objects.create(
        kind=kind,
        subject=subject.pk,
        title=title.strip(),
        file_name=name,
        content_type=content_type,
        size=file.size,
        sha256=sha256,
        fit_to_publish=fit_to_publish,
        uploaded_by=by,
        uploaded_at=at,
    )


@action
def void_attachment(*, by: User, at: datetime, attachment: Attachment, reason: str) -> Attachment:
    """Mark a file as added in error. It stays, since something may have been decided on it.

    Refuses: already_voided, no_reason, own_entry.
    """
    require(may(by, "attach", day_of(at)), "mark files as added in error")
    require(subject_for(by, attachment.kind, attachment.subject) is not None, "mark files here")
    attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
    if attachment.voided_at:
        refuse("already_voided", "This file is marked as added in error already.")
    if attachment.uploaded_by_id == by.pk:
        refuse("own_entry", "You added this file, so somebody else marks it as added in error.")
    require_reason(reason, "Say what was wrong.")
    attachment.voided_at, attachment.voided_by, attachment.void_reason = at, by, reason.strip()
    attachment.save()
    return attachment


@action
def mark_fit_to_publish(*, by: User, at: datetime, attachment: Attachment, fit: bool) -> Attachment:
    """Whether a file may go into a public copy of an evidence pack."""
    require(may(by, "publish", day_of(at)), "say which files are fit to publish")
    require(subject_for(by, attachment.kind, attachment.subject) is not None, "mark files here")
    attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
    attachment.fit_to_publish = fit
    attachment.save()
    return attachment
