"""Mail over SMTP that keeps what the server said as it took a mail: `last_reply`."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class _Plain(smtplib.SMTP):
    last_reply = ""

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, words = super().data(msg)
        self.last_reply = f"{code} {words.decode(errors='replace')}"
        return code, words


class _Encrypted(_Plain, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    last_reply = ""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Encrypted if self.use_ssl else _Plain

    def _send(self, email_message: Any) -> bool:
        sent = super()._send(email_message)  # type: ignore[misc]  # Django's own, which its stubs leave out
        self.last_reply = getattr(self.connection, "last_reply", "") if sent else ""
        return sent
