"""Signing in: by e-mail, for people who were invited."""

from allauth.account.adapter import DefaultAccountAdapter


class InvitedPeopleOnly(DefaultAccountAdapter):
    """Nobody signs up; a system administrator adds people in the admin site."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right. Try again, or choose a new password.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request) -> bool:
        return False
