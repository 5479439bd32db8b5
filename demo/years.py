"""The stories of the years: until the day of the paper, after it, and the work that waits this week."""

import random
from datetime import date, timedelta
from decimal import Decimal as D

from council.models import Team
from demo.council_set_up import BROKERED
from demo.story import DAYS, Story
from recruitment.models import Kind

PAPER = date(2022, 4, 26)


FAILS = ["no_answer", "no_candidates", "unsuitable", "rate_too_high", "went_elsewhere", "declined"]


def days_spread(first: date, last: date, count: int) -> list[date]:
    """`count` working days from first to last, evenly."""
    span = (last - first).days
    return [DAYS.next_working_day(first + timedelta(span * n // count) - timedelta(1)) for n in range(count)]


def kind_of(n: int) -> str:
    """A third of the need is cover or above structure."""
    return [Kind.VACANT_POST, Kind.VACANT_POST, Kind.COVER, Kind.VACANT_POST, Kind.ABOVE_STRUCTURE, Kind.VACANT_POST][
        n % 6
    ]


def weeks_until(day: date, end: date) -> int:
    return max(1, (end - day).days // 7)


def until_the_paper(teams: list[Team]) -> list[Story]:
    """April 2020 to 26 April 2022: 50 secured in the last twelve months, 17 in the last six, 37 in post on the day."""
    stories: list[Story] = []
    # The first year: 34 workers, of whom 2 stay past the day of the paper.
    for n, day in enumerate(days_spread(date(2020, 4, 6), date(2021, 4, 1), 34)):
        stays = n in (31, 33)
        weeks = weeks_until(day, PAPER) + 10 if stays else 20 + n % 12
        stories.append(
            Story(
                day,
                teams[n % len(teams)],
                kind_of(n),
                weeks=weeks,
                brokered_from=BROKERED[n % 7] if n % 3 == 0 else "",
                then="hire" if n % 5 == 0 else "end",
            )
        )
    # Secured from 27 April to 26 October 2021: 33, of whom 20 are still there, 10 of them part-time.
    for n, day in enumerate(days_spread(date(2021, 4, 30), date(2021, 10, 11), 33)):
        stays = n >= 13
        stories.append(
            Story(
                day,
                teams[(n + 3) % len(teams)],
                kind_of(n),
                D(25) if 13 <= n < 23 else D(37),
                weeks=26 if stays else 14,
                extended_weeks=[weeks_until(day, PAPER) - 26 + 12]
                if stays and weeks_until(day, PAPER) > 22
                else [13]
                if stays
                else [],
                brokered_from=BROKERED[n % 7] if n % 2 == 0 else "",
                then="hire" if n % 6 == 0 else "end",
            )
        )
    # Secured from 27 October 2021 to 26 April 2022: 17 = 7 own + 10 through 7 agencies; 15 of them in post on the day.
    for n, day in enumerate(days_spread(date(2021, 10, 28), date(2022, 4, 8), 17)):
        gone = n < 2
        stories.append(
            Story(
                day,
                teams[(n + 5) % len(teams)],
                kind_of(n + 1),
                weeks=10 if gone else 39,
                brokered_from=BROKERED[n % 7] if n < 10 else "",
                then="end",
                urgency="urgent" if n % 4 == 0 else "routine",
            )
        )
    # Pertemps did not secure anybody: in those years that was the end of it.
    for n, day in enumerate(days_spread(date(2020, 5, 4), date(2022, 3, 1), 18)):
        stories.append(Story(day, teams[(n + 7) % len(teams)], kind_of(n), pertemps_fail=[*FAILS, "withdrawn"][n % 7]))
    # Two who never came.
    for n, day in enumerate((date(2020, 9, 7), date(2021, 2, 8))):
        stories.append(Story(day, teams[n], no_show=True))
    return stories


def after_the_paper(teams: list[Team], today: date, rng: random.Random) -> list[Story]:
    """From the decision to the day it is loaded: the framework opens where Pertemps have not secured anybody."""
    stories: list[Story] = []
    months = (today.year - 2022) * 12 + today.month - 5
    for n, day in enumerate(days_spread(date(2022, 5, 3), today - timedelta(10), max(1, months * 3 + months // 5))):
        if date(2024, 3, 8) <= day < date(2024, 4, 2):  # the old contract would end before the worker starts
            day = date(2024, 4, 2)
        story = Story(day, teams[rng.randrange(len(teams))], kind_of(rng.randrange(6)))
        story.weeks = rng.choice([13, 16, 20, 26])
        story.extended_weeks = rng.choice([[], [], [8], [13], [8, 8]])
        story.hours = rng.choice([D(37), D(37), D(37), D(37), D("29.60"), D("18.50")])
        story.urgency = rng.choice(["routine", "routine", "routine", "urgent"])
        story.then = rng.choice(["end", "end", "hire", "round" if n % 9 == 0 else "end"])
        story.late = n % 23 == 7
        if rng.random() < 0.36:
            story.pertemps_fail = rng.choice(FAILS)
            running = date(2022, 7, 4) <= day and not date(2024, 5, 15) <= day <= date(2024, 7, 1)
            story.framework = running and rng.random() < 0.74
            if story.framework:
                story.weeks, story.extended_weeks = rng.choice([13, 16, 20]), rng.choice([[], [], [6]])
        elif rng.random() < 0.3:
            story.brokered_from = rng.choice(BROKERED)
        if n % 29 == 11:
            story.no_show = True
        if n % 13 == 5:
            story.ends_early_after = 7
            story.extended_weeks = []
        stories.append(story)
    return stories


def of_this_week(teams: list[Team], today: date) -> list[Story]:
    """Work that waits on the day it is loaded, of every kind."""
    back = [today]
    for _ in range(12):
        day = back[-1] - timedelta(1)
        while not DAYS.is_working_day(day):
            day -= timedelta(1)
        back.append(day)
    return [
        Story(back[9], teams[1], Kind.COVER, stop_after="asked"),
        Story(back[5], teams[0], stop_after="asked", urgency="urgent"),
        Story(back[3], teams[5], Kind.ABOVE_STRUCTURE, stop_after="asked"),
        Story(back[2], teams[2], stop_after="asked"),
        Story(back[6], teams[3], stop_after="agreed"),
        Story(back[8], teams[6], stop_after="direct"),
        Story(back[9], teams[8], stop_after="sent"),
        Story(back[7], teams[0], Kind.COVER, stop_after="sent"),
        Story(back[3], teams[4], stop_after="sent"),
        Story(back[9], teams[2], stop_after="secured"),
        Story(back[8], teams[7], brokered_from=BROKERED[1], stop_after="secured"),
        Story(back[12], teams[1], pertemps_fail="no_candidates", framework=False, answer_days=2),
    ]
