"""Settings every environment shares. What differs comes from the environment or from a module beside this one."""

from pathlib import Path
from typing import Any

import environ
import pghistory
from csp.constants import NONE, SELF

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "govuk",
    "council",
    "recruitment",
    "placements",
    "money",
    "reporting",
    "demo",
    "crispy_forms",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "council.web.PagesMiddleware",
    "council.uploads.NamesAsSentMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "council.web.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["govuk.templatetags.govuk", "govuk.templatetags.components", "reporting.templatetags.wording"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "council.web.council_context",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = ["govuk"]
CRISPY_TEMPLATE_PACK = "govuk"

# The site's role reads and writes rows and owns no table; the owner's role migrates (config/migrations and docs/deploy.md).
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///not-set")}
if env("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = env.db("DATABASE_OWNER_URL") | {"TEST": {"MIRROR": "default"}}
SITE_DATABASE_ROLE = env("SITE_DATABASE_ROLE", default=DATABASES["default"]["USER"])
# The role of `manage.py work`: it alone may record that a mail server took a mail, so that nobody at a browser can say so.
MAIL_DATABASE_ROLE = env("MAIL_DATABASE_ROLE", default="tracker_mail")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits must hold for all server processes together, so the cache is in the database.
# Room for many, or tries from elsewhere would push out the count of somebody's.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "council_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "council.User"
AUTHENTICATION_BACKENDS = ["council.permissions.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "council.passwords.VariedPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # as the mail with the link says
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "council.accounts.InvitedPeopleOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody can have this site write to strangers
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "council.account_forms.SignInForm",
    "change_password": "council.account_forms.ChangePasswordForm",
    "reset_password": "council.account_forms.ResetPasswordForm",
    "reset_password_from_key": "council.account_forms.NewPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

PGHISTORY_APPEND_ONLY = True
# Each event carries who acted and how: two actions of one request would share, and overwrite, a row beside it.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
# Events are found by the row they are of and by nothing else: each index more is written with every one of them.
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "council.web.csrf_failure"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "files"  # outside the web root: no URL serves it
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
PAYMENTS_FILE_LIMIT = 50 * 1024 * 1024

# Where people reach the site: the start of the links in its e-mails.
SITE_ADDRESS = env("SITE_ADDRESS", default="http://127.0.0.1:8000").rstrip("/")
EMAIL_TIMEOUT = 20  # seconds; a mail server that hangs must not stop the worker
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Agency social worker tracker <tracker@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.server": {
            "handlers": ["stderr"],
            "level": env("ACCESS_LOG_LEVEL", default="WARNING"),
            "propagate": False,
        },
    },
}

TAGS_ARE_KNOWN = False  # whether a state without a colour is a mistake rather than grey
