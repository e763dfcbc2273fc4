"""The small makers of the stories about letters."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from dugai.complaints import services
from dugai.complaints.entries import NewLetter
from dugai.complaints.services_handle import Answer
from dugai.kernel import clock
from tests.cast import make_inspection

if TYPE_CHECKING:
    from dugai.complaints.models import Letter, LetterBatch
    from dugai.ledger.models import Inspection
    from tests.cast import Cast

ANSWER = Answer(
    verdict="true",
    findings="经查，反映情况属实，该加工点无环保手续。",
    handling="责令停产，拆除设备，罚款 5 万元。",
    persons=1,
    person_times=2,
    accountability="约谈 1 人，批评教育 1 人。",
)


def make_batch(
    cast: Cast, number: int = 1, inspection: Inspection | None = None, handed_on: dt.date | None = None
) -> LetterBatch:
    """Open a batch for 朔岭市, handed over today."""
    return services.open_batch(
        actor=cast.city_clerk,
        inspection_id=(inspection or make_inspection(cast)).pk,
        region=cast.city,
        number=number,
        handed_on=handed_on or clock.today(),
    )


def make_letter(cast: Cast, batch: LetterBatch | None = None, serial: int = 1, **values: Any) -> Letter:
    """Enter one letter about 望渡县, handled by its 住建局."""
    batch = batch or make_batch(cast)
    told = {
        "number": f"D3JY20260528{serial:04d}",
        "region": cast.county,
        "summary": "石桥村废旧塑料加工点偷排废水，气味难闻。",
        "types": ("water", "air"),
        "lead": cast.county_bureau,
        **values,
    }
    (letter,) = services.enter_letters(actor=cast.city_clerk, batch_id=batch.pk, letters=[NewLetter(**told)])
    return letter
