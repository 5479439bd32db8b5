"""What tests need to exist, made in the situations the words name."""

from .council import RoleGrantFactory, ServiceFactory, TeamFactory, TeamFigureFactory, UserFactory, someone_who_is
from .kept_council import put_back_world
from .recruitment import (
    AgencyFactory,
    FrameworkFactory,
    LotFactory,
    approve,
    corporate_contract,
    framework_contract,
    permanent_contract,
    sourcing_order,
)
from .small_council import World, build_world

__all__ = [
    "AgencyFactory",
    "FrameworkFactory",
    "LotFactory",
    "RoleGrantFactory",
    "ServiceFactory",
    "TeamFactory",
    "TeamFigureFactory",
    "UserFactory",
    "World",
    "approve",
    "build_world",
    "corporate_contract",
    "framework_contract",
    "permanent_contract",
    "put_back_world",
    "someone_who_is",
    "sourcing_order",
]
