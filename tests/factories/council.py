from datetime import date
from decimal import Decimal
from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from council.models import Role, RoleGrant, Service, Team, TeamFigure, User

PASSWORD = "correct-horse-battery"


@cache
def password_as_kept() -> str:
    """Hashed once for everybody: with the same salt, which only tests may do."""
    return make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@test.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(password_as_kept)


class ServiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Service

    name = factory.Sequence(lambda n: f"Service {n}")


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    service = factory.SubFactory(ServiceFactory)
    name = factory.Sequence(lambda n: f"Team {n}")
    cost_centre = factory.Sequence(lambda n: f"CF{n:04d}")


class TeamFigureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TeamFigure

    team = factory.SubFactory(TeamFactory)
    on = date(2020, 1, 1)
    establishment_fte = Decimal(10)
    in_post_fte = Decimal(8)
    source = "Test"


class RoleGrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    starts_on = date(2020, 1, 1)


def people_who_are(*everybody: tuple[str, str, Role, Service | None]) -> dict[str, User]:
    """A whole council at once, each (address, name, role, Service) with one role from 2020 on; by the address."""
    people = {
        address: User(email=f"{address}@test.example", name=name, password=password_as_kept())
        for address, name, _, _ in everybody
    }
    User.objects.bulk_create(people.values())
    RoleGrant.objects.bulk_create(
        RoleGrant(user=people[address], role=role, service=service, starts_on=date(2020, 1, 1))
        for address, _, role, service in everybody
    )
    return people


def someone_who_is(role: Role, service: Service | None = None, **user) -> User:
    """A person with one role, from 2020 on."""
    person = UserFactory(**user)
    RoleGrantFactory(user=person, role=role, service=service)
    return person
