"""A kind of event that the house records and cannot put into words fails here."""

from __future__ import annotations

import ast
from pathlib import Path

from dugai.insight import event_words, subject_words
from dugai.journal import guards

HOUSE = Path(__file__).parents[2] / "dugai"
DOORS = {"record", "Draft"}


def kinds() -> dict[str, str]:
    """Return each kind written out as text in a call that records, and the file that does."""
    found: dict[str, str] = {}
    for path in sorted(HOUSE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name not in DOORS:
                continue
            values = [keyword.value for keyword in call.keywords if keyword.arg == "kind"] or call.args[:1]
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found[value.value] = str(path.relative_to(HOUSE))
    return found


def test_every_kind_of_event_has_words():
    missing = {kind: path for kind, path in kinds().items() if kind not in event_words.WORDS}
    assert missing == {}


def test_every_kind_of_row_has_words():
    assert {model.subject_type for model in guards.recorded_models()} == set(subject_words.WORDS)


def test_decisions_that_stand_out_are_kinds_with_words():
    assert set(event_words.WORDS) >= event_words.KEY


def test_details_say_what_changed_and_why():
    body = {
        "before": {"progress": "not_started"},
        "after": {"progress": "done"},
        "reason": "竣工验收",
    }
    assert event_words.details(body) == "进展由“未启动”到“已完成” · 竣工验收"
    assert event_words.details({"before": {"done": "1"}, "after": {"done": "2.5"}}) == "完成量由 1 到 2.5"
    assert event_words.details({"before": {}, "after": {}}) == ""
