"""The wording of templates: what ships with the house, and what an office made of it."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dugai.disclosure.models import TextTemplate
from dugai.disclosure.states import Genre

if TYPE_CHECKING:
    from dugai.people.models import Organisation

FOLDER = Path(__file__).parent / "data" / "templates"
_FIGURE = re.compile(r"⟦[^⟦⟧]*⟧")
_SLOT = re.compile(r"\\\{[^{}]+\\\}|【待填[^】]*】")


@functools.cache
def shipped(genre: Genre) -> str:
    """Return the shipped lines of a template."""
    return (FOLDER / f"{genre.value}.txt").read_text(encoding="utf-8")


def lines_for(genre: Genre, office: Organisation) -> str:
    """Return the lines an office drafts from: its own wording, else the shipped one."""
    own = TextTemplate.objects.filter(genre=genre, office=office).values_list("lines", flat=True).first()
    return own or shipped(genre)


@functools.cache
def shipped_wording(genre: str) -> re.Pattern[str]:
    """Return the pattern of the shipped paragraphs, figures left out and anything in their open places."""
    lines = [line.strip() for line in shipped(Genre(genre)).splitlines() if line.strip()]
    plain = [re.escape(_FIGURE.sub("", line)) for line in lines]
    return re.compile("|".join(_SLOT.sub(".*", line) for line in plain), re.DOTALL)
