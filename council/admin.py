"""Set-up of the council: its structure, its figures and its people."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils import timezone

from council.errors import RuleViolation, rule_violation_of
from council.models import ClosedDay, Council, Deputy, Role, RoleGrant, Service, Team, TeamFigure, User


class SetUpAdmin(admin.ModelAdmin):
    """What the database refuses comes back as a sentence, never as an error page."""

    list_per_page = 50

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return self._refused_in_words(request, super().changeform_view, request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        return self._refused_in_words(request, super().delete_view, request, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        return self._refused_in_words(request, super().changelist_view, request, extra_context)

    def _refused_in_words(self, request, view, *args):
        try:
            with transaction.atomic():
                return view(*args)
        except RuleViolation as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.get_full_path())
        except IntegrityError as error:
            if isinstance(error, ProtectedError):
                sentence = "Something rests on this, so it cannot be deleted. Take it out of use instead."
            else:
                sentence = str(rule_violation_of(error))
            self.message_user(request, sentence, messages.ERROR)
            return redirect(request.get_full_path())


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows that are made by the site's own pages; nobody changes them here."""

    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class TeamFigureInline(admin.TabularInline):
    model = TeamFigure
    extra = 1


@admin.register(Council)
class CouncilAdmin(SetUpAdmin):
    fieldsets = [
        (None, {"fields": ["name"]}),
        ("Hours", {"fields": ["full_time_hours", "worker_weekly_hours_limit"]}),
        ("Placements", {"fields": ["notice_weeks", "ending_soon_weeks", "late_record_days"]}),
        ("Changes", {"fields": ["replacement_days", "handover_days", "extension_approval_weeks"]}),
        ("Suppliers", {"fields": ["supplier_link_days", "later_route_months"]}),
        ("What makes a failure proof", {"fields": ["living_days", "told_hours", "told_days", "later_start_days"]}),
        ("Emergencies", {"fields": ["emergency_hours", "emergency_days"]}),
        ("Contracts", {"fields": ["value_warning_percent", "value_alert_percent"]}),
        (
            "Exemptions",
            {
                "fields": [
                    "exemption_finance_comment",
                    "exemption_procurement_comment",
                    "exemption_legal_comment",
                    "exemption_window_months",
                    "threshold_warning_percent",
                    "review_weeks",
                    "review_extension_days",
                ]
            },
        ),
        ("Payments", {"fields": ["payment_after_end_days", "payment_change_days"]}),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Council.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Service)
class ServiceAdmin(SetUpAdmin):
    search_fields = ["name"]


@admin.register(Team)
class TeamAdmin(SetUpAdmin):
    list_display = ["name", "service", "cost_centre", "is_active"]
    list_filter = ["service", "is_active"]
    search_fields = ["name", "cost_centre"]
    inlines = [TeamFigureInline]


@admin.register(TeamFigure)
class TeamFigureAdmin(SetUpAdmin):
    list_display = ["team", "on", "establishment_fte", "in_post_fte", "source"]
    list_filter = ["team__service"]
    search_fields = ["team__name"]
    date_hierarchy = "on"


@admin.register(ClosedDay)
class ClosedDayAdmin(SetUpAdmin):
    list_display = ["on", "name"]
    search_fields = ["name"]


class RoleGrants(forms.BaseInlineFormSet):
    def __init__(self, *args, asked_by: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked_by = asked_by

    def clean(self):
        super().clean()
        if self.instance.pk != self.asked_by.pk:
            return
        today = timezone.localdate()
        for form in self.forms:
            grant = form.instance
            if grant.role != Role.SYSTEM_ADMINISTRATOR or not form.has_changed():
                continue
            ends = form.cleaned_data.get("ends_on")
            if form.cleaned_data.get("DELETE") or (ends and ends <= today):
                raise ValidationError(
                    "You cannot take away your own role as system administrator. Another system administrator does it."
                )


class RoleGrantInline(admin.TabularInline):
    model = RoleGrant
    formset = RoleGrants
    fk_name = "user"
    extra = 1


class UserForm(forms.ModelForm):
    """A new person gets no password here: they choose one with "I have forgotten my password"."""

    asked_by: User

    class Meta:
        model = User
        fields = ["email", "name", "is_active"]

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Another person has this e-mail address.")
        return email

    def clean_is_active(self):
        if not self.cleaned_data["is_active"] and self.instance.pk == self.asked_by.pk:
            raise ValidationError("You cannot end your own access. Another system administrator does it.")
        return self.cleaned_data["is_active"]

    def save(self, commit=True):
        if self.instance.pk is None:
            self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User)
class UserAdmin(SetUpAdmin):
    form = UserForm
    list_display = ["name", "email", "roles_in_force", "is_active", "last_login"]
    list_filter = ["is_active", "role_grants__role"]
    search_fields = ["name", "email"]
    inlines = [RoleGrantInline]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        cast(type[UserForm], form).asked_by = request.user
        return form

    def get_formset_kwargs(self, request, obj, inline, prefix):
        return super().get_formset_kwargs(request, obj, inline, prefix) | {"asked_by": request.user}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("role_grants__service")

    @admin.display(description="roles")
    def roles_in_force(self, user: User) -> str:
        today = timezone.localdate()
        held = [g for g in user.role_grants.all() if g.starts_on <= today and (g.ends_on is None or g.ends_on >= today)]
        return ", ".join(g.get_role_display() + (f" ({g.service})" if g.service else "") for g in held)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_formset(self, request, form, formset, change):
        for grant in formset.save(commit=False):
            if isinstance(grant, RoleGrant) and grant.given_by_id is None:
                grant.given_by = request.user
            grant.save()
        for gone in formset.deleted_objects:
            gone.delete()
        formset.save_m2m()


@admin.register(Deputy)
class DeputyAdmin(SetUpAdmin):
    list_display = ["user", "for_user", "approval", "starts_on", "ends_on"]
    search_fields = ["user__name", "for_user__name"]
