"""Set-up of agencies, frameworks and lots."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from council.admin import SetUpAdmin
from recruitment.contracts import addresses
from recruitment.models import (
    Agency,
    AgencyName,
    Contract,
    Framework,
    Lot,
    LotSupplier,
)
from recruitment.rules.company_names import folded


class AgencyForm(forms.ModelForm):
    class Meta:
        model = Agency
        fields = ["name", "ordering_address", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_force = self.instance.ordering_address
        if self.instance.pk and (waiting := addresses.waiting_address(self.instance)):
            self.initial["ordering_address"] = waiting.address
            self.fields[
                "ordering_address"
            ].help_text = f"Waits until the agency confirms it by the link that was mailed there. Until then orders go to {in_force or 'no address'}."

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
    actions = ["ask_to_confirm"]

    @admin.action(description="Send the link that confirms the ordering address again")
    def ask_to_confirm(self, request, queryset):
        for agency in queryset:
            message = addresses.ask_again(by=request.user, at=timezone.now(), agency=agency)
            self.message_user(request, f"The link goes to {message.to}.")

    def save_model(self, request, obj, form, change):
        address, changed = obj.ordering_address, "ordering_address" in form.changed_data
        before = Agency.objects.filter(pk=obj.pk).values_list("ordering_address", flat=True).first()
        obj.ordering_address = before or ""  # it changes by its own action, which tells whom it concerns
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
