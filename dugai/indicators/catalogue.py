"""常用指标: the indicators that ship with the house, from a data file; an office takes them in at once."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "catalogue.json"


@functools.cache
def shipped() -> tuple[dict[str, Any], ...]:
    """Return the columns of each shipped indicator, in their order."""
    return tuple(json.loads(FILE.read_text(encoding="utf-8")))
