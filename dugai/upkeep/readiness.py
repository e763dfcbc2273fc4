"""`/readyz`: can this process do its work now? Five questions at once, answered within five seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dugai.files import store
from dugai.jobs import services as jobs
from dugai.journal import keys
from dugai.journal.models import TreeHead
from dugai.journal.sequencing import head_text
from dugai.kernel import canonical, clock

CAP_SECONDS = 4.5
PROBE = "readyz"


@dataclass(frozen=True)
class Answer:
    """One question: whether the answer is good, and in a few words why not."""

    name: str
    good: bool
    text: str = ""


def ask() -> list[Answer]:
    """Ask all questions, each in a thread of its own; one that takes too long counts as bad."""
    answers: dict[str, Answer] = {}
    threads = []
    for name, question in QUESTIONS.items():
        thread = threading.Thread(target=_answer, args=(name, question, answers), daemon=True)
        thread.start()
        threads.append(thread)
    until = time.monotonic() + CAP_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    late = Answer("", good=False, text="超过时限")
    return [answers.get(name, Answer(name, late.good, late.text)) for name in QUESTIONS]


def database() -> str:
    """Write one row and commit it."""
    jobs.note_probe(name=PROBE, moment=clock.now())
    return ""


def disk() -> str:
    """Enough space for the database and for uploads."""
    return "剩余空间不足" if store.is_short(*store.free_space(Path(settings.DATA))) else ""


def files() -> str:
    """A file can be written to the store and read back."""
    store.probe()
    return ""


def migrations() -> str:
    """The tables are those of this version."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"有 {len(waiting)} 个迁移没有执行" if waiting else ""


def journal() -> str:
    """The last signed head of the journal is ours."""
    head = TreeHead.objects.order_by("-size").first()
    if head is None:
        return ""
    text = head_text(head.size, head.sha256, head.sm3, canonical.plain(head.at))
    return "" if keys.signed_by_us(text, head.signature) else "最后一个树根的签名不对"


def _answer(name: str, question: Callable[[], str], answers: dict[str, Answer]) -> None:
    try:
        text = question()
        answers[name] = Answer(name, good=not text, text=text)
    except Exception as trouble:  # noqa: BLE001  whatever it is, it is the answer
        answers[name] = Answer(name, good=False, text=type(trouble).__name__)
    finally:
        connection.close()


QUESTIONS: dict[str, Callable[[], str]] = {
    "database": database,
    "disk": disk,
    "files": files,
    "migrations": migrations,
    "journal": journal,
}
