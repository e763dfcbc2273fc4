"""What the ledger already holds, for holding proposals beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.intake import queries
from dugai.intake.doubts import Doubt, doubts_of
from dugai.intake.matching import Entry, conflict_with
from dugai.intake.states import ProposalKind, ProposalState
from dugai.ledger import queries_export
from dugai.ledger.models import Measure, Participation, Problem
from dugai.ledger.models_entry import Part
from dugai.ledger.queries_plan import printed
from dugai.ledger.units import Found, Units

if TYPE_CHECKING:
    from dugai.intake.models import Document, Proposal
    from dugai.people.models import User


class Names:
    """What the names of units in one document mean: first as the office said, then as the directory knows them."""

    def __init__(self, viewer: User, document: Document) -> None:
        self.units = Units(queries_export.public_units())
        self.said = queries.unit_names(viewer, document)
        self.home, self.home_name = document.home.path, document.home.name

    def find(self, name: str) -> Found:
        """Return the unit a name means, or why it means none."""
        known = self.units.by_pk.get(self.said.get(name, 0))
        return Found(known) if known else self.units.find(name, self.home)

    def ids(self, names: list[str]) -> list[int]:
        """Return the units of those names that mean one, each once."""
        return list(dict.fromkeys(found.unit.pk for name in names if (found := self.find(name)).unit))

    def unknown(self, names: list[str]) -> list[str]:
        """Return those names that mean no unit."""
        return [name for name in names if self.find(name).unit is None]


class Lens:
    """The doubts of one document's proposals; its record and the directory of units are read once."""

    def __init__(self, viewer: User, document: Document, record: dict[str, Any] | None = None) -> None:
        self.record = queries.record_of(viewer, document) if record is None else record
        self.names = Names(viewer, document)
        self.issued = queries.issued_on(viewer, document)
        self.has_lead = document.lead_id is not None

    def doubts(self, row: Proposal) -> list[Doubt]:
        """Return the doubts of one proposal, those that stop its adoption first."""
        return doubts_of(row, self.record, self.names, issued=self.issued, has_lead=self.has_lead)


class Ledger:
    """The problems of one inspection in the viewer's sight, and their measures, as documents repeat them."""

    def __init__(self, viewer: User, document: Document) -> None:
        self.names = Names(viewer, document)
        problems = Problem.objects.visible_to(viewer).filter(inspection=document.inspection_id)
        self.leads: dict[int, int] = {}
        self.responsible: dict[int, set[int]] = {}
        parts = Participation.objects.filter(problem__in=problems, measure=None, part=Part.RESPONSIBLE)
        for problem, unit in parts.values_list("problem", "organisation"):
            self.responsible.setdefault(problem, set()).add(unit)
        self.problems: list[Entry] = []
        for row in problems.select_related("lead").order_by("number"):
            said = {
                "text": row.text,
                "goal": row.goal,
                "deadline": printed(row.deadline),
                "lead": row.lead.name,
            }
            self.problems.append(Entry(row.pk, row.code, row.number, row.version, said))
            self.leads[row.pk] = row.lead_id
        self.measures: dict[int, list[Entry]] = {}
        measures = Measure.objects.visible_to(viewer).filter(problem__inspection=document.inspection_id)
        for measure in measures.order_by("number"):
            said = {"text": measure.text, "deadline": printed(measure.deadline)}
            entry = Entry(measure.pk, f"措施{measure.number}", measure.number, measure.version, said)
            self.measures.setdefault(measure.problem_id, []).append(entry)

    def place(self, row: Proposal) -> None:
        """Set a proposal's conflict; one that the ledger has word for word becomes a duplicate."""
        if row.kind == ProposalKind.PROBLEM:
            row.conflict = self._problem(row)
        else:
            parent = row.parent.conflict if row.parent else {}
            entries = self.measures.get(parent.get("row", 0), []) if parent.get("kind") != "number" else []
            said = {"text": row.values["text"], "deadline": row.values["deadline"]}
            row.conflict = conflict_with(said, row.values["number"], entries)
        if row.conflict and not row.conflict["differences"]:
            row.state = ProposalState.DUPLICATE

    def _problem(self, row: Proposal) -> dict[str, object]:
        values = row.values
        said = {"text": values["text"], "goal": values["goal"], "deadline": values["deadline"]}
        found = conflict_with(said, values["number"], self.problems)
        if not found:
            return {}
        ours = self.responsible.get(found["row"], set())
        theirs = self.names.ids(values["responsible"])
        unknown = self.names.unknown(values["responsible"])
        if unknown or set(theirs) - ours:
            printed_ = self.names.units.printed
            named = [*map(printed_, theirs), *unknown]
            found["differences"]["responsible"] = ["、".join(map(printed_, sorted(ours))), "、".join(named)]
        lead = self.names.ids(values["lead"])[:1]
        if lead and lead[0] != self.leads[found["row"]]:
            entry = next(entry for entry in self.problems if entry.pk == found["row"])
            found["differences"]["lead"] = [entry.said["lead"], self.names.units.printed(lead[0])]
        return found
