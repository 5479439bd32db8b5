"""The team's own spreadsheet: read by the template's headers, every fault named with its line, nothing entered by halves."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal as D

import openpyxl
import pytest

from council.tables.reader import CannotRead
from placements.brought_forward.reading import COLUMNS, EXAMPLE, read

GOOD = {
    "team": "North",
    "job_type": "Social worker",
    "kind": "",
    "registration_number": "sw 123 456",
    "worker_name": "Rowan Exampleton",
    "agency": "pertemps",
    "contract": "corp",
    "starts_on": "4 December 2023",
    "ends_on": "28/03/2024",
    "hours_per_week": "18.5",
    "pattern": "",
    "pay_rate": "",
    "charge_rate": "£41.00",
    "proof_held": "none held",
}


def preview(tmp_path, rows: list[dict], headers=None):
    path = tmp_path / "file.csv"
    with open(path, "w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(headers or COLUMNS.values())
        writer.writerows([[cells[key] for key in COLUMNS] for cells in rows])
    return read(path, "file.csv")


def test_a_row_is_read_as_people_write(world, tmp_path):
    ((line, found, proof),) = preview(tmp_path, [GOOD]).rows
    assert (line, proof) == (2, "none held")
    assert (found.team, found.agency, found.contract) == (world.team, world.pertemps, world.corporate)
    assert (found.registration_number, found.hours_per_week, found.pay_rate) == ("SW123456", D("18.5"), None)
    assert (found.starts_on, found.ends_on) == (date(2023, 12, 4), date(2024, 3, 28))
    assert (found.kind, found.pattern, found.charge_rate) == ("vacant_post", "weekdays", D("41.00"))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"team": "Nowhere"}, "Team “Nowhere” is not the name of one team of the council."),
        ({"team": ""}, "Team is empty."),
        ({"job_type": "Nurse"}, "Role “Nurse” is not a role of the tracker."),
        ({"registration_number": "12345"}, "Registration number “12345” is not two letters and digits, like SW12345."),
        ({"agency": "Unknown"}, "Agency “Unknown” is not an agency of the tracker."),
        ({"contract": "X-1"}, "Contract “X-1” is not a contract of the tracker."),
        ({"starts_on": "soon"}, "Start “soon” is not a date, like 27 March 2026."),
        ({"ends_on": "1 December 2023"}, "The end is before the start. Check both dates."),
        ({"hours_per_week": "60"}, "Hours per week “60” is not a number of hours up to 48."),
        ({"charge_rate": "-41"}, "Charge rate “-41” is not an amount above zero, like 41.50."),
        ({"pattern": "Nights"}, "Working pattern “Nights” is not “Monday to Friday” or “Seven days”."),
        ({"proof_held": ""}, "Proof held is empty."),
    ],
)
def test_a_fault_is_named_with_its_line(world, tmp_path, changes, fault):
    found = preview(tmp_path, [GOOD, GOOD | {"registration_number": "SW1000"} | changes])
    assert found.faults == [(3, fault)]
    assert len(found.rows) == 1


def test_the_same_worker_and_start_twice(world, tmp_path):
    found = preview(tmp_path, [GOOD, GOOD])
    assert found.faults == [(3, "It is the same worker and start as line 2. Take one of them out.")]


def test_two_teams_of_one_name_are_not_guessed(world, tmp_path):
    type(world.team).objects.create(service=world.other_team.service, name="North", cost_centre="X")
    assert preview(tmp_path, [GOOD]).faults == [(2, "Team “North” is not the name of one team of the council.")]


def test_without_the_templates_headers_it_is_not_read(world, tmp_path):
    headers = list(COLUMNS.values())
    with pytest.raises(CannotRead, match="These columns are missing: Charge rate"):
        preview(tmp_path, [GOOD], [*headers[:-2], "Rate", headers[-1]])
    with pytest.raises(CannotRead, match="The headers of the template were not found"):
        preview(tmp_path, [GOOD], [f"Column {n}" for n in range(len(headers))])
    with pytest.raises(CannotRead, match="no rows below its headers"):
        preview(tmp_path, [])


def test_a_workbook_with_real_dates_and_numbers(world, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Who was in post on the day"])
    sheet.append(list(COLUMNS.values()))
    cells = GOOD | {"starts_on": datetime(2023, 12, 4), "hours_per_week": 37, "charge_rate": 41.5}
    sheet.append([cells[key] for key in COLUMNS])
    path = tmp_path / "file.xlsx"
    book.save(path)
    ((line, found, _),) = read(path, "file.xlsx").rows
    assert (line, found.starts_on, found.hours_per_week, found.charge_rate) == (3, date(2023, 12, 4), D(37), D("41.5"))


def test_the_template_downloads_and_reads_back(world, client_of, tmp_path):
    response = client_of("administrator").get("/brought-forward/template/")
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert rows == [list(COLUMNS.values()), EXAMPLE]


def test_hostile_files_get_a_sentence(world, client_of, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from placements.brought_forward import actions as brought_forward_actions
    from tests.factories.small_council import AFTER_WINDOW

    brought_forward_actions.open_batch(by=world.administrator, at=AFTER_WINDOW, on=date(2024, 1, 8))
    client = client_of("administrator")
    for content in (b"%PDF-1.4", b"PK\x03\x04broken", b"\x00\x01\x02", b"a,b,c\n1,2,3\n", b"\xd0\xcf\x11\xe0old"):
        file = SimpleUploadedFile("x.xlsx", content)
        page = client.post("/brought-forward/spreadsheet/", {"file": file})
        assert page.status_code == 200
        assert "There is a problem" in page.content.decode(), content
    again = client.post("/brought-forward/spreadsheet/", {"confirmed": "yes", "sealed": "forged"}, follow=True)
    assert "The file was read too long ago. Choose it again." in again.content.decode()
