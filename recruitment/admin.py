"""Set-up of suppliers, frameworks, contracts and the order of sourcing. What people record elsewhere is read-only here."""

from typing import cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from council.admin import ReadOnlyAdmin, SetUpAdmin
from council.models import User
from recruitment.contracts import actions as contracts
from recruitment.contracts import addresses
from recruitment.models import (
    Agency,
    AgencyName,
    Contract,
    ContractApproval,
    Exemption,
    ExemptionApprover,
    Framework,
    Lot,
    LotSupplier,
    ProcurementThreshold,
    Release,
    Round,
    SourcingOrder,
    SourcingStep,
    Vacancy,
)
from recruitment.rules.company_names import folded


class AgencyForm(forms.ModelForm):
    class Meta:
        model = Agency
        fields = ["name", "ordering_address", "is_active"]

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not folded(name):
            raise ValidationError("Enter a name with letters or digits in it.")
        alias = (
            AgencyName.objects.filter(folded_name=folded(name))
            .exclude(agency=self.instance.pk)
            .select_related("agency")
            .first()
        )
        if alias:
            raise ValidationError(f"{alias.agency} has this as its name in payments files. Take it off there first.")
        same = Agency.objects.filter(folded_name=folded(name)).exclude(pk=self.instance.pk).first()
        if same:
            raise ValidationError(f"{same} is the same name apart from spelling. Change that agency instead.")
        return name


class AgencyNameForm(forms.ModelForm):
    class Meta:
        model = AgencyName
        fields = ["name"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        same = (
            AgencyName.objects.filter(folded_name=folded(name))
            .exclude(pk=self.instance.pk)
            .select_related("agency")
            .first()
        )
        if same:
            raise ValidationError(f"{same.agency} already has this name.")
        agency = Agency.objects.filter(folded_name=folded(name)).exclude(pk=self.instance.agency_id).first()
        if agency:
            raise ValidationError(f"This is the name of {agency}.")
        return name


class AgencyNameInline(admin.TabularInline):
    model = AgencyName
    form = AgencyNameForm
    extra = 1


@admin.register(Agency)
class AgencyAdmin(SetUpAdmin):
    form = AgencyForm
    list_display = ["name", "ordering_address", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "payment_names__name"]
    inlines = [AgencyNameInline]

    def save_model(self, request, obj, form, change):
        address, changed = obj.ordering_address, "ordering_address" in form.changed_data
        if changed:  # by its own action, which tells whom it concerns
            obj.ordering_address = form.initial.get("ordering_address") or ""
        super().save_model(request, obj, form, change)
        if changed:
            common = {"by": request.user, "at": timezone.now(), "agency": obj}
            obj.ordering_address = addresses.change_ordering_address(**common, address=address).ordering_address


class LotInline(admin.TabularInline):
    model = Lot
    extra = 1
    show_change_link = True


@admin.register(Framework)
class FrameworkAdmin(SetUpAdmin):
    list_display = ["reference", "name", "starts_on", "expires_on"]
    search_fields = ["reference", "name"]
    inlines = [LotInline]


class SuppliersInUseStay(BaseInlineFormSet):
    """A supplier with a contract under the lot cannot be taken off it."""

    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            supplier = form.instance
            if supplier.pk is None:
                continue
            used = Contract.objects.filter(lot=supplier.lot_id, agency=supplier.agency_id).first()
            if used:
                raise ValidationError(
                    f"{supplier.agency} has contract {used.reference} under this lot, so it stays a supplier of it."
                )


class LotSupplierInline(admin.TabularInline):
    model = LotSupplier
    formset = SuppliersInUseStay
    autocomplete_fields = ["agency"]
    extra = 1


@admin.register(Lot)
class LotAdmin(SetUpAdmin):
    list_select_related = ["framework"]
    list_display = ["__str__", "name"]
    list_filter = ["framework"]
    search_fields = ["framework__reference", "number", "name"]
    inlines = [LotSupplierInline]


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


class StepInline(admin.TabularInline):
    model = SourcingStep
    extra = 3

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not _is_followed(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_followed(obj)

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and not _is_followed(obj)


def _is_followed(order: SourcingOrder | None) -> bool:
    return order is not None and Round.objects.filter(order=order).exists()


class StepsHaveNoGap(BaseInlineFormSet):
    def clean(self):
        super().clean()
        places = sorted(
            form.cleaned_data["position"]
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and "position" in form.cleaned_data
        )
        if places != list(range(len(places))) or not places:
            raise ValidationError("Count the steps from 0 (direct recruitment) without a gap.")


setattr(StepInline, "formset", StepsHaveNoGap)  # noqa: B010 -- which needs the class above it


@admin.register(SourcingOrder)
class SourcingOrderAdmin(SetUpAdmin):
    """An order that a round follows stays as it is; a new one starts on a later date."""

    list_display = ["__str__", "decision_reference", "proof_age_days"]
    inlines = [StepInline]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not _is_followed(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_followed(obj)


@admin.register(ExemptionApprover)
class ExemptionApproverAdmin(SetUpAdmin):
    """Who decides exemptions up to which value: all rows of one date together; a later date takes their place."""

    list_display = ["starts_on", "role", "up_to"]


@admin.register(ProcurementThreshold)
class ProcurementThresholdAdmin(SetUpAdmin):
    """Only for thresholds newer than those the tracker knows."""

    list_display = ["starts_on", "amount", "includes_vat", "source"]


@admin.register(Exemption)
class ExemptionAdmin(ReadOnlyAdmin):
    list_display = ["reference", "agency", "status", "value", "starts_on", "ends_on", "requested_at"]
    list_filter = ["status", "reason", "agency"]
    search_fields = ["reference", "agency__name"]


@admin.register(Vacancy)
class VacancyAdmin(ReadOnlyAdmin):
    list_display = ["reference", "team", "job_type", "kind", "status", "requested_at"]
    list_filter = ["status", "kind", "team__service"]
    search_fields = ["reference", "team__name"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["reference", "vacancy", "contract", "sent_at", "outcome"]
    list_filter = ["outcome", "route"]
    search_fields = ["reference", "vacancy__reference"]
