"""States are a table: what is not in it is refused, and pages draw their buttons from the same table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from dugai.kernel.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

S = TypeVar("S", bound=str)


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """One arrow group of the diagram: from each of ``sources`` the act ``name`` leads to ``target``.

    ``label`` is the Chinese word on the button. ``needs_reason``: the service must refuse without a reason.
    ``by_system``: made by time or by another record, so no page offers a button. ``two_people``: a second
    person must confirm, because it cannot be undone quietly.
    """

    name: str
    label: str
    sources: frozenset[S]
    target: S
    needs_reason: bool = False
    by_system: bool = False
    two_people: bool = False


class Moves(Generic[S]):
    """A table of moves. Iterating gives the moves in the order written, for diagrams and docs."""

    def __init__(self, *moves: Move[S]) -> None:
        """Index the moves. The same act from one state may lead to one state only; else ``ValueError``."""
        self._moves = moves
        self._by_state: dict[tuple[S, str], Move[S]] = {}
        self._labels: dict[str, str] = {}
        for move in moves:
            self._labels.setdefault(move.name, move.label)
            for source in move.sources:
                if (source, move.name) in self._by_state:
                    text = f"{move.name} leaves {source} twice"
                    raise ValueError(text)
                self._by_state[source, move.name] = move

    def __iter__(self) -> Iterator[Move[S]]:
        """Yield every move in the order written."""
        return iter(self._moves)

    def find(self, state: S, name: str) -> Move[S]:
        """Return the move ``name`` from ``state``; ``Refused`` (``move_refused``) if the table has none."""
        move = self._by_state.get((state, name))
        if move is None:
            raise Refused(self._refusal(state, name), code="move_refused")
        return move

    def next(self, state: S, name: str) -> S:
        """Return the state the act ``name`` leads to; ``Refused`` naming state and act if there is no way."""
        return self.find(state, name).target

    def allows(self, state: S, name: str) -> bool:
        """Say whether the act ``name`` is in the table for ``state``."""
        return (state, name) in self._by_state

    def allowed(self, state: S) -> tuple[Move[S], ...]:
        """Return the moves that leave ``state``, in the order written."""
        return tuple(move for move in self._moves if state in move.sources)

    def _refusal(self, state: S, name: str) -> str:
        act = self._labels.get(name, name)
        ways = "、".join(
            dict.fromkeys(f"“{move.label}”" for move in self.allowed(state) if not move.by_system)
        )
        after = f"现在可以{ways}。" if ways else "这一步之后没有别的操作。"
        return f"现在是“{_label(state)}”，不能“{act}”。{after}"


def _label(state: str) -> str:
    return str(getattr(state, "label", state))
