"""A record's page asks the database at most twenty times, and no question joins more than nine tables."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from placements.models import Breach
from tests.factories.small_council import AFTER_WINDOW

pytestmark = pytest.mark.django_db

MOST_QUERIES, MOST_JOINS = 20, 8
RECORDS = {
    "request": lambda one: one.vacancy,
    "order": lambda one: one.release,
    "placement": lambda one: one,
    "worker": lambda one: one.worker,
    "exemption": lambda one: one.release.exemption,
    "contract": lambda one: one.contract,
    "breach": lambda one: Breach.objects.order_by("pk").first(),
}


@pytest.mark.parametrize("who", ["officer", "director"])
@pytest.mark.parametrize("name", RECORDS)
def test_a_record_takes_few_queries_of_few_tables(world, client_of, name, who):
    if name == "contract" and who == "officer":
        who = "finance"
    placement = world.by_exemption()
    world.breach()
    client = client_of(who)
    with time_machine.travel(AFTER_WINDOW, tick=False), CaptureQueriesContext(connection) as caught:
        assert client.get(RECORDS[name](placement).get_absolute_url()).status_code == 200
    joins = {len(re.findall(r"\bJOIN\b", one["sql"].split("(SELECT")[0])): one["sql"] for one in caught}
    assert len(caught) <= MOST_QUERIES, len(caught)
    assert max(joins) <= MOST_JOINS, joins[max(joins)]
