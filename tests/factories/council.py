from datetime import date
from decimal import Decimal

import factory

from council.models import Role, RoleGrant, Service, Team, TeamFigure, User

PASSWORD = "correct-horse-battery"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@test.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or PASSWORD)
        self.save()


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


def someone_who_is(role: Role, service: Service | None = None, **user) -> User:
    """A person with one role, from 2020 on."""
    person = UserFactory(**user)
    RoleGrantFactory(user=person, role=role, service=service)
    return person
