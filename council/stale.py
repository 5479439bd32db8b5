"""Two people at the same row: the second is told what the first one changed."""

from typing import NoReturn

from django.db import models

from council.errors import refuse
from council.history import changed_since


def refuse_changed(fresh: models.Model, version: int) -> NoReturn:
    """Tell the second of two people what the first one changed. Nothing they typed is lost: the form comes back filled."""
    what = changed_since(fresh, version) or "Somebody changed it"
    refuse(
        "changed_meanwhile",
        f"While you had {fresh} open: {what}. Check your entries below against that, then send them again.",
    )
