"""`dugai search rebuild`: the index written anew from the rows."""

from __future__ import annotations

import argparse

from dugai.cli import progress


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("act", choices=("rebuild",), help="做什么")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(words: argparse.Namespace) -> int:
    """Write every document anew, beside people at work."""
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from dugai.kernel import clock  # noqa: PLC0415  the same
    from dugai.ledger import search  # noqa: PLC0415  the same
    from dugai.upkeep import services  # noqa: PLC0415  the same
    from dugai.upkeep.states import RunKind  # noqa: PLC0415  the same

    began = clock.now()
    with progress.bar(quiet=words.json) as tell:
        count = search.rebuild(tell)
    services.note_run(
        actor=services.system_account(),
        kind=RunKind.REINDEX,
        by=services.operator(),
        started_at=began,
        holds=True,
        summary=f"重建检索，共 {count} 条",
        result={"documents": count},
    )
    return progress.tell_end({"documents": count}, [], as_json=words.json)
