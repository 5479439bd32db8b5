"""Files under their SHA-256 sum, in the folder that no address serves: written whole or not at all, and read only where whole."""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from council.errors import refuse

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
CANNOT_KEEP = (
    "The server cannot keep files now: its disk is full or may not be written to. Nothing was changed. Try again later, and "
    "tell support."
)


def sum_of(path: Path) -> str:
    """The SHA-256 of what stands at a path, read in pieces; nothing where nothing stands."""
    try:
        with path.open("rb") as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def is_whole(path: Path) -> bool:
    """Whether what stands at a path is what its name, the sum, says."""
    return sum_of(path) == path.name


def keep(content: File, place: Callable[[str], str]) -> str:
    """Keep a content at the `place` of its sum, which is returned; what stands there and is not whole is replaced.

    Raises RuleViolation where the disk takes no more; then nothing of it stays.
    """
    sha256 = hashlib.sha256()
    for chunk in content.chunks():
        sha256.update(chunk)
    path = Path(default_storage.path(place(sha256.hexdigest())))
    if is_whole(path):
        return path.name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, new = tempfile.mkstemp(dir=path.parent, prefix="new-")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(new, 0o644)
            os.replace(new, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(new)
            raise
    except OSError as problem:
        if has_no_room(problem):
            refuse("no_room", CANNOT_KEEP, "file")
        raise
    return path.name


def has_no_room(problem: BaseException | None) -> bool:
    """Whether a disk that is full or may not be written to is what went wrong."""
    return isinstance(problem, OSError) and problem.errno in NO_ROOM
