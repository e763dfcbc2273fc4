"""What people hand over with an act, as plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of the application: what was done for a measure, and where the proof is."""

    measure_id: int
    claim: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a checker finds of one measure: in place or not, and why."""

    measure_id: int
    met: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as the form or the phone sends it; coordinates in degrees, WGS84. Times carry their zone."""

    members: tuple[str, ...]
    place: str
    began_at: dt.datetime
    ended_at: dt.datetime
    findings: str
    longitude: Decimal | None = None
    latitude: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """What a photo says of itself: when and where it was taken, and its caption."""

    taken_at: dt.datetime | None = None
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """The three questions of a look-back (反弹、到位、稳固), and what was found."""

    rebound: bool
    in_place: bool
    stable: bool
    findings: str
    visited_on: dt.date
