"""The demonstration council as a contract administrator and a system administrator would set it up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal as D

from django.contrib.auth.hashers import make_password

from council.models import ClosedDay, Council, Role, RoleGrant, Service, Team, TeamFigure, User
from demo.contracts import let_contracts
from demo.mail import Post
from recruitment.contracts import addresses
from recruitment.models import (
    Agency,
    AgencyName,
    Contract,
)

PASSWORD = "only-a-demonstration"

PEOPLE = [
    ("officer", "Olive Sampleton", Role.COMMISSIONING_OFFICER, None),
    ("officer2", "Otis Mockford", Role.COMMISSIONING_OFFICER, None),
    ("lead", "Lena Fictley", Role.OPERATIONAL_LEAD, "Assessment and protection"),
    ("lead2", "Luca Pretendale", Role.OPERATIONAL_LEAD, "Children in care"),
    ("director", "Ada Exampler", Role.ASSISTANT_DIRECTOR, None),
    ("finance", "Finn Demoridge", Role.FINANCE_OFFICER, None),
    ("contracts", "Cora Placeholder", Role.CONTRACT_ADMINISTRATOR, None),
    ("auditor", "August Specimen", Role.AUDITOR, None),
    ("system", "Syd Fakenham", Role.SYSTEM_ADMINISTRATOR, None),
    ("procurement", "Pru Stagewell", Role.PROCUREMENT_OFFICER, None),
    ("legal", "Lex Pretence", Role.LEGAL_ADVISER, None),
    ("strategic", "Stella Strategos", Role.STRATEGIC_DIRECTOR, None),
]

# Service → team, cost centre, establishment and in post (FTE) on 26 April 2022. They add up to 366.0 and 340.4.
TEAMS = {
    "Assessment and protection": [
        ("Initial response north", "CF1010", "38", "34.6"),
        ("Initial response south", "CF1020", "36", "33.0"),
        ("Safeguarding north", "CF1110", "34", "31.2"),
        ("Safeguarding east", "CF1120", "34", "31.4"),
        ("Safeguarding south", "CF1130", "34", "31.8"),
    ],
    "Children in care": [
        ("Children in care north", "CF2010", "32", "29.6"),
        ("Children in care south", "CF2020", "32", "30.0"),
        ("Leaving care", "CF2110", "26", "24.8"),
    ],
    "Fostering and disability": [
        ("Fostering", "CF3010", "30", "28.4"),
        ("Kinship and adoption", "CF3020", "22", "20.8"),
        ("Children with disabilities", "CF3110", "26", "24.0"),
    ],
    "Quality and review": [
        ("Reviewing officers", "CF4010", "14", "13.4"),
        ("Practice improvement", "CF4020", "8", "7.4"),
    ],
}
# FTE in post of all teams together, shared out over them as above, from these dates.
LATER_FIGURES = [
    (date(2020, 4, 1), "352.0", "331.5"),
    (date(2021, 4, 1), "360.0", "336.2"),
    (date(2023, 4, 1), "371.0", "342.8"),
    (date(2024, 4, 1), "374.0", "349.5"),
    (date(2025, 4, 1), "378.0", "356.1"),
    (date(2026, 4, 1), "380.0", "360.4"),
]

BROKERED = [
    "Alderway Care Staffing",
    "Brightmoor Social Work",
    "Cedarline Resourcing",
    "Dovecote Locums",
    "Elmstead People",
    "Fernhill Agency",
    "Gorse and Hale",
]


@dataclass
class World:
    """What the events need of the set-up."""

    people: dict[str, User]
    teams: list[Team]
    agencies: dict[str, Agency]
    contracts: dict[str, Contract]

    def officer(self, n: int = 0) -> User:
        return self.people["officer" if n % 2 == 0 else "officer2"]


def set_up(today: date) -> World:
    council = Council.current()
    council.name, council.is_demonstration = "Warwickshire County Council (demonstration)", True
    council.save()
    services, teams = _structure(today)
    people = _people(services)
    ClosedDay.objects.bulk_create(
        ClosedDay(on=date(year, 12, 24), name="Christmas closure") for year in range(2020, today.year + 1)
    )
    agencies = _agencies()
    return World(people, teams, agencies, let_contracts(people["contracts"], agencies))


def _structure(today: date) -> tuple[dict[str, Service], list[Team]]:
    services, teams = {}, []
    total_in_post = sum(D(row[3]) for rows in TEAMS.values() for row in rows)
    for name, rows in TEAMS.items():
        services[name] = Service.objects.create(name=name)
        for team_name, cost_centre, establishment, in_post in rows:
            team = Team.objects.create(service=services[name], name=team_name, cost_centre=cost_centre)
            teams.append(team)
            TeamFigure.objects.create(
                team=team,
                on=date(2022, 4, 1),
                establishment_fte=D(establishment),
                in_post_fte=D(in_post),
                source="Establishment report, April 2022",
            )
            for on, all_establishment, all_in_post in LATER_FIGURES:
                if on <= today:
                    TeamFigure.objects.create(
                        team=team,
                        on=on,
                        establishment_fte=(D(establishment) * D(all_establishment) / 366).quantize(D("0.1")),
                        in_post_fte=(D(in_post) * D(all_in_post) / total_in_post).quantize(D("0.1")),
                        source=f"Establishment report, {on:%B %Y}",
                    )
    return services, teams


def _people(services: dict[str, Service]) -> dict[str, User]:
    people, password = {}, make_password(PASSWORD)
    for key, name, role, service in PEOPLE:
        user = User.objects.create(email=f"{key}@demo.example", name=name, password=password)
        RoleGrant.objects.create(
            user=user, role=role, service=services[service] if service else None, starts_on=date(2019, 1, 1)
        )
        people[key] = user
    return people


def _agencies() -> dict[str, Agency]:
    names = ["Pertemps", "Liquid Personnel", "Service Care Solutions", "Halden Bridge Care", *BROKERED]
    agencies = {name: Agency.objects.create(name=name) for name in names}
    AgencyName.objects.create(agency=agencies["Service Care Solutions"], name="SCS Ltd")
    return agencies


def ordering_addresses(world: World, post: Post, at: datetime) -> None:
    """From now on the suppliers get their orders by e-mail, all but one whose address waits to be confirmed."""
    for name, agency in world.agencies.items():
        domain = f"{name.split()[0].lower()}.example"
        addresses.change_ordering_address(
            by=world.people["contracts"], at=at, agency=agency, address=f"orders@{domain}"
        )
        post.deliver()
        if name != BROKERED[-1]:
            post.confirms(agency, at + timedelta(hours=1))
        agency.refresh_from_db()
