"""What files may stand beside, and who may see and add them. Each room names its own kinds when it is loaded."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import Model, QuerySet

from council.models import Attachment, User


@dataclass(frozen=True)
class Attachable:
    """`visible(user)` are the rows the person sees; `right` is what somebody needs to add a file to one of them."""

    visible: Callable[[User], QuerySet]
    right: str = "attach"


ATTACHABLE: dict[str, Attachable] = {}


def subject_for(user: User, kind: str, key: int) -> Model | None:
    """The row a file stands beside, if the person sees it."""
    if kind not in ATTACHABLE:
        return None
    return ATTACHABLE[kind].visible(user).filter(pk=key).first()


def path_of(sha256: str) -> str:
    """Where a content is stored, below the folder of files that no address serves."""
    return f"attachments/{sha256[:2]}/{sha256}"


def keep(content: File, sha256: str) -> None:
    """Store a content under its sum, whole or not at all; what stands there already and is not whole is replaced."""
    path = path_of(sha256)
    if _sum_of(path) == sha256:
        return
    new = default_storage.save(f"{path}.new", content)
    try:
        os.replace(default_storage.path(new), default_storage.path(path))
    finally:
        default_storage.delete(new)


def _sum_of(path: str) -> str:
    """The sum of what is stored at a path; nothing where nothing is."""
    if not default_storage.exists(path):
        return ""
    with default_storage.open(path) as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()


def is_unchanged(attachment: Attachment) -> bool:
    """Whether the stored content is still the one that was added."""
    return _sum_of(path_of(attachment.sha256)) == attachment.sha256
