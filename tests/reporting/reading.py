"""What the tests of Today and of the lists read with: one world for a whole file, the lines of Today, the rows of a list."""

import contextlib
import csv
import html
import io
import re
from datetime import date, datetime

from django.db import transaction

from council.models import User
from council.working_time import LONDON, day_of
from recruitment.models import Contract
from reporting.reads.contracts import MonthOfContract, burn_up, positions
from reporting.today import Section, sections
from tests.factories import build_world


@contextlib.contextmanager
def one_world(blocker):
    """A world for all tests of a file; what a test changes in it is undone after it."""
    with blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of 2024 in England."""
    return datetime(2024, month, day, hour, minute, tzinfo=LONDON)


def today_of(world, who: str, now: datetime) -> dict[str, Section]:
    """What Today shows somebody at a moment, by the titles of its sections and in their order."""
    user = User.objects.get(pk=world.people[who].pk)
    return {one.title: one for one in sections(user, now, day_of(now))}


def lines(world, who: str, title: str, now: datetime) -> list[tuple[str, str, str, str]]:
    """(text, why, since, address) of each line of one section of Today; none where there is no such section."""
    section = today_of(world, who, now).get(title)
    return [(one.text, one.why, one.since, one.url) for one in section.items] if section else []


def who_sees(world, title: str, now: datetime) -> set[str]:
    return {name for name in world.people if title in today_of(world, name, now)}


def page_of(client, address: str) -> str:
    """The page as a browser reads it: lines of the template make no difference."""
    return " ".join(client.get(address).content.decode().split())


def csv_of(client, address: str) -> list[list[str]]:
    """The lines of a list's CSV, its header first."""
    response = client.get(address + ("&" if "?" in address else "?") + "format=csv")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def column_of(client, address: str, title: str) -> list[str]:
    """One column of a list's CSV, in the order of the list."""
    header, *rows = csv_of(client, address)
    return [row[header.index(title)] for row in rows]


def text_of(markup: str) -> str:
    """What somebody reads of a piece of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def cells_of(client, address: str) -> list[list[tuple[str, str]]]:
    """The rows of a list as its page shows them: of each cell the words and where they lead."""
    page = client.get(address).content.decode()
    body = page.split("<tbody", 1)[1].split("</tbody>")[0] if "<tbody" in page else ""
    found = []
    for row in body.split("<tr")[1:]:
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        found.append([(text_of(cell), "".join(re.findall(r'href="([^"]*)"', cell))) for cell in cells])
    return found


def summary_of(client, address: str) -> str:
    """The sentence above a list: how many rows, their total and as at when; or why there are none."""
    page = client.get(address).content.decode()
    found = re.search(r'<p class="govuk-body" id="list-summary">(.*?)</p>', page, re.S)
    return text_of(found.group(1)).removesuffix(" Download as CSV") if found else ""


def months_of(contract: Contract, on: date) -> list[MonthOfContract]:
    """What the chart of a contract shows as at a day."""
    return burn_up(positions([contract], on)[0], list(contract.approvals.order_by("decided_on", "pk")))
