"""What a person or a table says of a letter, before it is a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dugai.complaints.states import Grade, LetterState

if TYPE_CHECKING:
    import datetime as dt

    from dugai.people.models import Organisation

TEXTS = ("summary", "findings", "handling", "accountability")
WORDS = {
    "summary": "交办问题基本情况",
    "findings": "调查核实情况",
    "handling": "处理和整改情况",
    "accountability": "责任人被处理情况",
}
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class NewLetter:
    """One letter to enter. `state` other than 已交办 means that the table was printed with its answer."""

    number: str
    region: Organisation
    summary: str
    types: tuple[str, ...] = ()
    grade: str = Grade.ORDINARY
    lead: Organisation | None = None
    verdict: str = ""
    findings: str = ""
    handling: str = ""
    state: str = LetterState.HANDED
    follow_up: dt.date | None = None
    persons: int | None = None
    person_times: int | None = None
    accountability: str = ""
    source_span: dict[str, object] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """Return the free texts by field."""
        return {name: getattr(self, name) for name in TEXTS}
