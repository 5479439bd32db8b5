"""For `make check`: the tests' settings, and the linter of migrations."""

from .test import *  # noqa: F403 - the tests' settings are this module's starting point
from .test import INSTALLED_APPS  # type: ignore[attr-defined]

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
