"""People who act at the same moment: threads that keep their connections, so that a pair costs two acts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from django.db import connections

from dugai.kernel.errors import DomainError

WAIT = 60


class Together:
    """`with Together(2) as two: two(act, act)` returns for each `done` or the name of its refusal."""

    def __init__(self, people: int) -> None:
        self.pool = ThreadPoolExecutor(people)
        self.gate = threading.Barrier(people)
        self.people = people

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        list(self.pool.map(lambda _: self._leave(), range(self.people)))
        self.pool.shutdown()

    def __call__(self, *acts: Callable[[], Any]) -> list[str]:
        """Let everybody begin at once; one act for each person."""
        assert len(acts) == self.people
        return list(self.pool.map(self._one, acts))

    def _one(self, act: Callable[[], Any]) -> str:
        self.gate.wait(WAIT)
        try:
            act()
        except DomainError as refusal:
            return type(refusal).__name__
        return "done"

    def _leave(self) -> None:
        self.gate.wait(WAIT)  # so that each thread leaves, and none twice
        connections.close_all()


def one_winner(outcomes: list[str]) -> bool:
    """Say whether one succeeded and every other one was told so."""
    found = Counter(outcomes)
    return found["done"] == 1 and found["Conflict"] + found["Refused"] == len(outcomes) - 1
