"""The site for a web server. What is not sent as UTF-8 is refused before Django reads it: its own error pages would read it again."""

import codecs
import os
from collections.abc import Callable, Iterable
from email.message import Message

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
site = get_wsgi_application()


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    if not _is_utf8(environ.get("CONTENT_TYPE", "")):
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Send it as UTF-8."]
    return site(environ, start_response)


def _is_utf8(content_type: str) -> bool:
    header = Message()
    header["Content-Type"] = content_type.replace("\n", " ").replace("\r", " ")
    try:
        return codecs.lookup(header.get_content_charset("utf-8")).name == "utf-8"
    except LookupError:
        return False
