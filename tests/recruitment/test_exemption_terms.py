"""An exemption's days and value beside those of its requests, and its VAT."""

from datetime import date
from decimal import Decimal as D

import pytest

from council.errors import RuleViolation
from recruitment.models import Exemption
from recruitment.reads.exemptions import compared_words, requests_ask, words_of_requests
from recruitment.rules.exemption import RequestsAsk, compared, vat_refusal, with_vat
from tests.conftest import refused_as

# 22 January to 21 April 2024: 13 weeks of 37 hours at £42.00, without Good Friday and Easter Monday.
ESTIMATE = D("19580.40")
ASKED = RequestsAsk(date(2024, 1, 22), date(2024, 4, 21), ESTIMATE)


@pytest.mark.parametrize(
    ("value", "including", "why", "code"),
    [
        ("100.00", "120.00", "", None),
        ("100.01", "120.01", "", None),
        ("0.03", "0.04", "", None),  # 0.036
        ("0.02", "0.02", "", None),  # 0.024
        ("100.00", "100.00", "", "vat_differs"),
        ("100.00", "120.01", "", "vat_differs"),
        ("100.00", "119.99", " ", "vat_differs"),
        ("100.00", "100.00", "The supply is exempt.", None),
        ("100.00", "99.99", "The supply is exempt.", "vat_below_net"),
    ],
)
def test_including_vat_follows_from_excluding_it_unless_somebody_says_why(value, including, why, code):
    refusal = vat_refusal(D(value), D(including), why)
    assert (refusal and refusal.code) == code


def test_the_sentence_says_what_it_would_be():
    refusal = vat_refusal(D("30000.00"), D("30000.00"), "")
    assert refusal is not None
    assert refusal.sentence == (
        "£30,000.00 is £36,000.00 including VAT at 20%. Leave it empty, or say below why VAT differs."
    )
    assert with_vat(D("0.125")) == D("0.15")


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "value", "words"),
    [
        (date(2024, 1, 22), date(2024, 4, 21), ESTIMATE, "It stays within their days and their estimate."),
        (date(2024, 1, 21), date(2024, 4, 21), ESTIMATE, "It begins 1 day before them."),
        (date(2024, 1, 22), date(2024, 4, 23), ESTIMATE, "It ends 2 days after them."),
        (date(2024, 1, 22), date(2024, 4, 21), ESTIMATE + D("0.01"), "It is for £0.01 more than their estimate."),
        (
            date(2024, 1, 20),
            date(2024, 4, 22),
            D("30000.00"),
            "It begins 2 days before them, and ends 1 day after them, and is for £10,419.60 more than their estimate.",
        ),
    ],
)
def test_how_an_exemption_differs_from_its_requests(starts_on, ends_on, value, words):
    assert compared(starts_on, ends_on, value, ASKED) == words


@pytest.mark.django_db
class TestOnThePages:
    def test_what_requests_ask_for_is_added_up(self, world):
        one = world.sourced()
        other = world.sourced(needed_from=date(2024, 2, 5), expected_weeks=26)
        assert requests_ask([one]) == ASKED
        both = requests_ask([other, one])
        assert (both.starts_on, both.ends_on) == (date(2024, 1, 22), date(2024, 8, 4))
        assert both.estimate == ESTIMATE + requests_ask([other]).estimate

    def test_it_is_said_before_asking(self, world, client_of):
        failed = world.failed()
        words = words_of_requests(world.officer, date(2024, 1, 10))[failed.vacancy_id]
        assert words.startswith("22 January 2024 to 21 April 2024, estimated at £19,580.40. ")
        page = client_of("officer").get(f"/exemptions/new/?request={failed.vacancy_id}")
        initial = page.context["form"].initial
        assert initial["vacancies"] == [failed.vacancy_id]
        assert (initial["ends_on"], initial["value"]) == (date(2024, 4, 21), ESTIMATE)
        assert initial["starts_on"] >= date(2024, 1, 22)  # or today, if later

    def test_and_to_who_decides(self, world, client_of):
        exemption = world.commented(world.exemption())
        words = (
            "22 January 2024 to 21 April 2024, estimated at £19,580.40. It is for £10,419.60 more than their estimate."
        )
        assert compared_words(exemption, [one.vacancy for one in exemption.needs.all()]) == words
        for path in (exemption.get_absolute_url(), f"/exemptions/{exemption.pk}/decide/"):
            assert words in client_of("director").get(path).content.decode()

    def test_vat_is_worked_out_where_it_is_left_out(self, world):
        exemption = world.exemption(value=D("30000.01"), value_with_vat=None)
        assert (exemption.value_with_vat, exemption.vat_differs) == (D("36000.01"), "")

    def test_another_vat_says_why_and_shows_it(self, world, client_of):
        vacancy = world.failed().vacancy
        same = {"value_with_vat": D("30000.00")}
        with pytest.raises(RuleViolation, match="including VAT at 20%"):
            world.exemption(vacancy, **same)
        exemption = world.commented(world.exemption(vacancy, **same, vat_differs="The supply is exempt."))
        page = client_of("director").get(f"/exemptions/{exemption.pk}/decide/").content.decode()
        assert "not at 20%: The supply is exempt." in page

    def test_a_reason_for_what_does_not_differ_is_not_kept(self, world):
        assert world.exemption(vat_differs="x").vat_differs == ""

    def test_the_database_says_so_too(self, world):
        exemption = world.exempted()
        sql = "update recruitment_exemption set vat_differs = 'x' where id = %s"
        assert refused_as(sql, exemption.pk) == "exemption_stays"
        columns = [
            one.column for one in Exemption._meta.local_concrete_fields if not one.primary_key and not one.generated
        ]
        changed = {"reference": "'x'", "value_with_vat": "value", "extends_id": "null", "status": "'requested'"}
        values = ", ".join(changed.get(one, one) for one in columns)
        copy = f"insert into recruitment_exemption ({', '.join(columns)}) select {values} from recruitment_exemption where id = %s"
        assert refused_as(copy, exemption.pk) == "exemption_vat_follows"

    def test_the_form_takes_vat_or_leaves_it_out(self, world, client_of):
        vacancy = world.failed().vacancy
        page = client_of("officer").get(f"/exemptions/new/?request={vacancy.pk}").content.decode()
        assert "Value including VAT, if VAT is not at 20%" in page
        assert "If VAT is not at 20%: why?" in page

    def test_what_one_person_recorded_is_not_called_proved(self, world, client_of):
        failed = world.failed()
        exemption = world.commented(world.exemption(failed.vacancy))
        director = client_of("director")

        def tags() -> set[str]:
            page = director.get(f"/exemptions/{exemption.pk}/decide/").content.decode()
            part = page[page.index("Was the first supplier asked?") : page.index("Comments</h2>")]
            return {name for name in ("Proved", "To confirm") if name in part}

        assert tags() == {"To confirm"}
        world.witness(failed)
        assert tags() == {"Proved"}
