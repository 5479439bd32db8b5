"""What the guides name is there: a guide that leads nowhere is worse than none."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
GUIDES = ["README.md", "CONTRIBUTING.md", "docs/developing.md", "docs/performance.md", "docs/decisions/README.md"]
PLACE = re.compile(r"`([\w.-]+(?:/[\w.-]*)+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")
MADE_LATER = ("var/", ".venv/")


def places_in(guide: str) -> set[str]:
    text = (PROJECT / guide).read_text()
    folder = Path(guide).parent
    return set(PLACE.findall(text)) | {str(folder / link) for link in LINK.findall(text)}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_place_a_guide_names_exists(guide):
    rooms = [path.name for path in PROJECT.iterdir() if path.is_dir()]
    named = {one for one in places_in(guide) if one.split("/")[0] in rooms and not one.startswith(MADE_LATER)}
    assert [one for one in sorted(named) if not (PROJECT / one).exists()] == []


def test_the_walk_through_the_house_names_what_is_there():
    text = (PROJECT / "docs/developing.md").read_text()
    for name, place in re.findall(r"`(\w+)` in `([\w/]+\.py)`", text):
        assert re.search(rf"^(class|def) {name}\b|^{name} = ", (PROJECT / place).read_text(), re.M), (name, place)
