"""Set-up of the order of sourcing: its steps, and what each may use."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F
from django.forms.models import BaseInlineFormSet

from council.admin import SetUpAdmin
from recruitment.contracts import orders_of_sourcing
from recruitment.models import (
    NEVER_NAMED,
    Contract,
    Lot,
    Round,
    SourcingOrder,
    SourcingStep,
    StepSource,
)
from recruitment.rules.sourcing_order import order_refusal


class ContractsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, contract: Contract) -> str:
        return f"{contract} ({contract.agency})"


class SourcingStepForm(forms.ModelForm):
    contracts = ContractsField(
        Contract.objects.exclude(route__in=NEVER_NAMED).select_related("agency"),
        required=False,
        help_text="Those this step may use.",
    )
    lots = forms.ModelMultipleChoiceField(
        Lot.objects.select_related("framework"),
        required=False,
        help_text="Every contract let under the lot, now or later.",
    )

    class Meta:
        model = SourcingStep
        fields = ["position", "kind", "contracts", "lots", "routine_hours", "urgent_hours", "proof_age_days"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            named = self.instance.sources.all()
            self.initial["contracts"] = [one.contract_id for one in named if one.contract_id]
            self.initial["lots"] = [one.lot_id for one in named if one.lot_id]


class StepsMakeAnOrder(BaseInlineFormSet):
    def kept(self) -> list[forms.ModelForm]:
        """The forms whose steps stay or are new."""
        return [one for one in self.forms if one.cleaned_data and not one.cleaned_data.get("DELETE")]

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        steps = [
            orders_of_sourcing.draft(*(one.cleaned_data[name] for name in ("position", "kind", "contracts", "lots")))
            for one in self.kept()
        ]
        if refusal := order_refusal(steps):
            raise ValidationError(refusal.sentence)

    def save(self, commit=True):
        """The steps, and what they name: taken off first, since it holds a step to its place; and places are free while they change."""
        StepSource.objects.filter(order=self.instance).delete()
        SourcingStep.objects.filter(order=self.instance, position__gt=0).update(position=F("position") + 1000)
        saved = super().save(commit)
        for form in self.kept():
            form.instance.position = form.cleaned_data["position"]
            form.instance.save()
            orders_of_sourcing.name(form.instance, form.cleaned_data["contracts"], form.cleaned_data["lots"])
        return saved


class StepInline(admin.StackedInline):
    model = SourcingStep
    form = SourcingStepForm
    formset = StepsMakeAnOrder
    extra = 0
    min_num = 1

    def get_fields(self, request, obj=None):
        """Who may only read sees in words what each step may use."""
        if self.has_change_permission(request, obj) or self.has_add_permission(request, obj):
            return SourcingStepForm.Meta.fields
        return ["position", "kind", "may_use", "routine_hours", "urgent_hours", "proof_age_days"]

    def get_readonly_fields(self, request, obj=None):
        return ["may_use"] if "may_use" in self.get_fields(request, obj) else []

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("sources__contract__agency", "sources__lot__framework")

    @admin.display(description="may use")
    def may_use(self, step: SourcingStep) -> str:
        return ", ".join(str(one) for one in step.sources.all())

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not _is_followed(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_followed(obj)

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and not _is_followed(obj)


def _is_followed(order: SourcingOrder | None) -> bool:
    return order is not None and Round.objects.filter(order=order).exists()


class SourcingOrderForm(forms.ModelForm):
    class Meta:
        model = SourcingOrder
        fields = ["starts_on", "decision_reference"]

    def clean_starts_on(self):
        starts_on = self.cleaned_data["starts_on"]
        if "starts_on" in self.changed_data and (refusal := orders_of_sourcing.in_the_past(starts_on)):
            raise ValidationError(refusal.sentence)
        return starts_on


@admin.register(SourcingOrder)
class SourcingOrderAdmin(SetUpAdmin):
    """An order that a round follows stays as it is; a new one starts on a later date."""

    form = SourcingOrderForm
    list_display = ["__str__", "decision_reference"]
    inlines = [StepInline]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not _is_followed(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_followed(obj)
