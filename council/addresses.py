"""Addresses of pages by their names, so that a page can move without those who lead to it knowing where."""

from urllib.parse import urlencode

from django.urls import reverse


def address(name: str, *args: object, **query: object) -> str:
    """For example `address("reporting:payments", state="waiting")`: the page of that name, with what its address asks."""
    path = reverse(name, args=args)
    return f"{path}?{urlencode(query)}" if query else path
