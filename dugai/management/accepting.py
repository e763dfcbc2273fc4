"""Documents accepted from the command line: what has no doubt goes in, the rest waits."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dugai.intake import queries, services_enter, services_reading, services_review
from dugai.intake.models import Document
from dugai.intake.states import REVIEWABLE, DocumentState
from dugai.kernel.errors import DomainError, NotVisible, Refused
from dugai.ledger import queries_export
from dugai.ledger.models import Inspection
from dugai.ledger.units import Units
from dugai.people.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """Where the problems of files go, as ids."""

    inspection: int
    home: int
    lead: int | None


@dataclass(slots=True)
class Outcome:
    """What became of one document: its counts, and why something still waits or was refused."""

    name: str
    document: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    trouble: str = ""

    def shown(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "name": self.name,
            "document": self.document,
            "counts": self.counts,
            "trouble": self.trouble,
        }


def who(username: str) -> User:
    """Return the account that answers for it. Raises `NotVisible` for one that is unknown or closed."""
    found = User.objects.filter(username=username, is_active=True).select_related("organisation").first()
    if found is None:
        raise NotVisible(f"没有账号“{username}”，或它已停用。")
    return found


def place_of(actor: User, inspection: str, home: str, lead: str) -> Place:
    """Find an inspection by its code and units by their names, as people write them."""
    found = Inspection.objects.filter(code=inspection).first()
    if found is None:
        raise NotVisible(f"没有编号为“{inspection}”的督察。")
    units = Units(queries_export.public_units())
    region = units.find(home, actor.organisation.path, region=True)
    if region.unit is None:
        raise Refused(region.says)
    leads = units.find(lead, region.unit.path) if lead else None
    if leads is not None and leads.unit is None:
        raise Refused(leads.says)
    return Place(found.pk, region.unit.pk, leads.unit.pk if leads and leads.unit else None)


def accept_document(actor: User, document_id: int) -> Outcome:
    """Adopt what has no doubt in a document under review, and enter everything adopted."""
    outcome = Outcome(str(document_id), document_id)
    try:
        document = queries.get_document(actor, document_id)
        outcome.name = document.file.name
        _accept(actor, document, outcome)
    except DomainError as refusal:
        outcome.trouble = refusal.message
    return outcome


def accept_file(actor: User, path: Path, place: Place, originals: Path | None) -> Outcome:
    """Bring a file in, or a record with its original from the folder `originals`, and accept it."""
    outcome = Outcome(path.name)
    try:
        record, original = _record(path, originals)
        with original.open("rb") as stream:
            document = services_reading.receive_document(
                actor=actor,
                name=original.name,
                stream=stream,
                inspection_id=place.inspection,
                home_id=place.home,
                lead_id=place.lead,
                queue=False,
            )
        services_reading.run_reading(actor=actor, document_id=document.pk, understood=record)
        document.refresh_from_db()
        outcome.document = document.pk
        _accept(actor, document, outcome)
    except DomainError as refusal:
        outcome.trouble = refusal.message
    except (OSError, ValueError) as broken:
        outcome.trouble = f"读不了：{broken}"
    return outcome


def _record(path: Path, originals: Path | None) -> tuple[dict[str, Any] | None, Path]:
    """Return the record that a `.json` file holds and its original; else no record and the file itself."""
    if path.suffix.lower() != ".json":
        return None, path
    folder = originals or path.parent
    beside = sorted(one for one in folder.iterdir() if one.stem == path.stem and one.suffix != ".json")
    if len(beside) != 1:
        raise Refused(f"在 {folder} 里要正好有一个与“{path.stem}”同名的原件，现在有 {len(beside)} 个。")
    record = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(record, dict) or "problems" not in record:
        raise Refused(f"“{path.name}”不是 intake read 写出的记录。")
    return record, beside[0]


def _accept(actor: User, document: Document, outcome: Outcome) -> None:
    if DocumentState(document.state) not in REVIEWABLE:
        if document.state != DocumentState.SAME:
            raise Refused(document.message or "这份文件还没有读完。")
        outcome.counts = {"total": 0, "entered": 0}
        return
    services_review.accept_proposals(actor=actor, document_id=document.pk)
    counts = queries.counts(actor, document)
    if any(row.became_id is None for row in queries.adopted(actor, document)):
        counts = services_enter.enter_document(actor=actor, document_id=document.pk)
    outcome.counts = {"entered": 0, **counts}
    if counts["proposed"]:
        outcome.trouble = f"还有 {counts['proposed']} 条有疑点，请到“接件”里审阅。"
