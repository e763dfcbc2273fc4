"""The gates asked again of every closed problem, also for what was done while they were lifted."""

from __future__ import annotations

from django.db import connection

from dugai.acceptance import gates
from dugai.journal.verifying import Report


def verify_closures() -> Report:
    """Ask every fault of every closed problem with the conditions of the triggers; one sentence a finding."""
    report = Report()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM dugai_problem p WHERE p.closure IN ({gates.CLOSED})")
        report.counts["closures"] = int(cursor.fetchone()[0])
        for message, statement in _questions(connection.vendor):
            cursor.execute(statement)
            for code, *_ in cursor.fetchall():
                report.add(f"问题 {code} 已销号，但关口不成立：{message}")
    return report


def _questions(vendor: str) -> list[tuple[str, str]]:
    """Return each fault with the statement that lists the codes of closed problems that have it."""
    last = f"(SELECT MAX(a.attempt) FROM {gates.CASE} a WHERE a.problem_id = p.id)"
    case = f"{gates.CASE} c ON c.problem_id = p.id AND c.state = p.closure AND c.attempt = {last}"
    closed = f"p.closure IN ({gates.CLOSED})"
    none = (
        f"SELECT p.code FROM dugai_problem p LEFT JOIN {case} WHERE {closed} AND c.id IS NULL ORDER BY p.id"
    )
    found = [("the problem has no case that is closed", none)]
    for message, fault in gates.faults(vendor, "c"):
        rows = f"SELECT p.code FROM dugai_problem p JOIN {case} WHERE {closed} AND ({fault}) ORDER BY p.id"
        found.append((message, rows))
    return found
