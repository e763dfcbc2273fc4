"""What the database itself refuses about close-out, on both engines, whoever writes.

The rules of a case are JSON, which no trigger should read; so a case carries what the gates need as plain
columns (`required_level`, `notice_days` …), frozen from its first day, and the triggers compare them with
the rows that are there. Each fault is one SQL condition, written once for both engines and asked twice:
when a case becomes closed, and when its problem does. What a closed case stands on is frozen as well.
Installed with the journal's guards after each migration (docs/decisions/0012-acceptance-and-gates.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dugai.acceptance.models_case import FROZEN, CloseoutCase
from dugai.acceptance.rules import CENTRAL_RANK, RANKS
from dugai.acceptance.states import CLOSED_CASES
from dugai.ledger.states import CLOSED_CLOSURES, DONE_PROGRESS, Closure, SourceClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CASE = "dugai_closeoutcase"
Checks = list[tuple[str, str]]
"""(message, SQL condition that must not hold), with NEW and OLD."""


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


CLOSED = _listed(CLOSED_CLOSURES)
CLOSED_CASE = _listed(CLOSED_CASES)
DONE = _listed(DONE_PROGRESS)
AFTER_CLOSING = _listed({*CLOSED_CLOSURES, Closure.REOPENED, Closure.STRENGTHENED})
RANK = "CASE o.level " + " ".join(f"WHEN '{level}' THEN {rank}" for level, rank in RANKS.items()) + " END"
TODAY = {
    "sqlite": "date('now', '+8 hours')",
    "postgresql": "(now() AT TIME ZONE 'Asia/Shanghai')::date",
}
DAYS = {
    "sqlite": "(julianday({0}) - julianday({1}))",
    "postgresql": "({0} - {1})",
}
OTHER = "v.organisation_id <> {c}.applicant_unit_id AND v.person_id <> {c}.applied_by_id"
ACCEPTED = (
    "SELECT 1 FROM dugai_evidence {a} WHERE {a}.problem_id = {{c}}.problem_id AND {a}.slot = q.slot "
    "AND {a}.state = 'accepted' AND {a}.reviewing_unit_id <> {a}.organisation_id"
)
PROVEN = (
    f"EXISTS ({ACCEPTED.format(a='e')} AND (q.phase = '' OR e.phase = q.phase)) AND (NOT q.paired "
    f"OR EXISTS ({ACCEPTED.format(a='b')} AND b.phase = 'before' AND b.pair <> '' AND EXISTS ("
    f"{ACCEPTED.format(a='f')} AND f.phase = 'after' AND f.pair = b.pair)))"
)
"""Every demand of the case has its accepted piece; a pair has the same view before and after."""
PASSED = "FROM dugai_verification v WHERE v.case_id = {c}.id AND v.conclusion = 'pass' AND " + OTHER


def faults(vendor: str, case: str) -> Checks:
    """Return what must not be true of a closed case; `case` is the alias of its row (NEW, or c)."""
    notice = DAYS[vendor].format("n.until", "n.starts_on")
    found: Checks = [
        (
            "the measures are not all done",
            "NOT EXISTS (SELECT 1 FROM dugai_measure m WHERE m.problem_id = {c}.problem_id) OR EXISTS "
            f"(SELECT 1 FROM dugai_measure m WHERE m.problem_id = {{c}}.problem_id AND m.progress NOT IN ({DONE}))",
        ),
        (
            "a measure was not found in place",
            "EXISTS (SELECT 1 FROM dugai_measure m WHERE m.problem_id = {c}.problem_id AND NOT EXISTS (SELECT 1 "
            "FROM dugai_casemeasure l WHERE l.case_id = {c}.id AND l.measure_id = m.id AND l.conclusion = 'met'))",
        ),
        (
            "required evidence is not accepted",
            f"(SELECT COUNT(*) FROM dugai_caseproof q WHERE q.case_id = {{c}}.id AND {PROVEN}) < {{c}}.required_proofs",
        ),
        (
            "the documents were not checked by another unit",
            f"(SELECT COUNT(*) {PASSED} AND v.kind = 'documents') < {{c}}.required_documents",
        ),
        (
            "no visit by another unit",
            f"(SELECT COUNT(*) {PASSED} AND v.kind = 'visit' AND EXISTS (SELECT 1 FROM dugai_sitevisit s "
            "WHERE s.id = v.visit_id AND s.case_id = {c}.id)) < {c}.required_visits",
        ),
        (
            "a signature of another unit is missing",
            f"(SELECT COUNT(*) {PASSED} AND v.kind = 'sign') < {{c}}.required_signs",
        ),
        (
            "no signature of the level required",
            "NOT EXISTS (SELECT 1 FROM dugai_verification v JOIN dugai_organisation o ON o.id = v.organisation_id "
            f"WHERE v.case_id = {{c}}.id AND v.conclusion = 'pass' AND v.kind = 'sign' AND {OTHER} "
            f"AND {RANK} >= {{c}}.required_level)",
        ),
        (
            "it was sent back",
            "EXISTS (SELECT 1 FROM dugai_verification v WHERE v.case_id = {c}.id AND v.conclusion = 'return')",
        ),
        (
            "no public notice has elapsed",
            "NOT EXISTS (SELECT 1 FROM dugai_publicnotice n WHERE n.case_id = {c}.id "
            f"AND {notice} >= {{c}}.notice_days AND n.objections_until < {TODAY[vendor]})",
        ),
        (
            "an objection is open or was upheld",
            "EXISTS (SELECT 1 FROM dugai_objection x WHERE x.case_id = {c}.id AND x.state <> 'dismissed')",
        ),
        (
            "no second person closed it",
            "NOT EXISTS (SELECT 1 FROM dugai_closeoutproposal p WHERE p.case_id = {c}.id AND p.kind = 'close' "
            "AND p.state = 'approved' AND p.decided_by_id <> p.proposed_by_id "
            "AND p.decided_by_id <> {c}.applied_by_id)",
        ),
        (
            "it has no number",
            "NOT EXISTS (SELECT 1 FROM dugai_closureentry e WHERE e.case_id = {c}.id)",
        ),
    ]
    return [(message, condition.replace("{c}", case)) for message, condition in found]


class Gate(NamedTuple):
    """One trigger: table, name, moment, when it fires, and what it refuses."""

    table: str
    name: str
    moment: str
    when: str
    checks: Checks


def gates(vendor: str) -> list[Gate]:
    """Return every gate of one engine."""
    return [*_problem(vendor), *_case(vendor), *_around(), *_frozen(vendor), *_derived(vendor)]


def _problem(vendor: str) -> Iterator[Gate]:
    latest = (
        f"SELECT 1 FROM {CASE} c WHERE c.problem_id = NEW.id AND c.state = NEW.closure "
        f"AND c.attempt = (SELECT MAX(a.attempt) FROM {CASE} a WHERE a.problem_id = NEW.id)"
    )
    checks: Checks = [("the problem has no case that is closed", f"NOT EXISTS ({latest})")]
    checks += [(message, f"EXISTS ({latest} AND ({fault}))") for message, fault in faults(vendor, "c")]
    changed = _differs(vendor, ["closure"])
    yield Gate(
        "dugai_problem",
        "insert",
        "BEFORE INSERT",
        f"NEW.closure IN ({CLOSED})",
        [("no problem begins closed", "1 = 1")],
    )
    yield Gate(
        "dugai_problem", "close", "BEFORE UPDATE", f"NEW.closure IN ({CLOSED}) AND ({changed})", checks
    )
    leaves = f"OLD.closure IN ({CLOSED}) AND NEW.closure NOT IN ({AFTER_CLOSING})"
    yield Gate(
        "dugai_problem", "leave", "BEFORE UPDATE", leaves, [("what is closed is reopened by name", "1 = 1")]
    )


def _case(vendor: str) -> Iterator[Gate]:
    floor = (
        f"NEW.required_level < {CENTRAL_RANK} AND EXISTS (SELECT 1 FROM dugai_problem p WHERE p.id = NEW.problem_id "
        f"AND p.source_class = '{SourceClass.CENTRAL}')"
    )
    yield Gate(
        CASE,
        "insert",
        "BEFORE INSERT",
        "1 = 1",
        [("a case begins with the application", "NEW.state <> 'applied'"), ("the province verifies", floor)],
    )
    fields = {field.name: field.column for field in CloseoutCase._meta.concrete_fields}
    columns = [str(fields[name]) for name in FROZEN]
    yield Gate(
        CASE, "freeze", "BEFORE UPDATE", _differs(vendor, columns), [("the rules of a case stay", "1 = 1")]
    )
    changed = _differs(vendor, ["state"])
    yield Gate(
        CASE, "close", "BEFORE UPDATE", f"NEW.state IN ({CLOSED_CASE}) AND ({changed})", faults(vendor, "NEW")
    )
    ended = f"OLD.state IN ({CLOSED_CASE}) AND NEW.state NOT IN ({CLOSED_CASE}, 'reopened', 'strengthened')"
    yield Gate(CASE, "leave", "BEFORE UPDATE", ended, [("what is closed is reopened by name", "1 = 1")])
    over = "OLD.state IN ('withdrawn', 'returned', 'reopened', 'carried_over', 'strengthened')"
    yield Gate(CASE, "over", "BEFORE UPDATE", f"{over} AND ({changed})", [("this attempt is over", "1 = 1")])


def _around() -> Iterator[Gate]:
    """What is written around a case belongs to its time and to other hands."""
    case = f"SELECT 1 FROM {CASE} c WHERE c.id = NEW.case_id"
    own = "(c.applicant_unit_id = NEW.organisation_id OR c.applied_by_id = NEW.person_id)"
    yield Gate(
        "dugai_verification",
        "insert",
        "BEFORE INSERT",
        "1 = 1",
        [
            ("nobody verifies the application of their own unit", f"EXISTS ({case} AND {own})"),
            (
                "the case is not being verified",
                f"NOT EXISTS ({case} AND (c.state IN ('applied', 'checked') "
                "OR (c.state = 'in_notice' AND NEW.kind = 'sign')))",
            ),
        ],
    )
    yield Gate(
        "dugai_objection",
        "insert",
        "BEFORE INSERT",
        "1 = 1",
        [
            ("an objection begins open", "NEW.state <> 'open'"),
            ("the case is not in notice", f"NOT EXISTS ({case} AND c.state IN ('in_notice', 'objected'))"),
        ],
    )
    yield Gate(
        "dugai_closeoutproposal",
        "insert",
        "BEFORE INSERT",
        "1 = 1",
        [("a proposal begins undecided", "NEW.state <> 'proposed' OR NEW.decided_by_id IS NOT NULL")],
    )
    yield Gate(
        "dugai_closureentry",
        "insert",
        "BEFORE INSERT",
        "NEW.number > 1",
        [
            (
                "numbers have no gap",
                "NOT EXISTS (SELECT 1 FROM dugai_closureentry e WHERE e.region_id = NEW.region_id "
                "AND e.year = NEW.year AND e.number = NEW.number - 1)",
            )
        ],
    )
    yield Gate(
        "dugai_publicnotice",
        "insert",
        "BEFORE INSERT",
        "1 = 1",
        [("it is not verified yet", f"NOT EXISTS ({case} AND c.state IN ('verified', 'in_notice'))")],
    )
    yield Gate(
        "dugai_casemeasure",
        "change",
        "BEFORE UPDATE",
        "1 = 1",
        [
            (
                "the table of measures is settled",
                f"NOT EXISTS (SELECT 1 FROM {CASE} c WHERE c.id = OLD.case_id AND c.state IN ('applied', 'checked'))",
            )
        ],
    )
    yield Gate(
        "dugai_caseproof",
        "insert",
        "BEFORE INSERT",
        "1 = 1",
        [("demands come with the application", f"NOT EXISTS ({case} AND c.state = 'applied')")],
    )
    yield Gate(
        "dugai_evidence",
        "settle",
        "BEFORE UPDATE",
        "OLD.state = 'accepted'",
        [
            (
                "the evidence of a closed problem stays",
                f"EXISTS (SELECT 1 FROM dugai_problem p WHERE p.id = OLD.problem_id AND p.closure IN ({CLOSED}))",
            )
        ],
    )
    yield Gate(
        "dugai_measure",
        "insert",
        "BEFORE INSERT",
        "1 = 1",
        [
            (
                "a closed problem gets no further measure",
                f"EXISTS (SELECT 1 FROM dugai_problem p WHERE p.id = NEW.problem_id AND p.closure IN ({CLOSED}))",
            )
        ],
    )


def _frozen(vendor: str) -> Iterator[Gate]:
    """What a gate stands on never changes once it is said."""
    always: Checks = [("what was decided stays", "1 = 1")]
    for table in ("dugai_verification", "dugai_sitevisit", "dugai_publicnotice", "dugai_caseproof"):
        yield Gate(table, "change", "BEFORE UPDATE", "1 = 1", always)
    yield Gate("dugai_objection", "change", "BEFORE UPDATE", "OLD.state <> 'open'", always)
    yield Gate("dugai_closeoutproposal", "change", "BEFORE UPDATE", "OLD.state <> 'proposed'", always)
    fixed = ["case_id", "region_id", "year", "number", "text", "closed_on", "closed_by_id"]
    filed = f"({_differs(vendor, fixed)}) OR OLD.filed_on IS NOT NULL"
    yield Gate("dugai_closureentry", "change", "BEFORE UPDATE", filed, always)


def _derived(vendor: str) -> Iterator[Gate]:
    """Measures and tasks say what their problem says."""
    problem = "SELECT 1 FROM dugai_problem p WHERE p.id = NEW.problem_id AND p.closure = NEW.closure"
    for table in ("dugai_measure", "dugai_task"):
        changed = _differs(vendor, ["closure"])
        lies: Checks = [("closure follows the problem", f"NOT EXISTS ({problem})")]
        yield Gate(table, "closure", "BEFORE UPDATE", changed, lies)
        yield Gate(table, "begin", "BEFORE INSERT", "NEW.closure <> 'open'", lies)


def _differs(vendor: str, columns: list[str]) -> str:
    word = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f'NEW."{column}" {word} OLD."{column}"' for column in columns)


def statements(vendor: str, tables: set[str]) -> Iterator[str]:
    """Yield the statements that put every gate in its place; `guards.install` runs them."""
    for gate in gates(vendor):
        if gate.table in tables and CASE in tables:
            yield from (_sqlite(gate) if vendor == "sqlite" else _postgres(gate))


def _sqlite(gate: Gate) -> Iterator[str]:
    name = f"guard_gate_{gate.table}_{gate.name}"
    raises = " ".join(
        f"SELECT RAISE(ABORT, 'gate: {message}') WHERE {condition};" for message, condition in gate.checks
    )
    yield f'DROP TRIGGER IF EXISTS "{name}"'
    yield (f'CREATE TRIGGER "{name}" {gate.moment} ON "{gate.table}" WHEN {gate.when} BEGIN {raises} END')


def _postgres(gate: Gate) -> Iterator[str]:
    name = f"guard_gate_{gate.table}_{gate.name}"
    raises = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION 'gate: {message}' USING ERRCODE = 'check_violation'; END IF;"
        for message, condition in gate.checks
    )
    yield (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"{raises} RETURN NEW; END $$"
    )
    yield f'DROP TRIGGER IF EXISTS "{name}" ON "{gate.table}"'
    yield (
        f'CREATE TRIGGER "{name}" {gate.moment} ON "{gate.table}" FOR EACH ROW '
        f'WHEN ({gate.when}) EXECUTE FUNCTION "{name}"()'
    )
