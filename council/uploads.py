"""Names of uploaded files as they were sent. Django keeps what follows the last slash; a path is refused in words instead."""

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser


class NamesAsSent(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        """Slashes become signs that `council.file_types` refuses, so that the rest of Django never sees a path."""
        return super().sanitize_file_name(file_name.replace("/", "∕").replace("\\", "∖"))


class NamesAsSentMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def parse(meta, data):
            return NamesAsSent(meta, data, request.upload_handlers, request.encoding).parse()

        setattr(request, "parse_file_upload", parse)  # noqa: B010 -- in the place of a method of Django's
        return self.get_response(request)
