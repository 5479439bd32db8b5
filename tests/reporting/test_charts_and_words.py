"""Charts as geometry, worked out by hand; the colours and words of stages; cells of exports; the menu; whose message it is."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.test import RequestFactory

from council.models import ClosedDay, Deputy, Digest
from placements.models import PaymentImport
from recruitment.models import ExemptionDecision, ExemptionStatus, MeetingItem, Outcome, Stage, Status
from reporting.chart import Series, column_chart, line_chart, short_money
from reporting.digest import send_digests, text_of, why
from reporting.evidence.sections import Entry, shown
from reporting.exports import csv_response, safe_cell
from reporting.reads.proof import STANDINGS
from reporting.reads.spend import SPEND
from reporting.templatetags.wording import BELOW, MENU, TAG_COLOURS, columnword, navigation, tag
from reporting.today import Item, Section
from tests.reporting.money_cases import at

THURSDAY = at(1, 11, 9)


def money(*values) -> list[D | None]:
    return [None if value is None else D(value) for value in values]


class TestColumns:
    """The plot is 870 wide from 70, and 352 high from 24 to 376; a column takes 64% of its month."""

    def chart(self):
        series = [
            Series("no_response", "No response", money(2, 0)),
            Series("specialist", "Specialist", money(1, 4)),
            Series("other", "Other", money(0, None)),
        ]
        return column_chart(["Jan", "Feb"], series)

    def test_columns_stand_on_each_other(self):
        assert self.chart()["bars"] == [
            {"x": 148.3, "y": 200.0, "width": 278.4, "height": 175.0, "fill": "#12436D"},
            {"x": 148.3, "y": 112.0, "width": 278.4, "height": 87.0, "fill": "#28A197"},
            {"x": 583.3, "y": 24.0, "width": 278.4, "height": 351.0, "fill": "#28A197"},
        ]

    def test_the_grid_goes_from_nothing_to_the_highest_column(self):
        chart = self.chart()
        assert [(one["y"], one["text"]) for one in chart["ticks"]] == [
            (376.0, "0"),
            (288.0, "1"),
            (200.0, "2"),
            (112.0, "3"),
            (24.0, "4"),
        ]
        assert [one["text_y"] - one["y"] for one in chart["ticks"]] == [5] * 5
        assert (chart["base"], chart["left"], chart["right"], chart["label_y"]) == (376.0, 70, 940, 402)
        assert chart["labels"] == [{"x": 287.5, "text": "Jan"}, {"x": 722.5, "text": "Feb"}]

    def test_only_what_is_drawn_is_in_the_key(self):
        assert self.chart()["key"] == [
            {"name": "No response", "fill": "#12436D"},
            {"name": "Specialist", "fill": "#28A197"},
        ]

    @pytest.mark.parametrize(
        ("labels", "values"), [([], []), (["Jan"], [None]), (["Jan", "Feb"], [0, 0])], ids=["none", "empty", "zeros"]
    )
    def test_nothing_to_draw_is_no_chart(self, labels, values):
        assert column_chart(labels, [Series("other", "Other", money(*values))]) == {}

    @pytest.mark.parametrize(("count", "shown_"), [(12, 12), (13, 7), (24, 12), (25, 9)])
    def test_at_most_twelve_months_are_named(self, count, shown_):
        chart = column_chart([str(n) for n in range(count)], [Series("other", "Other", money(*[1] * count))])
        assert len(chart["labels"]) == shown_
        assert chart["labels"][0]["text"] == "0"

    @pytest.mark.parametrize(
        ("highest", "ticks"),
        [
            (1, ["0", "1"]),
            (5, ["0", "1", "2", "3", "4", "5"]),
            (6, ["0", "2", "4", "6"]),
            (10, ["0", "2", "4", "6", "8", "10"]),
            (47, ["0", "10", "20", "30", "40", "50"]),
            (60, ["0", "20", "40", "60"]),
            (110, ["0.0", "25.0", "50.0", "75.0", "100.0", "125.0"]),
        ],
    )
    def test_grid_lines_are_a_round_distance_apart(self, highest, ticks):
        chart = column_chart(["Jan"], [Series("other", "Other", money(highest))])
        assert [D(one["text"]) for one in chart["ticks"]] == [D(text) for text in ticks]


class TestLines:
    """The plot is 700 wide from 70 to 770, and 352 high from 24 to 376."""

    def chart(self):
        booked = Series("booked", "Booked", money(0, 500000, 1000000))
        return line_chart(["Jan", "Feb", "Mar"], [booked, Series("paid", "Paid", money(None, 600000, None))])

    def test_lines_go_through_what_is_known(self):
        booked, paid = self.chart()["series"]
        assert booked["points"] == "70.0,376.0 420.0,235.2 770.0,94.4"
        assert booked["end"] == {"x": 780.0, "y": 99.4, "text": "Booked £1m"}
        assert (booked["stroke"], booked["dash"], booked["ink"]) == ("#12436D", "", "#12436D")
        assert paid["points"] == "420.0,207.0"
        assert paid["end"] == {"x": 430.0, "y": 212.0, "text": "Paid £600k"}
        assert (paid["stroke"], paid["dash"], paid["ink"]) == ("#28A197", "10 6", "#0a6b63")

    def test_the_grid_leaves_room_above_the_highest_point(self):
        chart = self.chart()
        texts = [one["text"] for one in chart["ticks"]]
        assert texts == ["£0", "£250k", "£500k", "£750k", "£1m", "£1.25m"]
        assert (chart["ticks"][0]["y"], chart["ticks"][5]["y"], chart["base"]) == (376.0, 24.0, 376.0)
        assert (chart["left"], chart["right"]) == (70, 770)

    def test_a_negative_value_lies_below_the_base(self):
        chart = line_chart(["Jan", "Feb"], [Series("share", "Share", money(-100, 100))], lambda value: f"{value:.0f}%")
        assert chart["base"] == 219.6  # from -100 to 125
        assert chart["series"][0]["points"] == "70.0,376.0 770.0,63.1"
        assert chart["series"][0]["end"]["text"] == "Share 100%"

    def test_nothing_but_zeros_is_a_line_on_the_base(self):
        chart = line_chart(["Jan", "Feb"], [Series("share", "Share", money(0, 0))])
        assert chart["series"][0]["points"] == "70.0,376.0 770.0,376.0"
        assert len(chart["ticks"]) == 2

    @pytest.mark.parametrize(("labels", "values"), [(["Jan"], [1]), (["Jan", "Feb"], [None, None])])
    def test_nothing_to_draw_is_no_chart(self, labels, values):
        assert line_chart(labels, [Series("share", "Share", money(*values))]) == {}

    def test_a_series_without_values_is_left_out(self):
        chart = line_chart(["a", "b"], [Series("paid", "Paid", money(None, None)), Series("booked", "B", money(1, 2))])
        assert [one["name"] for one in chart["series"]] == ["B"]

    @pytest.mark.parametrize(("count", "shown_"), [(8, 8), (9, 5), (16, 8), (17, 6)])
    def test_at_most_eight_months_are_named(self, count, shown_):
        chart = line_chart([str(n) for n in range(count)], [Series("paid", "Paid", money(*[1] * count))])
        assert len(chart["labels"]) == shown_

    def test_three_labels_at_one_height_lie_apart(self):
        series = [Series(key, key, money(1, 10)) for key in ("booked", "paid", "approved")]
        ends = [one["end"]["y"] for one in line_chart(["a", "b"], series)["series"]]
        assert [end - ends[0] for end in ends] == [0, 20, 40]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "£0"),
        (999_499, "£999k"),
        (1_000_000, "£1m"),
        (1_050_000, "£1.05m"),
        (1_500_000, "£1.5m"),
        (-2_000_000, "£-2m"),
    ],
)
def test_money_in_short(amount, text):
    assert short_money(D(amount)) == text


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("Breach, not authorised", "red"),
        ("Breach, authorised after the start", "yellow"),
        ("Proof recorded late", "yellow"),
        ("Proved", "green"),
        ("Over value", "red"),
        ("Running", "green"),
        ("Taken back", "grey"),
        ("Time has ended", "yellow"),
        ("Reached", "red"),
        ("Near", "yellow"),
    ],
)
def test_a_stage_has_its_colour(text, colour):
    assert tag(text) == f'<strong class="govuk-tag govuk-tag--{colour}">{text}</strong>'


def test_a_stage_without_a_colour_is_a_mistake_here_and_grey_for_people(settings):
    with pytest.raises(LookupError, match="“No such stage” has no colour"):
        tag("No such stage")
    settings.TAGS_ARE_KNOWN = False
    assert tag("No such stage") == '<strong class="govuk-tag govuk-tag--grey">No such stage</strong>'
    assert "<b>" not in tag("<b>x</b>")


STATES = [
    Status,
    Outcome,
    Stage,
    ExemptionStatus,
    ExemptionDecision.Decision,
    MeetingItem.Decision,
    PaymentImport.Status,
]


@pytest.mark.parametrize("states", STATES, ids=lambda states: states.__qualname__)
def test_every_state_a_page_shows_as_a_tag_has_a_colour(states):
    assert {str(label) for label in states.labels} <= set(TAG_COLOURS)


def test_every_stage_of_a_report_has_a_colour_of_its_own():
    words = [
        *STANDINGS.values(),
        *(SPEND[name] for name in ("on_contract", "off_contract", "after_start", "unauthorised")),
    ]
    words += [one.label for one in Outcome] + [
        one.label for one in ExemptionStatus if one not in (ExemptionStatus.ENDED,)
    ]
    assert [text for text in words if text not in TAG_COLOURS] == []


@pytest.mark.parametrize(("role", "word"), [("cost_centre", "Cost centre"), ("service_to", "Service to"), ("x", "x")])
def test_a_column_of_a_payments_file_has_its_words(role, word):
    assert columnword(role) == word


ALL = {"view": True, "view_money": True, "admin": True}


def menu(path: str, rights: dict) -> list[dict]:
    return navigation({"request": RequestFactory().get(path), "rights": rights})


@pytest.mark.parametrize(
    ("rights", "texts"),
    [
        ({}, ["Today"]),
        ({"view": True}, ["Today", "Requests", "Sent", "Placements", "Permanent starts", "Workers", "Breaches"]),
        (ALL, [text for text, _, _ in MENU]),
        ({"admin": True}, ["Today", "Set-up"]),
    ],
)
def test_the_menu_holds_what_the_person_may_open(rights, texts):
    assert [item["text"] for item in menu("/", rights)] == texts


@pytest.mark.parametrize(
    ("path", "text", "here"),
    [
        ("/", "Today", "page"),
        ("/requests/", "Requests", "page"),
        ("/requests/1/", "Requests", "true"),
        ("/meetings/sheet/", "Requests", "true"),
        ("/candidates/", "Sent", "true"),
        ("/suppliers/", "Sent", "true"),
        ("/reviews/1/", "Exemptions", "true"),
        ("/assurance/", "Breaches", "true"),
        ("/documents/", "Figures", "true"),
        ("/position/", "Figures", "page"),
    ],
)
def test_the_menu_says_where_one_is(path, text, here):
    assert [(item["text"], item["here"]) for item in menu(path, ALL) if item["here"]] == [(text, here)]


def test_what_lies_below_the_menu_belongs_to_an_item_of_it():
    assert set(BELOW) <= {url for _, url, _ in MENU}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("|x", "'|x"),
        ("%x", "'%x"),
        ("\rx", "'\rx"),
        ("a=b", "a=b"),
        (True, "True"),
        (datetime(2024, 7, 1, 23, 30, tzinfo=UTC), "2024-07-02 00:30"),  # summer time
        (datetime(2024, 1, 1, 23, 30, tzinfo=UTC), "2024-01-01 23:30"),
        (D("1234.50"), "1234.50"),
        ("", ""),
    ],
)
def test_a_cell_says_the_time_of_england_and_runs_nothing(value, cell):
    assert safe_cell(value) == cell


def test_a_csv_that_breaks_off_says_so_in_its_last_line():
    def rows():
        yield ["a"]
        raise RuntimeError

    pieces = iter(csv_response("x.csv", ["A"], rows()))
    found = []
    with pytest.raises(RuntimeError):
        found.extend(pieces)
    assert b"".join(found).decode().splitlines()[-1].startswith("INCOMPLETE: ")


def test_a_csv_opens_as_it_was_meant():
    response = csv_response("x.csv", ["A", "B"], [["ä", None], ["=1", D("2.00")]])
    assert response.getvalue() == "\ufeffA,B\r\nä,\r\n'=1,2.00\r\n".encode()
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="x.csv"'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (True, "Yes"),
        (False, "No"),
        (date(2024, 1, 8), "8 January 2024"),
        (datetime(2024, 7, 1, 23, 30, tzinfo=UTC), "2 July 2024, 00:30"),
        (D("1234.5"), "£1,234.50"),
        (3, "3"),
        ("x", "x"),
    ],
)
def test_a_value_as_the_evidence_says_it(value, text):
    assert shown(value) == text
    assert Entry("x").add("A", value).facts == ([("A", text)] if text else [])


class TestTheMessageOfADay:
    def test_each_thing_is_named_by_its_reference_alone(self):
        items = [Item("EX-1: for Ann Example", "x", "today", "/x/1/")]
        sections = [Section("Exemptions to decide", 1, items, "/x/"), Section("Answers", 2, [])]
        assert text_of(sections) == (
            "Exemptions to decide: 1\n  EX-1, today: http://127.0.0.1:8000/x/1/\n\n"
            "Answers: 2\n  and 2 more: http://127.0.0.1:8000/"
        )

    @pytest.mark.parametrize(
        ("day", "words"),
        [
            (9, "as auditor"),
            (10, "as auditor and deputy of The director"),
            (12, "as auditor and deputy of The director"),
            (13, "as auditor"),
        ],
    )
    def test_it_says_as_whom(self, world, day, words):
        days = {"starts_on": date(2024, 1, 10), "ends_on": date(2024, 1, 12)}
        for approval in ("exemption", "breach"):
            Deputy.objects.create(approval=approval, for_user=world.director, user=world.auditor, **days)
        assert why(world.auditor, date(2024, 1, day)) == f"these things wait for you {words}"

    def test_one_thing_waits_and_two_things_wait(self, world):
        for day, title in ((11, "1 thing waits for you"), (12, "2 things wait for you")):
            exemption = world.commented(world.exemption())
            world.witness(exemption.needs.get().proof)
            send_digests(at(1, day, 9), date(2024, 1, day))
            message = Digest.objects.get(user=world.director, on=date(2024, 1, day)).message
            assert message.title == title

    def test_not_on_a_day_the_council_is_closed_nor_to_who_has_left(self, world):
        world.breach()
        ClosedDay.objects.create(on=THURSDAY.date(), name="Moving house")
        assert send_digests(THURSDAY, THURSDAY.date()) == 0
        world.director.is_active = False
        world.director.save()
        send_digests(at(1, 12, 9), date(2024, 1, 12))
        assert not Digest.objects.filter(user=world.director).exists()
