"""The services of letters: a call that their policy refuses, and to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from dugai.complaints.entries import NewLetter
from tests.letters import ANSWER

Call = tuple[tuple[str, ...], Callable[[Any], dict[str, Any]]]
STRANGERS = ("neighbour_clerk", "public", "system_admin")
READERS = ("leader", "supervisor", *STRANGERS)
UNITS = ("county_clerk", "county_reviewer", *READERS)


def letter(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"letter_id": world.letter.pk, **more}


CALLS: dict[str, Call] = {
    "open_batch": (
        UNITS,
        lambda world: {
            "inspection_id": world.inspection.pk,
            "region": world.cast.city,
            "number": 9,
            "handed_on": dt.date(2026, 1, 5),
        },
    ),
    "enter_letters": (
        UNITS,
        lambda world: {
            "batch_id": world.letter.batch_id,
            "letters": [NewLetter("X9", world.cast.county, "扬尘。")],
        },
    ),
    "reassign_letter": (
        UNITS,
        lambda world: {"letter_id": world.letter.pk, "lead": world.cast.county_bureau, "reason": "归口"},
    ),
    "link_letter": (UNITS, letter(problem_id=None)),
    "restate_letter": (UNITS, letter(values={"findings": "另查。"}, source_span={})),
    "take_letter": (("city_clerk", "county_office_clerk", *READERS), letter()),
    "answer_letter": (("city_clerk", *READERS), letter(answer=ANSWER)),
    "send_back_letter": (UNITS, letter(reason="不全")),
    "stage_letter": (UNITS, letter(follow_up=dt.date(2030, 1, 1))),
    "close_letter": (UNITS, letter()),
    "reopen_letter": (UNITS, letter(reason="反弹")),
    "enter_found_letters": (UNITS, lambda world: {"document_id": world.document.pk, "batch_id": None}),
}
