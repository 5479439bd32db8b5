"""For a council's server. Refuses to start when something that keeps it safe is missing."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403 - the shared settings are this module's starting point
from .base import DATABASES, STORAGES, env


def _required(name: str, why: str) -> str:
    value = env(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {why}")
    return value


SECRET_KEY = _required("SECRET_KEY", "a long random text that only this server knows.")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith(("django-insecure-", "only-for-tests-")):
    raise ImproperlyConfigured(
        "SECRET_KEY is a default or too easily guessed. Make one of at least 50 random characters."
    )
if env.bool("DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG is on. It shows the site's inside to anyone: take it out of the environment.")
ALLOWED_HOSTS = [host.strip() for host in _required("ALLOWED_HOSTS", "the site's host names, with commas.").split(",")]
if any("*" in host or host in {"", "."} for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS is open. Name each host the site answers to, without an asterisk.")
_required("DATABASE_URL", "the PostgreSQL database, as the role of the site.")
# A connection is kept between requests: making one costs as much as half a list page.
DATABASES["default"] |= {"CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60), "CONN_HEALTH_CHECKS": True}
# Compiling the SQL of a page costs more than it ever saves.
_options = DATABASES["default"].setdefault("OPTIONS", {})
_options["options"] = f"{_options.get('options', '')} -c jit=off".strip()

SITE_ADDRESS = env("SITE_ADDRESS", default=f"https://{ALLOWED_HOSTS[0]}").rstrip("/")
DEMONSTRATION_ALLOWED = False
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith((".", "["))]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "config.static.HashedStaticFiles"}}
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "council.mail.Backend"
