"""What files may stand beside, and who may see and add them. Each room names its own kinds when it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import Model, Q, QuerySet

from council import kept_files
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


def files_visible_to(user: User) -> QuerySet[Attachment]:
    """The files beside rows the person sees, of every kind."""
    beside = Q(pk__in=[])
    for kind, one in ATTACHABLE.items():
        beside |= Q(kind=kind, subject__in=one.visible(user).values("pk"))
    return Attachment.objects.filter(beside)


def path_of(sha256: str) -> str:
    """Where a content is stored, below the folder of files that no address serves."""
    return f"attachments/{sha256[:2]}/{sha256}"


def is_unchanged(attachment: Attachment) -> bool:
    """Whether the stored content is still the one that was added."""
    return kept_files.is_whole(Path(default_storage.path(path_of(attachment.sha256))))
