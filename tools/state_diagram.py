"""Writes docs/states.md from the tables of moves; `--check` fails where the file no longer agrees with them."""

import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / "docs" / "states.md"


def diagram() -> str:
    sys.path.insert(0, str(PROJECT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    from council.permissions import MAY
    from recruitment.exemptions import stages
    from recruitment.models import ExemptionStatus, Status
    from recruitment.requests.stages import MOVES

    lines = [
        "# The stages of a staffing request",
        "",
        "Made by `tools/state_diagram.py` from `recruitment/requests/stages.py`; `make check` compares them.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {Status.REQUESTED.value}",
    ]
    for start, ends in MOVES.items():
        lines += [f"    {Status(start).value} --> {Status(end).value}" for end in sorted(ends)]
        if not ends:
            lines.append(f"    {Status(start).value} --> [*]")
    lines += [
        "```",
        "",
        "# The stages of an exemption, and who moves it",
        "",
        "Made from `recruitment/exemptions/stages.py`. Who decides depends on the value as well, by the council's set-up.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {ExemptionStatus.REQUESTED.value}: {_who(MAY['request_exemption'])}",
    ]
    for start, moves in stages.MOVES.items():
        lines += [
            f"    {ExemptionStatus(start).value} --> {ExemptionStatus(end).value}: {_who(MAY[right])}"
            for end, right in sorted(moves.items())
        ]
        if not moves:
            lines.append(f"    {ExemptionStatus(start).value} --> [*]")
    return "\n".join([*lines, "```", ""])


def _who(roles) -> str:
    return ", ".join(sorted(role.label for role in roles))


if __name__ == "__main__":
    wanted = diagram()
    if "--check" in sys.argv:
        if not TARGET.exists() or TARGET.read_text() != wanted:
            sys.exit(
                "docs/states.md does not agree with the table of moves. Run: .venv/bin/python tools/state_diagram.py"
            )
    else:
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(wanted)
