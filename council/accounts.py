"""Signing in: by e-mail, for people who were invited. Its mail goes through the outbox like all other mail."""

from ipaddress import ip_address, ip_network

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from council import notices, outbox
from council.models import Message, User

NEW_PASSWORD = "new_password"
SHOWN = "account/email/password_reset_key"  # the library's name for the mail with the link


class InvitedPeopleOnly(DefaultAccountAdapter):
    """Nobody signs up; a system administrator adds people in the admin site."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right. Try again, or choose a new password.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials) -> str:
        """Wrong passwords are counted for an account and where they come from, so that a stranger locks nobody out."""
        network = _network(self.get_client_ip(request))
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{network}"

    def set_password(self, user, password: str) -> None:
        """A new password also forgets the wrong ones that were tried before it."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Leave a mail to be sent, so that a mail server that is down breaks no page and nothing is lost.

        It goes to the person's address as recorded, however it was typed.
        """
        user: User = context["user"]
        kind = NEW_PASSWORD if template_prefix == SHOWN else notices.KIND
        words = {"user": user, "link": Message.SECRET, "site": settings.SITE_ADDRESS}
        title = render_to_string(f"{template_prefix}_subject.txt", words).strip()
        body = render_to_string(f"{template_prefix}_message.txt", words).strip() + "\n"
        now = timezone.now()
        outbox.put(kind=kind, subject=user.pk, to=user.email, title=title, body=body, by=None, at=now)

    def send_notification_mail(self, template_prefix: str, user, context=None, email=None) -> None:
        """Tell a person that the password was changed."""
        self.send_mail(template_prefix, user.email, {"user": user})


def _network(address: str) -> str:
    """Where somebody comes from: an address, or the network that one household's IPv6 addresses share."""
    at = ip_address(address)
    return str(ip_network((at, 64), strict=False)) if at.version == 6 else str(at)


def link_for_a_new_password(message: Message, now) -> str | None:
    """The address where the person chooses a password, made at the moment of sending.

    None for somebody switched off, or whose address is another now: the mail would reach whoever reads the old one.
    """
    user = User.objects.filter(pk=message.subject, is_active=True).first()
    if user is None or user.email.casefold() != message.to.casefold():
        return None
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.SITE_ADDRESS + reverse("account_reset_password_from_key", kwargs=parts)
