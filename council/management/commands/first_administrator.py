"""Adds the first system administrator, who adds everybody else in the admin site."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from council.models import Role, RoleGrant, User


class Command(BaseCommand):
    help = "Adds the first system administrator. They choose a password with “I have forgotten my password”."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args, **options):
        today = timezone.localdate()
        held = RoleGrant.objects.filter(role=Role.SYSTEM_ADMINISTRATOR, user__is_active=True, starts_on__lte=today)
        if held.exclude(ends_on__lt=today).exists():
            raise CommandError("There is a system administrator already. They add people in the admin site.")
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError(f"{options['email']} is not an e-mail address.") from None
        with transaction.atomic():
            user, _ = User.objects.get_or_create(email=options["email"].lower(), defaults={"name": options["name"]})
            user.set_unusable_password()
            user.save()
            RoleGrant.objects.create(user=user, role=Role.SYSTEM_ADMINISTRATOR, starts_on=today)
        self.stdout.write(f"{user.name} is the system administrator. They open the site and choose a new password.")
