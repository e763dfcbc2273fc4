"""The national default of every rule set that ships; a region overrides single values by a row."""

from __future__ import annotations

from typing import Any

from dugai.rulebook import closeout
from dugai.rulebook.defaults_evidence import EVIDENCE

NATIONAL: dict[str, dict[str, Any]] = {
    "closeout": closeout.NATIONAL,
    "evidence": EVIDENCE,
    "lamps": {"number": 1, "soon_days": 30},
    "letters": {"answer_days": 10, "working_days": False, "soon_days": 3},
    "reminders": {"task_days": [30, 7, 1], "round_days": [3, 1]},
    "rounds": {
        "monthly_due_day": 25,
        "adopt_days": 5,
        "weekly_due_weekday": 4,
        "levels": "all",
        "unit_review": True,
        "done_needs_file": False,
        "receipt_prefix": "JY",
    },
}
