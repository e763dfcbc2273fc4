"""Where one problem stands on the loop, from its closure and what has happened so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.ledger.states import CLOSED_CLOSURES, Closure

if TYPE_CHECKING:
    from collections.abc import Sequence

STAGES = ("发现交办", "建账分解", "调度推进", "督办预警", "验收销号", "公示公开", "回头看", "考核问责")
LEDGER, ROUNDS, CLOSE_OUT, NOTICE, LOOK_BACK = 1, 2, 4, 5, 6
AT = {
    Closure.APPLIED: CLOSE_OUT,
    Closure.CHECKED: CLOSE_OUT,
    Closure.VERIFIED: CLOSE_OUT,
    Closure.IN_NOTICE: NOTICE,
    Closure.OBJECTED: NOTICE,
    **dict.fromkeys(CLOSED_CLOSURES, LOOK_BACK),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One station: `past`, `here` or still to come, with a date or a word below it."""

    word: str
    past: bool
    here: bool
    note: str = "—"


def stages(closure: Closure, *, has_tasks: bool, notes: dict[int, str]) -> Sequence[Stage]:
    """Return the eight stations; `notes` are words below them by position."""
    here = AT.get(closure, ROUNDS if has_tasks else LEDGER)
    return [Stage(word, n < here, n == here, notes.get(n, "—")) for n, word in enumerate(STAGES)]
