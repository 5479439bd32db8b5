"""The page on which a supplier confirms its ordering address."""

from django.shortcuts import render
from django.utils import timezone

from recruitment.contracts import addresses
from recruitment.contracts.forms import OwnAddressForm
from recruitment.orders.by_link import ByLink


class OwnAddress(ByLink):
    form_class = OwnAddressForm
    template_name = "form_page.html"
    title = "Is this your address for our orders?"

    def find(self, token):
        return addresses.find(token)

    def opens(self, link, now):
        return link.address.confirmed is not None or addresses.works(link, now)

    def get(self, request, *args, **kwargs):
        if word := self.link.address.confirmed:
            return render(request, "suppliers/address_confirmed.html", {"word": word})
        return super().get(request, *args, **kwargs)

    @property
    def intro(self):
        address = self.link.address
        return (
            f"Our orders to {address.agency} would go to {address.address}. What is said by the links in them counts as the words of "
            f"{address.agency}."
        )

    def get_form_kwargs(self):
        domain = addresses.domain_of(self.link.address.address)
        return super().get_form_kwargs() | {"domain": domain if addresses.may_be_its_own(domain) else ""}

    def act(self, data):
        return addresses.confirm_address(by=self.link, at=timezone.now(), **data)

    def next(self, result):
        return self.request.path

    def get_context_data(self, **kwargs):
        return super().get_context_data(caption=str(self.link.address.agency), **kwargs)
