"""The sign-in pages' forms in the words of this site."""

from allauth.account import forms as allauth_forms
from django import forms

from council.models import User


class SignInForm(allauth_forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = "E-mail address"
        self.fields["login"].error_messages["required"] = "Enter your e-mail address"
        self.fields["password"].error_messages["required"] = "Enter your password"
        self.fields["password"].help_text = ""
        _plain(self)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail address"
        _plain(self)

    def clean_email(self) -> str:
        """Whose account it is, by the address that a system administrator recorded and by no other."""
        email = self.cleaned_data["email"]
        self.users = list(User.objects.filter(email__iexact=email, is_active=True))
        return email


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self)


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self)


def _plain(form: forms.Form) -> None:
    """Labels above the fields say it; placeholders vanish when one types."""
    form.use_required_attribute = False
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
