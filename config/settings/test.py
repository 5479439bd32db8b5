"""For the test suite: fast password hashing, plain static files, no waiting."""

from .base import *  # noqa: F403 - the shared settings are this module's starting point
from .base import DATABASES, TEMPLATES, VAR_DIR, env

SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
DEMONSTRATION_ALLOWED = True
MEDIA_ROOT = VAR_DIR / "test-files"
SITE_DATABASE_ROLE = "tracker_site"
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED VARIABLE %s"
LOGGING = {"version": 1, "disable_existing_loggers": False}
if template := env("TEST_DATABASE_TEMPLATE", default=""):
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}

TAGS_ARE_KNOWN = True
