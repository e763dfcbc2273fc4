"""How long commands speak: a bar on a terminal, counts at the end, one JSON object when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

if TYPE_CHECKING:
    from dugai.kernel.errors import DomainError

DOUBT, REFUSED = 1, 3


@contextmanager
def bar(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function (stage, done, total) that moves a bar on the terminal."""
    with tqdm(disable=quiet or not sys.stderr.isatty(), file=sys.stderr) as shown:

        def tell(stage: str, done: int, total: int) -> None:
            shown.set_description(stage)
            shown.total = total or None
            shown.n = done
            shown.refresh()

        yield tell


def tell_end(said: dict[str, Any], findings: list[str], *, as_json: bool) -> int:
    """Print what was done and what does not hold; return the exit code."""
    if as_json:
        print(json.dumps({**said, "findings": findings, "holds": not findings}, ensure_ascii=False))
    else:
        for name, value in said.items():
            print(f"{name}\t{value}")
        for sentence in findings:
            print(f"不成立：{sentence}")
        print("有不成立之处" if findings else "全部成立")
    return DOUBT if findings else 0


def refused(refusal: DomainError, *, as_json: bool) -> int:
    """Print why nothing was done; return the exit code."""
    if as_json:
        print(json.dumps({"refused": refusal.code, "message": refusal.message}, ensure_ascii=False))
    else:
        print(refusal.message, file=sys.stderr)
    return REFUSED
