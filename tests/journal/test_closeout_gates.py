"""The gates of close-out, tried round every service with plain SQL, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from dugai.acceptance.models import CloseoutCase
from dugai.acceptance.verifying import verify_closures
from dugai.journal import guards
from dugai.ledger.models import Problem
from tests import closeout as way
from tests.cast import Cast, make_problem
from tests.closeout import fresh

pytestmark = pytest.mark.django_db


def run(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def refused(act: Callable[[], Any]) -> str:
    """Run an act and return the words with which the database refused it; empty when it did not."""
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return str(refusal).splitlines()[0]
    return ""


@pytest.fixture
def ready(cast: Cast) -> CloseoutCase:
    """A case that lacks nothing but the second person."""
    case = way.bring(cast, make_problem(cast), "proposed")
    assert case is not None
    return case


def close_by_hand(case: CloseoutCase, decided_by: int, *leave: str) -> None:
    """Do in SQL what the service does: decide, number, close the case, close the problem."""
    if "proposal" not in leave:
        run(
            "UPDATE dugai_closeoutproposal SET state = 'approved', decided_by_id = %s, version = version + 1 "
            "WHERE case_id = %s AND kind = 'close'",
            decided_by,
            case.pk,
        )
    if "entry" not in leave:
        run(
            "INSERT INTO dugai_closureentry (version, case_id, region_id, year, number, text, closed_on, "
            "closed_by_id, filed_with) VALUES (1, %s, %s, 2026, 1, '1', '2026-03-17', %s, '')",
            case.pk,
            case.problem.home_id,
            decided_by,
        )
    assert (
        run("UPDATE dugai_closeoutcase SET state = 'closed', version = version + 1 WHERE id = %s", case.pk)
        == 1
    )
    close_problem(case.problem_id)


def close_problem(problem_id: int) -> None:
    changed = run(
        "UPDATE dugai_problem SET closure = 'closed', version = version + 1 WHERE id = %s", problem_id
    )
    assert changed == 1


def test_with_every_gate_in_order_it_closes(cast: Cast, ready: CloseoutCase):
    assert refused(lambda: close_by_hand(ready, cast.province_manager.pk)) == ""


OF_CASE = "WHERE case_id = {case}"
SABOTAGE: dict[str, tuple[str, str]] = {
    "a measure falls back": (
        "UPDATE dugai_measure SET progress = 'partial' WHERE problem_id = {problem}",
        "measures are not all done",
    ),
    "no measure is left": ("DELETE FROM dugai_casemeasure " + OF_CASE, "a measure was not found in place"),
    "a measure is wanting": (
        "UPDATE dugai_casemeasure SET conclusion = 'not_met' " + OF_CASE,
        "a measure was not found in place",
    ),
    "a measure is unchecked": (
        "UPDATE dugai_casemeasure SET conclusion = '' " + OF_CASE,
        "a measure was not found in place",
    ),
    "one proof waits": (
        "UPDATE dugai_evidence SET state = 'pending' WHERE problem_id = {problem} AND slot = 'plan'",
        "required evidence",
    ),
    "one proof was reviewed by its own unit": (
        "UPDATE dugai_evidence SET organisation_id = (SELECT reviewing_unit_id FROM dugai_evidence e "
        "WHERE e.id = dugai_evidence.id) WHERE problem_id = {problem} AND slot = 'plan'",
        "",
    ),
    "a demand is gone": (
        "DELETE FROM dugai_caseproof " + OF_CASE + " AND slot = 'plan'",
        "required evidence",
    ),
    "a pair is asked for": (
        "UPDATE dugai_caseproof SET paired = (1 = 1) " + OF_CASE + " AND slot = 'plan'",
        "required evidence",
    ),
    "nobody read the papers": (
        "DELETE FROM dugai_verification " + OF_CASE + " AND kind = 'documents'",
        "documents were not checked",
    ),
    "nobody went there": ("DELETE FROM dugai_verification " + OF_CASE + " AND kind = 'visit'", "no visit"),
    "the city did not sign": (
        "DELETE FROM dugai_verification " + OF_CASE + " AND step = 'sign_city'",
        "signature of another unit",
    ),
    "the province is only a city": (
        "UPDATE dugai_organisation SET level = 'city' WHERE id IN (SELECT organisation_id FROM "
        "dugai_verification " + OF_CASE + ")",
        "level required",
    ),
    "the applicant's unit signed": (
        "UPDATE dugai_verification SET organisation_id = {unit} " + OF_CASE + " AND step = 'sign_province'",
        "signature of another unit",
    ),
    "the applicant signed": (
        "UPDATE dugai_verification SET person_id = {person} " + OF_CASE + " AND step = 'sign_province'",
        "signature of another unit",
    ),
    "the applicant's unit visited": (
        "UPDATE dugai_verification SET organisation_id = {unit} " + OF_CASE + " AND kind = 'visit'",
        "no visit",
    ),
    "it was sent back": (
        "UPDATE dugai_verification SET conclusion = 'return' " + OF_CASE + " AND kind = 'documents'",
        "documents were not checked",
    ),
    "there was no notice": ("DELETE FROM dugai_publicnotice " + OF_CASE, "public notice"),
    "the notice runs": (
        "UPDATE dugai_publicnotice SET until = '2099-01-01', objections_until = '2099-01-01' " + OF_CASE,
        "public notice",
    ),
    "objections are still taken": (
        "UPDATE dugai_publicnotice SET objections_until = '2099-01-01' " + OF_CASE,
        "public notice",
    ),
    "the notice was too short": (
        "UPDATE dugai_publicnotice SET until = '2026-03-08' " + OF_CASE,
        "public notice",
    ),
    "the proposer is the applicant's own hand": (
        "UPDATE dugai_closeoutcase SET applied_by_id = {manager} WHERE id = {case}",
        "second person",
    ),
}


@pytest.mark.parametrize("name", SABOTAGE)
def test_each_missing_gate_is_refused(cast: Cast, ready: CloseoutCase, name: str):
    statement, words = SABOTAGE[name]
    places = {
        "case": ready.pk,
        "problem": ready.problem_id,
        "unit": ready.applicant_unit_id,
        "person": ready.applied_by_id,
        "manager": cast.province_manager.pk,
    }
    if not words:  # a constraint of the evidence itself refuses it before any gate is asked
        with guards.lifted():
            assert refused(lambda: run(statement.format(**places)))
        return
    with guards.lifted():
        assert run(statement.format(**places)) >= 1
    assert words in refused(lambda: close_by_hand(ready, cast.province_manager.pk))
    closed = "UPDATE dugai_problem SET closure = 'closed', version = version + 1 WHERE id = %s"
    assert "no case that is closed" in refused(lambda: run(closed, ready.problem_id))
    assert fresh(ready.problem).closure == "in_notice"


@pytest.mark.parametrize("state", ["open", "upheld"])
def test_an_objection_keeps_it_open(cast: Cast, ready: CloseoutCase, state: str):
    columns = "version, case_id, received_on, channel, content, contact, salt, commitment, state, lodged_by_id, answer"
    answered = "" if state == "open" else ", answered_by_id"
    value = "" if state == "open" else f", {cast.city_reviewer.pk}"
    with guards.lifted():
        run(
            f"INSERT INTO dugai_objection ({columns}{answered}) VALUES (1, %s, '2026-03-09', '', 'x', '', '', '', "
            f"%s, %s, 'y'{value})",
            ready.pk,
            state,
            cast.city_clerk.pk,
        )
    assert "objection" in refused(lambda: close_by_hand(ready, cast.province_manager.pk))


@pytest.mark.parametrize(("leave", "words"), [("proposal", "second person"), ("entry", "no number")])
def test_two_people_and_a_number(cast: Cast, ready: CloseoutCase, leave: str, words: str):
    assert words in refused(lambda: close_by_hand(ready, cast.province_manager.pk, leave))


def test_the_proposer_does_not_decide(cast: Cast, ready: CloseoutCase):
    assert "proposal_approved_by_another" in refused(lambda: close_by_hand(ready, cast.province_clerk.pk))


def test_a_problem_closes_only_with_its_latest_case(cast: Cast, ready: CloseoutCase):
    assert "no case that is closed" in refused(lambda: close_problem(ready.problem_id))
    bulk = "UPDATE dugai_problem SET closure = %s, version = version + 1"
    for state in ("closed", "filed", "in_consolidation"):
        assert "no case that is closed" in refused(partial(run, bulk, state))


def test_no_problem_begins_closed(cast: Cast, ready: CloseoutCase):
    columns = [field.column for field in Problem._meta.concrete_fields if field.column != "id"]
    listed = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(
        {"code": "'X'", "number": "99", "closure": "'closed'"}.get(column, f'"{column}"')
        for column in columns
    )
    insert = f"INSERT INTO dugai_problem ({listed}) SELECT {values} FROM dugai_problem"
    assert "no problem begins closed" in refused(lambda: run(insert))
    assert refused(lambda: run(insert.replace("'closed'", "'open'"))) == ""


AFTERWARDS: dict[str, tuple[str, str]] = {
    "a verification is rewritten": (
        "UPDATE dugai_verification SET opinion = 'x', version = version + 1 " + OF_CASE,
        "what was decided stays",
    ),
    "a verification goes": ("DELETE FROM dugai_verification " + OF_CASE, "guard: "),
    "a visit is moved": (
        "UPDATE dugai_sitevisit SET place = 'x', version = version + 1 " + OF_CASE,
        "what was decided stays",
    ),
    "the notice is moved": (
        "UPDATE dugai_publicnotice SET until = '2026-04-01', version = version + 1 " + OF_CASE,
        "what was decided stays",
    ),
    "the demands are thinned": (
        "UPDATE dugai_caseproof SET slot = 'x', version = version + 1 " + OF_CASE,
        "what was decided stays",
    ),
    "the number changes": (
        "UPDATE dugai_closureentry SET number = 7, version = version + 1 " + OF_CASE,
        "what was decided stays",
    ),
    "the second person changes": (
        "UPDATE dugai_closeoutproposal SET decided_by_id = {person}, version = version + 1 " + OF_CASE,
        "what was decided stays",
    ),
    "the rules change": (
        "UPDATE dugai_closeoutcase SET required_level = 0, version = version + 1 WHERE id = {case}",
        "the rules of a case stay",
    ),
    "the applicant changes": (
        "UPDATE dugai_closeoutcase SET applied_by_id = {other}, version = version + 1 WHERE id = {case}",
        "the rules of a case stay",
    ),
    "the proof is returned": (
        "UPDATE dugai_evidence SET state = 'returned', version = version + 1 WHERE problem_id = {problem}",
        "the evidence of a closed problem stays",
    ),
    "the table of measures changes": (
        "UPDATE dugai_casemeasure SET claim = 'x', version = version + 1 " + OF_CASE,
        "the table of measures is settled",
    ),
    "the problem is opened quietly": (
        "UPDATE dugai_problem SET closure = 'open', version = version + 1 WHERE id = {problem}",
        "reopened by name",
    ),
    "the case goes back": (
        "UPDATE dugai_closeoutcase SET state = 'applied', version = version + 1 WHERE id = {case}",
        "reopened by name",
    ),
    "a task says otherwise": (
        "UPDATE dugai_task SET closure = 'open' WHERE problem_id = {problem}",
        "closure follows the problem",
    ),
    "a measure says otherwise": (
        "UPDATE dugai_measure SET closure = 'open' WHERE problem_id = {problem}",
        "closure follows the problem",
    ),
    "a late objection": (
        "INSERT INTO dugai_objection (version, case_id, received_on, channel, content, contact, salt, commitment, "
        "state, lodged_by_id, answer) VALUES (1, {case}, '2026-03-09', '', 'x', '', '', '', 'open', {person}, '')",
        "the case is not in notice",
    ),
    "a late signature": (
        "INSERT INTO dugai_verification (version, case_id, step, kind, organisation_id, person_id, conclusion, "
        "opinion, at) SELECT 1, case_id, 'x', 'sign', organisation_id, person_id, 'pass', '', at "
        "FROM dugai_verification " + OF_CASE + " AND step = 'sign_city'",
        "not being verified",
    ),
    "a further measure": (
        "INSERT INTO dugai_measure (version, problem_id, number, text, deadline, quantities, status_raw, narrative, "
        "note, closure, progress, lamp, source_span) SELECT 1, problem_id, 77, text, deadline, quantities, '', '', "
        "'', 'closed', 'done', lamp, source_span FROM dugai_measure WHERE problem_id = {problem}",
        "no further measure",
    ),
    "a number is left out": (
        "INSERT INTO dugai_closureentry (version, case_id, region_id, year, number, text, closed_on, closed_by_id, "
        "filed_with) SELECT 1, case_id, region_id, year, 9, 'y', closed_on, closed_by_id, '' "
        "FROM dugai_closureentry " + OF_CASE,
        "numbers have no gap",
    ),
}


@pytest.fixture
def closed(cast: Cast) -> CloseoutCase:
    case = way.bring(cast, make_problem(cast), "closed")
    assert case is not None
    return case


def places_of(case: CloseoutCase, cast: Cast) -> dict[str, int]:
    return {
        "case": case.pk,
        "problem": case.problem_id,
        "person": case.applied_by_id,
        "other": cast.county_clerk.pk,
    }


def test_what_a_closed_problem_stands_on_stays(cast: Cast, closed: CloseoutCase):
    places = places_of(closed, cast)
    for name, (statement, words) in AFTERWARDS.items():
        assert words in refused(partial(run, statement.format(**places))), name
    assert fresh(closed.problem).closure == "closed"


def test_what_was_done_while_the_gates_were_lifted_is_found(cast: Cast, closed: CloseoutCase):
    assert (verify_closures().counts, verify_closures().findings) == ({"closures": 1}, [])
    with guards.lifted():
        run("DELETE FROM dugai_verification WHERE case_id = %s AND kind = 'visit'", closed.pk)
    assert ["no visit" in line for line in verify_closures().findings] == [True]
    with guards.lifted():
        run("UPDATE dugai_closeoutcase SET state = 'returned' WHERE id = %s", closed.pk)
    assert ["no case that is closed" in line for line in verify_closures().findings] == [True]


def test_nobody_verifies_their_own(cast: Cast):
    case = way.bring(cast, make_problem(cast), "applied")
    insert = (
        "INSERT INTO dugai_verification (version, case_id, step, kind, organisation_id, person_id, conclusion, "
        "opinion, at) VALUES (1, %s, 'documents', 'documents', %s, %s, 'pass', '', '2026-03-03 00:00:00+00:00')"
    )
    own, other = case.applicant_unit_id, cast.city_office.pk
    words = "nobody verifies"
    assert words in refused(lambda: run(insert, case.pk, own, cast.city_clerk.pk))
    assert words in refused(lambda: run(insert, case.pk, other, case.applied_by_id))
    assert refused(lambda: run(insert, case.pk, other, cast.city_clerk.pk)) == ""


def test_the_centre_asks_for_the_province(cast: Cast):
    case = way.bring(cast, make_problem(cast), "applied")
    columns = [field.column for field in CloseoutCase._meta.concrete_fields if field.column != "id"]
    listed = ", ".join(f'"{column}"' for column in columns)
    for level, words in (("3", "the province verifies"), ("4", "case_one_live_a_problem")):
        changed = {"attempt": "9", "required_level": level}
        values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
        insert = (
            f"INSERT INTO dugai_closeoutcase ({listed}) SELECT {values} FROM dugai_closeoutcase WHERE id = %s"
        )
        said = refused(partial(run, insert, case.pk))
        assert words in said or (level == "4" and "UNIQUE" in said.upper())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")
def test_the_application_role_fares_no_better(cast: Cast, ready: CloseoutCase):
    """The role the servers run under owns no table: it cannot lift a guard, and meets every gate."""
    role = "dugai_gate_test"
    run(f"CREATE ROLE {role}")
    run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    run(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    run(f"SET LOCAL ROLE {role}")
    assert "no case that is closed" in refused(lambda: close_problem(ready.problem_id))
    assert "second person" in refused(lambda: close_by_hand(ready, cast.province_manager.pk, "proposal"))
    for lift in (
        "ALTER TABLE dugai_problem DISABLE TRIGGER ALL",
        'DROP TRIGGER "guard_gate_dugai_problem_close" ON dugai_problem',
        "SET session_replication_role = replica",
        "TRUNCATE dugai_verification CASCADE",
    ):
        assert refused(partial(run, lift)), lift
    run("RESET ROLE")
