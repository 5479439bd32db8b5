"""What a password must have beside its length. The page of sign-in says what Django's own validators ask for."""

import itertools

from django.core.exceptions import ValidationError


class VariedPasswordValidator:
    """Refuses a password made of a few characters again and again, or of a row of neighbours such as `abcdefghijkl`."""

    DIFFERENT = 6

    def validate(self, password: str, user=None) -> None:
        steps = {ord(after) - ord(before) for before, after in itertools.pairwise(password)}
        again_and_again = password in (password + password)[1:-1]
        if len(set(password)) < self.DIFFERENT or len(steps) == 1 or again_and_again:
            raise ValidationError(self.get_help_text(), code="password_not_varied")

    def get_help_text(self) -> str:
        return f"Your password must have at least {self.DIFFERENT} different characters, neither in a row nor one word twice."
