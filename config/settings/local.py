"""One machine, one person: the embedded database, mail in a folder, a secret of this checkout's own."""

import os
import secrets

from .base import *  # noqa: F403 - the shared settings are this module's starting point
from .base import VAR_DIR, env


def _secret_of_this_checkout() -> str:
    """Read the secret key from `var/secret-key`, made the first time (also when two commands start together)."""
    path = VAR_DIR / "secret-key"
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip() or "being-written-by-another-command"
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_urlsafe(60)
        file.write(secret)
    return secret


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or _secret_of_this_checkout()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
DEMONSTRATION_ALLOWED = True
