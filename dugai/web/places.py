"""Where to go after a change: a named page, or the home when the house does not have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from django.http import HttpResponse


def place(name: str, **kwargs: Any) -> str:
    """Return the address of a page, or that of the home."""
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return reverse("today")


def go(name: str, **kwargs: Any) -> HttpResponse:
    """Answer a change that was made by showing a page."""
    return HttpResponseRedirect(place(name, **kwargs))
