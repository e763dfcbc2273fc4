"""Accepted rows of a 整改措施清单, written through the services: new entries in one stroke, updates after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.kernel import canonical
from dugai.ledger import queries, services_change, services_edit, services_entry
from dugai.ledger.entries import NewMeasure, NewProblem, NewTask
from dugai.ledger.queries_plan import printed
from dugai.ledger.states import Progress
from dugai.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dugai.ledger.models import Inspection
    from dugai.people.models import Organisation, User
    from dugai.staging.models import ImportBatch
    from dugai.staging.rows import Proposed

PROBLEM_COLUMNS = (
    "text",
    "title",
    "category",
    "goal",
    "requirement",
    "standard",
    "leader_name",
    "status_raw",
    "kind",
    "source",
    "source_class",
)
MEASURE_COLUMNS = ("text", "deadline", "status_raw", "narrative", "note")
Units = dict[int, "Organisation"]


def write(*, actor: User, inspection: Inspection, batch: ImportBatch, rows: Iterator[Proposed]) -> int:
    """Register new problems, add measures to known ones, apply updates; return how many rows were written."""
    new: dict[int, dict[str, Any]] = {}
    known: dict[int, list[dict[str, Any]]] = {}
    updates: list[dict[str, Any]] = []
    count = 0
    wanted: set[int] = set()
    deadlines: dict[str, dict[str, Any]] = {}
    for proposed in rows:
        values = proposed.values
        count += 1
        _share(deadlines, values)
        if values["kind"] == "update":
            updates.append(values)
            continue
        wanted |= _unit_ids(values)
        if "existing" in values:
            known.setdefault(values["existing"], []).append(values["measure"])
            continue
        entry = new.setdefault(values["number"], {"problem": {}, "measures": []})
        if "first" not in values["problem"]:
            entry["problem"] = values["problem"]
        if values["measure"]:
            entry["measures"].append(values["measure"])
    units = people.public_organisations_by_id(wanted)
    problems = [_problem(number, entry, units) for number, entry in new.items()]
    if problems:
        services_entry.register_problems(actor=actor, inspection_id=inspection.pk, problems=problems)
    for problem_id, measures in known.items():
        problem = queries.get_problem(actor, problem_id)
        services_entry.add_measures(
            actor=actor,
            problem_id=problem_id,
            seen_version=problem.version,
            measures=[_measure(measure, units) for measure in measures if measure],
        )
    for values in updates:
        _update(actor, values, f"导入 {batch.file_name}"[:200])
    return count


def _share(known: dict[str, dict[str, Any]], values: dict[str, Any]) -> None:
    """Let equal deadlines be one object, which the journal digests and the database writes once."""
    for part in (values.get("problem"), values.get("measure")):
        if part and part.get("deadline"):
            part["deadline"] = known.setdefault(canonical.dump(part["deadline"]), part["deadline"])


def _unit_ids(values: dict[str, Any]) -> set[int]:
    problem, measure = values["problem"], values["measure"] or {}
    found = {problem[name] for name in ("home", "lead") if problem.get(name)} | set(measure.get("owners", ()))
    for parts in (problem.get("parts", {}), measure.get("parts", {})):
        found.update(pk for keys in parts.values() for pk in keys)
    return found


def _problem(number: int, entry: dict[str, Any], units: Units) -> NewProblem:
    values = entry["problem"]
    measures = tuple(_measure(measure, units) for measure in entry["measures"])
    dated = [measure for measure in entry["measures"] if measure["deadline"]]
    columns = {name: values[name] for name in PROBLEM_COLUMNS}
    if dated and all(measure["deadline"] == dated[0]["deadline"] for measure in dated):
        columns["deadline"] = dated[0]["deadline"]
    return NewProblem(
        number=number,
        home=units[values["home"]],
        lead=units[values["lead"]],
        columns=columns,
        parts={part: tuple(units[pk] for pk in keys) for part, keys in values["parts"].items()},
        measures=measures,
    )


def _measure(values: dict[str, Any], units: Units) -> NewMeasure:
    return NewMeasure(
        number=values["number"],
        columns={name: values[name] for name in MEASURE_COLUMNS},
        parts={part: tuple(units[pk] for pk in keys) for part, keys in values["parts"].items()},
        tasks=tuple(
            NewTask(owner=units[pk], progress=Progress(values["progress"]), person=values["person"])
            for pk in values["owners"]
        ),
    )


def _update(actor: User, values: dict[str, Any], reason: str) -> None:
    measure = queries.get_measure(actor, values["measure_id"])
    queries.require_seen(measure, values["version"])
    columns = {name: values[name] for name in ("text", "deadline", "narrative", "note") if name in values}
    bound = (
        {name: columns.pop(name) for name in ("text", "deadline") if name in columns}
        if values.get("request")
        else {}
    )
    if columns:
        services_edit.edit_measure(
            actor=actor, measure_id=measure.pk, seen_version=measure.version, reason=reason, **columns
        )
    for name, value in bound.items():
        seen = queries.get_measure(actor, measure.pk).version
        new = {"text": printed(value)} if name == "deadline" else {"column": "text", "text": value}
        services_change.request_change(
            actor=actor,
            problem_id=measure.problem_id,
            measure_id=measure.pk,
            field="deadline" if name == "deadline" else "wording",
            new=new,
            reason=reason,
            seen_version=seen,
        )
