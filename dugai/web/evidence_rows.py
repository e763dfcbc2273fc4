"""A piece of evidence as pages show it: its picture, its claims beside what its file says, its chips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dugai.evidence.rules_claims import (
    Difference,
    Point,
    known_datum,
    place_difference,
    time_difference,
)
from dugai.evidence.states import EvidenceState, ReadingState, SlotStatus
from dugai.web.charts_place import PlaceMap, Spot, place_map

if TYPE_CHECKING:
    from dugai.evidence.models import Evidence, Reading

LAMPS = {
    EvidenceState.ACCEPTED: "ontrack",
    EvidenceState.RETURNED: "behind",
    EvidenceState.PENDING: "soon",
}
SLOT_LAMPS = {
    SlotStatus.ACCEPTED: "ontrack",
    SlotStatus.RETURNED: "behind",
    SlotStatus.PENDING: "soon",
    SlotStatus.INCOMPLETE: "soon",
}


@dataclass(frozen=True)
class Card:
    """One piece, ready for the page. `waits` says that nobody has looked into the file yet."""

    evidence: Evidence
    reading: Reading | None
    picture: bool
    size: tuple[int, int] | None
    lamp: str
    time: Difference | None
    place: Difference | None

    @property
    def waits(self) -> bool:
        """Whether the worker has still to read the file."""
        return self.reading is None

    @property
    def damaged(self) -> bool:
        """Whether the store no longer has what was uploaded."""
        return self.evidence.file.blob.damaged_at is not None

    @property
    def unreadable(self) -> str:
        """Why the file could not be read; empty when it could."""
        if self.reading is not None and self.reading.state == ReadingState.UNREADABLE:
            return self.reading.reason
        return ""

    @property
    def differs(self) -> bool:
        """Whether time or place lies further off than the rule lets pass."""
        return any(one is not None and one.beyond for one in (self.time, self.place))


def card(evidence: Evidence, tolerances: tuple[int, int]) -> Card:
    """Return a piece with its picture and its differences; `tolerances` are hours and metres."""
    reading: Reading | None = getattr(evidence.file.blob, "reading", None)
    small = next((one for one in evidence.file.blob.derivatives.all() if one.kind == "thumb"), None)
    hours, metres = tolerances
    return Card(
        evidence,
        reading,
        small is not None and evidence.file.blob.damaged_at is None,
        (small.width, small.height) if small else None,
        LAMPS.get(EvidenceState(evidence.state), ""),
        time_difference(evidence.claimed_at, reading.taken_at if reading else None, tolerance_hours=hours),
        place_difference(claimed(evidence), carried(reading), tolerance_m=metres),
    )


def claimed(evidence: Evidence) -> Point | None:
    """Return the claimed place, if coordinates were given."""
    return _point(evidence.claimed_latitude, evidence.claimed_longitude)


def carried(reading: Reading | None) -> Point | None:
    """Return the place in the file, if it carries one."""
    return _point(reading.latitude, reading.longitude) if reading else None


def map_of(evidence: Evidence, reading: Reading | None) -> PlaceMap | None:
    """Return the small map of a piece: claimed, in the file, and its site."""
    spots = []
    if (place := claimed(evidence)) is not None:
        spots.append(Spot("claimed", "填报的地点", place))
    if (place := carried(reading)) is not None:
        spots.append(Spot("carried", "文件里的定位", place))
    site = evidence.site
    if site is not None and known_datum(site.datum):
        place = _point(site.latitude, site.longitude)
        if place is not None:
            spots.append(Spot("site", f"点位 {site.name[:10]}", place))
    return place_map(spots)


def _point(latitude: Any, longitude: Any) -> Point | None:
    if latitude is None or longitude is None:
        return None
    return Point(float(latitude), float(longitude))
