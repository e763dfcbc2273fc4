"""One row for the portal before it is written, and the version of the shapes of payloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dugai.disclosure.states import SnapshotKind

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """One row for the portal before it is written."""

    kind: SnapshotKind
    key: str
    title: str
    payload: dict[str, Any]
