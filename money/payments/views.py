"""A payments file from upload to done, and payments that wait for a person."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views import View
from django.views.generic import DetailView

from council.addresses import address
from council.web import ActionFormView, check_may, whole_number
from money.payments import allocating, importing, reading
from money.payments.forms import AllocateForm, ColumnsForm, SourceForm, UploadForm
from placements.models import Payment, PaymentImport, PaymentSource
from recruitment.models import Agency, Contract


class ImportNew(ActionFormView):
    right = "payments"
    form_class = UploadForm
    title = "Import payments"
    intro = "Choose the finance system’s file. You see what it holds before anything is imported."

    def back(self):
        return address("reporting:payments")

    def act(self, data):
        file = data["file"]
        return reading.receive_file(
            by=self.request.user, at=timezone.now(), source=data["source"], file=file, name=file.name
        )


class ImportDetail(DetailView):
    """Where a file is: being read, columns to choose, preview, being imported, done. Refreshes itself while it works."""

    template_name = "payments/import.html"
    context_object_name = "row"

    def get(self, request, *args, **kwargs):
        check_may(request, "view_money")
        response = super().get(request, *args, **kwargs)
        if self.object.status in {PaymentImport.Status.READING, PaymentImport.Status.IMPORTING}:
            response["Refresh"] = "2"
        return response

    def get_queryset(self):
        return PaymentImport.objects.select_related("source", "uploaded_by", "imported_by", "job")

    def get_context_data(self, **kwargs):
        result = self.object.result
        found = [{"name": name, **figures} for name, figures in result.get("agencies", {}).items()]
        agencies = Agency.objects.filter(is_active=True) if result.get("near_misses") else []
        return super().get_context_data(found=found, agencies=agencies, **kwargs)


class ImportActionView(ActionFormView):
    right = "payments"

    def prepare(self):
        self.row = get_object_or_404(PaymentImport.objects.select_related("source"), pk=self.kwargs["pk"])

    def back(self):
        return self.row.get_absolute_url()

    def next(self, result):
        return self.back()


class ImportColumns(ImportActionView):
    form_class = ColumnsForm
    title = "Which column is which?"
    intro = "Your answer is remembered for the next file of this finance system with the same columns."

    def get_form_kwargs(self):
        result = self.row.result
        return super().get_form_kwargs() | {
            "headers": result.get("headers", []),
            "doubts": result.get("doubts", {}) if self.row.status == PaymentImport.Status.COLUMNS else {},
            "columns": result.get("columns", {}),
        }

    def act(self, data):
        columns = {role: int(at) for role, at in data.items() if at not in ("", None)}
        return reading.choose_columns(by=self.request.user, at=timezone.now(), payment_import=self.row, columns=columns)


class ImportButton(View):
    """A button on the file's page."""

    def press(self, request, row: PaymentImport) -> None:
        raise NotImplementedError("A button does something.")

    def post(self, request, pk):
        check_may(request, "payments")
        row = get_object_or_404(PaymentImport, pk=pk)
        self.press(request, row)
        return redirect(row)


class ImportConfirm(ImportButton):
    def press(self, request, row):
        importing.ask_for_import(by=request.user, at=timezone.now(), payment_import=row)


class ImportDiscard(ImportButton):
    def press(self, request, row):
        reading.discard(by=request.user, at=timezone.now(), payment_import=row)
        messages.success(request, f"{row.file_name} is discarded. Nothing was imported.")


class ImportName(ImportButton):
    """Confirm a similar name as an agency's, or dismiss it."""

    def press(self, request, row):
        name, agency = request.POST.get("name", "").replace("\0", "")[:200], request.POST.get("agency", "")
        common = {"by": request.user, "at": timezone.now(), "payment_import": row, "name": name}
        if not name:
            return
        if agency != "none":
            allocating.confirm_name(**common, agency=get_object_or_404(Agency, pk=whole_number(agency)))
            messages.success(request, f"“{name}” is confirmed. The file is read again.")
        else:
            allocating.dismiss_name(**common)
            messages.success(request, f"“{name}” is dismissed.")


class SourceEdit(ActionFormView):
    right = "payments"
    form_class = SourceForm

    @property
    def title(self):
        return f"About {self.source.name}"

    def prepare(self):
        self.source = get_object_or_404(PaymentSource, pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        names = set(self.source.our_departments)
        for row in self.source.imports.order_by("-pk")[:5]:
            names |= set(row.result.get("departments", {}))
        names |= set(self.source.payments.values_list("department", flat=True).distinct())
        return super().get_form_kwargs() | {"departments": sorted(names - {""})}

    def get_initial(self):
        return {"vat": "yes" if self.source.includes_vat else "no", "departments": self.source.our_departments}

    def back(self):
        last = self.source.imports.order_by("-pk").first()
        return last.get_absolute_url() if last else address("reporting:payments")

    def next(self, result):
        return self.back()

    def act(self, data):
        return reading.set_up_source(
            by=self.request.user,
            at=timezone.now(),
            source=self.source,
            includes_vat=data["vat"] == "yes",
            our_departments=data.get("departments", []),
        )

    def done(self, source):
        return f"What you said of {source.name} is remembered."


class Allocate(ActionFormView):
    right = "payments"
    form_class = AllocateForm
    title = "Put a payment on contracts"
    template_name = "payments/allocate.html"

    def prepare(self):
        self.payment = get_object_or_404(Payment.objects.select_related("agency", "source"), pk=self.kwargs["pk"])
        self.contracts = list(
            Contract.objects.filter(agency_id=self.payment.agency_id).with_position().order_by("starts_on")
        )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"payment": self.payment, "contracts": self.contracts}

    def get_initial(self):
        amounts = {f"contract_{part.contract_id}": part.amount for part in self.payment.allocations.all()}
        return amounts | {"version": self.current_version()}

    def current_version(self):
        return allocating.allocation_mark(self.payment)

    def back(self):
        return address("reporting:payments", state="waiting")

    def next(self, result):
        return self.back()

    def act(self, data):
        parts = [(contract, data.get(f"contract_{contract.pk}") or 0) for contract in self.contracts]
        return allocating.allocate(
            by=self.request.user, at=timezone.now(), payment=self.payment, parts=parts, seen=data["version"]
        )

    def done(self, payment):
        return "The payment is on its contract."

    def get_context_data(self, **kwargs):
        return super().get_context_data(payment=self.payment, contracts=self.contracts, **kwargs)
