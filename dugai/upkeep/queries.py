"""Reading the record of operations: the installation's health, nobody's business data."""

from __future__ import annotations

from dugai.upkeep.models import UpkeepRun


def public_latest(*kinds: str, holds: bool | None = None) -> UpkeepRun | None:
    """Return the newest run of these kinds, only those that held when asked."""
    found = UpkeepRun.objects.filter(kind__in=kinds)
    if holds is not None:
        found = found.filter(holds=holds)
    return found.order_by("-finished_at").first()


def public_newest(kind: str, most: int) -> list[UpkeepRun]:
    """Return the newest runs of one kind, the last first."""
    return list(UpkeepRun.objects.filter(kind=kind).order_by("-finished_at")[:most])
