"""The files that stand beside what a case shows."""

from council.models import Attachment
from reporting.evidence.names import Names
from reporting.evidence.sections import AttachedFile


def attached(beside: dict[tuple[str, int], str], names: Names) -> list[AttachedFile]:
    """The files beside rows, by kind and key; of a public copy only those marked fit to publish."""
    found = []
    keys: dict[str, list[int]] = {}
    for kind, key in beside:
        keys.setdefault(kind, []).append(key)
    for kind, subjects in sorted(keys.items()):
        for one in Attachment.objects.of(kind, subjects).standing():
            if names.is_public and not one.fit_to_publish:
                continue
            ending = one.file_name.rsplit(".", 1)[-1].lower()
            name = f"file-{one.pk}.{ending}" if names.is_public else f"{one.pk}-{one.file_name}"
            found.append(AttachedFile(f"files/{name}", names.text(one.title), one.sha256, beside[kind, one.subject]))
    return found
