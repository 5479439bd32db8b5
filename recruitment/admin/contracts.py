"""Set-up of contracts, and the approvals of their value and end."""

from typing import cast

from django import forms
from django.contrib import admin
from django.utils import timezone

from council.admin import SetUpAdmin
from council.models import User
from recruitment.contracts import actions as contracts
from recruitment.models import (
    Contract,
    ContractApproval,
)


class ApprovalForm(forms.ModelForm):
    entered_by: User

    def clean(self):
        data = super().clean() or {}
        if (data.get("approver") or "").strip().casefold() == self.entered_by.name.casefold():
            self.add_error("approver", "Somebody other than the approver enters an approval.")
        if data.get("approved_by") and data["approved_by"] == self.entered_by:
            self.add_error("approved_by", "Somebody other than the approver enters an approval.")
        return data


class ApprovalInline(admin.StackedInline):
    model = ContractApproval
    form = ApprovalForm
    extra = 0
    can_delete = False
    verbose_name = "approval of value and end"
    verbose_name_plural = "approvals of value and end (each is written once; a later one is a variation)"

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        cast(type[ApprovalForm], formset.form).entered_by = request.user
        return formset

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Contract)
class ContractAdmin(SetUpAdmin):
    list_display = ["reference", "title", "agency", "route", "starts_on", "ends_on", "approved_value"]
    list_filter = ["route", "agency"]
    search_fields = ["reference", "title", "agency__name"]
    autocomplete_fields = ["agency", "lot"]
    inlines = [ApprovalInline]
    fieldsets = [
        (None, {"fields": ["reference", "title", "agency", "route", "lot"]}),
        ("Award", {"fields": ["award_method", "award_reason", "let_on", "starts_on"]}),
        (
            "Who agreed it",
            {
                "fields": [
                    ("entered_into_by", "entered_into_on"),
                    ("consulted", "consulted_on"),
                    ("terms_accepted_by", "terms_accepted_on"),
                ]
            },
        ),
        ("How it is run", {"fields": ["review_rhythm", "rebate_terms", "target_hires"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("account", "agency")

    def get_readonly_fields(self, request, obj=None):
        """What a contract in use is known by stays as it is."""
        return ["agency", "route", "lot", "let_on", "starts_on"] if obj and contracts.in_use(obj) else []

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="until")
    def ends_on(self, contract: Contract):
        return contract.account.ends_on

    @admin.display(description="approved value, £")
    def approved_value(self, contract: Contract):
        return contract.account.approved_value

    def save_model(self, request, obj, form, change):
        contracts.save_contract(by=request.user, at=timezone.now(), contract=obj)

    def save_formset(self, request, form, formset, change):
        for approval in formset.save(commit=False):
            contracts.approve(
                by=request.user,
                at=timezone.now(),
                contract=form.instance,
                value=approval.value,
                ends_on=approval.ends_on,
                decision_reference=approval.decision_reference,
                decided_on=approval.decided_on,
                approver=approval.approver,
                approved_by=approval.approved_by,
                ground=approval.ground,
            )
