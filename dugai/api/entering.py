"""From shapes to the ledger's plain values: organisations by number, deadlines by their wording."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput
from dugai.ledger import deadlines
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.entries import NewMeasure, NewProblem, NewTarget, NewTask
from dugai.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.api.shapes_ledger import NewMeasureIn, NewProblemIn
    from dugai.api.shapes_task import MilestoneIn, NewTaskIn
    from dugai.people.models import Organisation

COPIED = [
    "title",
    "text",
    "kind",
    "source",
    "source_class",
    "category",
    "sector",
    "leader_name",
    "goal",
    "requirement",
    "standard",
    "engineering",
    "prone_to_rebound",
    "status_raw",
    "note",
]


class Entering:
    """Turns the shapes of one request into entries, and gathers every wrong value before it refuses."""

    def __init__(self, wanted: set[int]) -> None:
        """Look up the organisations `wanted`, in one query."""
        self._units: dict[int, Organisation] = people.public_organisations().in_bulk(wanted)
        self._today = clock.today()
        self._wrong: dict[str, str] = {}

    def problem(self, body: NewProblemIn) -> NewProblem:
        """Return one problem with all below it."""
        deadline = self._deadline(body.deadline, "deadline")
        found = NewProblem(
            number=body.number,
            home=self._unit(body.home, "home"),
            lead=self._unit(body.lead, "lead"),
            columns={**{name: getattr(body, name) for name in COPIED}, "deadline": deadline},
            parts=self._parts(body.parts, "parts"),
            measures=self._measures(body.measures, deadline),
        )
        self._refuse()
        return found

    def measures(self, bodies: Sequence[NewMeasureIn]) -> tuple[NewMeasure, ...]:
        """Return further measures."""
        found = self._measures(bodies, {})
        self._refuse()
        return found

    def shares(self, bodies: Sequence[NewTaskIn]) -> list[NewTask]:
        """Return the shares of a split."""
        found = [self._task(body, f"shares.{at}") for at, body in enumerate(bodies)]
        self._refuse()
        return found

    def _measures(self, bodies: Sequence[NewMeasureIn], otherwise: dict[str, Any]) -> tuple[NewMeasure, ...]:
        return tuple(self._measure(body, f"measures.{at}", otherwise) for at, body in enumerate(bodies))

    def _measure(self, body: NewMeasureIn, path: str, otherwise: dict[str, Any]) -> NewMeasure:
        deadline = self._deadline(body.deadline, f"{path}.deadline") or otherwise
        return NewMeasure(
            number=body.number,
            columns={"text": body.text, "deadline": deadline},
            parts=self._parts(body.parts, f"{path}.parts"),
            tasks=tuple(self._task(task, f"{path}.tasks.{at}") for at, task in enumerate(body.tasks)),
        )

    def _task(self, body: NewTaskIn, path: str) -> NewTask:
        names = [(target.name, target.unit) for target in body.targets]
        if len(set(names)) < len(names):
            self._wrong[f"{path}.targets"] = "同一个指标写了两次"
        return NewTask(
            owner=self._unit(body.owner, f"{path}.owner"),
            title=body.title,
            text=body.text,
            deadline=self._deadline(body.deadline, f"{path}.deadline"),
            person=body.person,
            targets=tuple(NewTarget(row.name, row.unit, Decimal(row.amount)) for row in body.targets),
        )

    def _parts(self, parts: Any, path: str) -> dict[str, tuple[Organisation, ...]]:
        found = {}
        for part, units in parts.items():
            if len(set(units)) < len(units):
                self._wrong[f"{path}.{part.value}"] = "同一个单位写了两次"
            found[part.value] = tuple(self._unit(unit, f"{path}.{part.value}") for unit in units)
        return found

    def _unit(self, pk: int, path: str) -> Organisation:
        unit = self._units.get(pk)
        if unit is None:
            self._wrong[path] = "没有这个单位"
        return unit  # type: ignore[return-value]  # refused before anybody looks at it

    def _deadline(self, text: str, path: str) -> dict[str, Any]:
        if not text.strip():
            return {}
        try:
            read = parse_deadline(text, issued=self._today)
        except InvalidInput as impossible:
            self._wrong[path] = impossible.message
            return {}
        if isinstance(read, deadlines.UnknownDeadline):
            self._wrong[path] = read.reason
            return {}
        return deadlines.to_json(read)

    def _refuse(self) -> None:
        if self._wrong:
            raise InvalidInput(f"有 {len(self._wrong)} 处不对", fields=self._wrong)


def problem(body: NewProblemIn) -> NewProblem:
    """Return the entry of one problem."""
    units = {body.home, body.lead, *_in_parts(body.parts)}
    return Entering(units | _in_measures(body.measures)).problem(body)


def measures(bodies: Sequence[NewMeasureIn]) -> tuple[NewMeasure, ...]:
    """Return the entries of further measures."""
    return Entering(_in_measures(bodies)).measures(bodies)


def shares(bodies: Sequence[NewTaskIn]) -> list[NewTask]:
    """Return the entries of a split."""
    return Entering({body.owner for body in bodies}).shares(bodies)


def milestones(bodies: Sequence[MilestoneIn]) -> list[dict[str, Any]]:
    """Return the entries of milestones."""
    return [
        {
            "name": body.name,
            "due": body.due,
            "planned": None if body.planned is None else Decimal(body.planned),
        }
        for body in bodies
    ]


def _in_parts(parts: Any) -> set[int]:
    return {unit for units in parts.values() for unit in units}


def _in_measures(bodies: Sequence[NewMeasureIn]) -> set[int]:
    found = {task.owner for body in bodies for task in body.tasks}
    return found | {unit for body in bodies for unit in _in_parts(body.parts)}
