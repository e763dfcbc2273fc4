"""A thousand receipts from trees of a thousand sizes hold offline, a thousand altered ones do not (T05)."""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dugai.journal import check_receipt, sequencing, services
from dugai.journal.models import Event
from tests.cast import Cast, make_problem

RECEIPTS = int(os.environ.get("DUGAI_TEST_RECEIPTS", "1000"))
ALTERATIONS = [
    "event",
    "index",
    "size",
    "proof",
    "shorter",
    "longer",
    "swapped",
    "root",
    "root_sm3",
    "at",
    "signature",
    "public_key",
    "format",
]
HEX = "0123456789abcdef"


def checked(receipt: dict[str, Any], place: Path) -> int:
    """Return what the offline script says of a receipt."""
    place.write_text(json.dumps(receipt, ensure_ascii=False), encoding="utf-8")
    return check_receipt.main([str(place)])


def flipped(text: str, draw: random.Random) -> str:
    """Return a hexadecimal text with one digit changed."""
    at = draw.randrange(len(text))
    return text[:at] + draw.choice([digit for digit in HEX if digit != text[at]]) + text[at + 1 :]


def altered(receipt: dict[str, Any], draw: random.Random) -> tuple[str, dict[str, Any]]:
    """Return a receipt with one thing changed, and which."""
    bad = copy.deepcopy(receipt)
    what = draw.choice(ALTERATIONS)
    if what == "event":
        at = draw.randrange(1, len(bad["event"]) - 1)
        bad["event"] = bad["event"][:at] + draw.choice("改督0a}") + bad["event"][at:]
    elif what in {"index", "size"}:
        bad[what] += draw.choice([-3, -2, -1, 1, 2, 3, 256])
    elif what == "proof":
        at = draw.randrange(len(bad["proof"]))
        bad["proof"][at] = flipped(bad["proof"][at], draw)
    elif what == "shorter":
        bad["proof"].pop(draw.randrange(len(bad["proof"])))
    elif what == "longer":
        bad["proof"].insert(draw.randrange(len(bad["proof"]) + 1), draw.choice(bad["proof"]))
    elif what == "swapped":
        bad["proof"][0], bad["proof"][1] = bad["proof"][1], bad["proof"][0]
    elif what == "at":
        bad["at"] = bad["at"].replace("20", "19", 1)
    elif what == "format":
        bad["format"] = "dugai-receipt-2"
    else:
        bad[what] = flipped(bad[what], draw)
    return what, bad


@pytest.mark.slow
@pytest.mark.django_db
def test_receipts_of_every_size_hold_and_altered_ones_do_not(cast: Cast, tmp_path: Path, capsys):
    problem = make_problem(cast)
    seed = random.randrange(1 << 32)
    draw = random.Random(seed)
    place, sizes, tried = tmp_path / "回执.json", set(), Counter[str]()
    events = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    for number in range(RECEIPTS):
        events.append(
            services.record(actor=cast.city_clerk, kind="problem.read", subject=problem, changed=False).pk
        )
        receipt = sequencing.receipt_of(draw.choice(events))
        sizes.add(receipt["size"])
        assert checked(receipt, place) == 0, (seed, number, receipt)
        what, bad = altered(receipt, draw)
        tried[what] += 1
        assert checked(bad, place) in {1, 2}, (seed, number, what, bad)
    capsys.readouterr()
    assert len(sizes) == RECEIPTS
    assert set(tried) == set(ALTERATIONS)
    place.write_text(sequencing.receipt_text(receipt), encoding="utf-8")
    script = [sys.executable, "-I", check_receipt.__file__, str(place)]
    alone = subprocess.run(script, capture_output=True, text=True, check=False)
    assert (alone.returncode, alone.stderr) == (0, "")
