"""Hundreds of direct edits of the database, drawn at random: the verifier finds each one (T01).

Each edit is what somebody with the owner's rights could do once the guards are lifted: change, delete
or add a row, re-date or reorder what was written, also with the digests made to fit. It is done in a
savepoint, verified, and taken back.
"""

# ruff: noqa: S608  the tables and columns are our own, and a forger's statements are the point
from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from dugai.journal import guards, sequencing
from dugai.journal.models import Event, Leaf, Recorded
from dugai.kernel import canonical
from dugai.ledger.models import Tally
from dugai.management import verification
from tests.api.world import make_whole_world
from tests.cast import make_cast

EDITS = int(os.environ.get("DUGAI_TEST_MANIPULATIONS", "500"))
PARTS = ("journal", "rows", "tallies")


class Owner:
    """Somebody with the owner's rights and a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.tables = [model for model in guards.recorded_models() if model._base_manager.exists()]

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement and return how many rows it reached."""
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.rowcount

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a question."""
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())

    def row(self) -> tuple[type[Recorded], int]:
        """Draw a recorded row."""
        model = self.draw.choice(self.tables)
        return model, self.draw.choice(list(model._base_manager.values_list("pk", flat=True)))

    def event(self) -> int:
        """Draw an event."""
        return self.draw.choice(list(Event.objects.values_list("pk", flat=True)))

    def change_column(self) -> str:
        """Change one journalled column of one row, whatever its type."""
        model, pk = self.row()
        table, names = model._meta.db_table, guards.journalled_columns(model)
        field = self.draw.choice([one for one in model._meta.concrete_fields if one.column in names])
        value = another(
            field, self.ask(f'SELECT "{field.column}" FROM "{table}" WHERE id = %s', pk)[0][0], self.draw
        )
        self.run(f'UPDATE "{table}" SET "{field.column}" = %s WHERE id = %s', value, pk)
        return f"{table}.{field.column} of {pk}"

    def change_state_with_version(self) -> str:
        """Raise a version with nobody's event, the anchor with it."""
        model, pk = self.row()
        self.run(f'UPDATE "{model._meta.db_table}" SET version = version + 1 WHERE id = %s', pk)
        anchor = (
            f"UPDATE {guards.ANCHOR} SET version = version + 1 WHERE subject_type = %s AND subject_id = %s"
        )
        self.run(anchor, model.subject_type, pk)
        return f"version of {model.subject_type} {pk}"

    def delete_row(self) -> str:
        """Delete a recorded row."""
        model, pk = self.row()
        self.run(f'DELETE FROM "{model._meta.db_table}" WHERE id = %s', pk)
        return f"{model.subject_type} {pk} deleted"

    def copy_row(self) -> str:
        """Add a row that no event speaks of."""
        model, pk = self.row()
        columns = [field.column for field in model._meta.concrete_fields if field.column != "id"]
        taken = ", ".join(f'"{name}"' for name in columns)
        made = ", ".join(
            f"substr(\"{field.column}\", 1, 3) || '{self.draw.randrange(10**4)}'"
            if field.unique and field.get_internal_type() in {"CharField", "SlugField"}
            else f'"{field.column}"'
            for field in model._meta.concrete_fields
            if field.column != "id"
        )
        table = model._meta.db_table
        self.run(
            f'INSERT INTO "{table}" (id, {taken}) SELECT id + 900000, {made} FROM "{table}" WHERE id = %s', pk
        )
        return f"{model.subject_type} {pk} copied"

    def change_event(self) -> str:
        """Change a word of an event's text."""
        pk = self.event()
        body = Event.objects.get(pk=pk).body
        self.run("UPDATE dugai_event SET body = %s WHERE id = %s", bent(body, self.draw), pk)
        return f"text of event {pk}"

    def change_event_with_digests(self) -> str:
        """Change a word of an event's text and make its digests fit."""
        pk = self.event()
        body = bent(Event.objects.get(pk=pk).body, self.draw)
        data = b"\x00" + body.encode()
        statement = "UPDATE dugai_event SET body = %s, sha256 = %s, sm3 = %s WHERE id = %s"
        self.run(statement, body, canonical.sha256(data), canonical.sm3(data), pk)
        return f"text and digests of event {pk}"

    def redate_event(self) -> str:
        """Move an event to another day."""
        pk = self.event()
        self.run(
            "UPDATE dugai_event SET at = %s WHERE id = %s",
            f"2020-01-{self.draw.randint(1, 28):02} 00:00:00+00:00",
            pk,
        )
        return f"date of event {pk}"

    def blame_another(self) -> str:
        """Say somebody else did it."""
        pk = self.event()
        old = Event.objects.get(pk=pk).actor_id
        others = [row[0] for row in self.ask("SELECT id FROM dugai_user") if row[0] != old]
        self.run("UPDATE dugai_event SET actor_id = %s WHERE id = %s", self.draw.choice(others), pk)
        return f"actor of event {pk}"

    def delete_event(self) -> str:
        """Delete an event and its leaf, so that no key holds it."""
        pk = self.event()
        self.run("DELETE FROM dugai_leaf WHERE event_id = %s", pk)
        self.run("DELETE FROM dugai_event WHERE id = %s", pk)
        return f"event {pk} deleted"

    def drop_newest(self) -> str:
        """Drop the newest events with their leaves, and make the count fit."""
        k = self.draw.randint(1, 12)
        newest = list(Leaf.objects.order_by("-index").values_list("index", "event_id")[:k])
        for index, event in newest:
            self.run('DELETE FROM dugai_leaf WHERE "index" = %s', index)
            self.run("DELETE FROM dugai_event WHERE id = %s", event)
        self.run("UPDATE dugai_sequencer SET size = size - %s", k)
        return f"the newest {k} events dropped"

    def swap_leaves(self) -> str:
        """Let two events change places in the tree."""
        (one, a), (two, b) = self.draw.sample(list(Leaf.objects.values_list("index", "event_id")), 2)
        self.run('DELETE FROM dugai_leaf WHERE "index" IN (%s, %s)', one, two)
        self.run('INSERT INTO dugai_leaf ("index", event_id) VALUES (%s, %s), (%s, %s)', one, b, two, a)
        return f"leaves {one} and {two} swapped"

    def swap_texts(self) -> str:
        """Let two events change their texts and digests."""
        one, two = self.draw.sample(list(Event.objects.values_list("pk", "body", "sha256", "sm3")), 2)
        statement = "UPDATE dugai_event SET body = %s, sha256 = %s, sm3 = %s WHERE id = %s"
        self.run(statement, *one[1:], two[0])
        self.run(statement, *two[1:], one[0])
        return f"events {one[0]} and {two[0]} swapped"

    def forge_head(self) -> str:
        """Write another root, size or moment into a signed head."""
        forged = {
            "sha256": f"{self.draw.getrandbits(256):064x}",
            "sm3": f"{self.draw.getrandbits(256):064x}",
            "size": self.draw.randint(10**6, 10**7),
            "signature": f"{self.draw.getrandbits(512):0128x}",
            "at": f"2021-01-{self.draw.randint(1, 28):02} 00:00:00+00:00",
        }
        column = self.draw.choice(sorted(forged))
        value = forged[column]
        pk = self.draw.choice(self.ask("SELECT id FROM dugai_treehead"))[0]
        self.run(f'UPDATE dugai_treehead SET "{column}" = %s WHERE id = %s', value, pk)
        return f"{column} of head {pk}"

    def move_anchor(self) -> str:
        """Take away or shift an anchor."""
        kind, pk = self.draw.choice(self.ask(f"SELECT subject_type, subject_id FROM {guards.ANCHOR}"))
        where = "WHERE subject_type = %s AND subject_id = %s"
        if self.draw.random() < 0.5:
            self.run(f"DELETE FROM {guards.ANCHOR} {where}", kind, pk)
        else:
            self.run(f"UPDATE {guards.ANCHOR} SET version = version + 1 {where}", kind, pk)
        return f"anchor of {kind} {pk}"

    def change_counter(self) -> str:
        """Change a figure of the boards."""
        pk = self.draw.choice(list(Tally.objects.values_list("pk", flat=True)))
        self.run("UPDATE dugai_tally SET n = n + %s WHERE id = %s", self.draw.randint(1, 9), pk)
        return f"counter {pk}"


def another(field: Any, value: Any, draw: random.Random) -> Any:
    """Return another value of the column's own type."""
    kind = field.get_internal_type()
    if "JSON" in kind:
        return json.dumps({"forged": draw.randrange(10**6)})
    if kind == "BooleanField":
        return not value
    if kind == "DateTimeField":
        return f"2019-03-{draw.randint(1, 28):02} 08:00:00+00:00"
    if kind == "DateField":
        return f"2019-03-{draw.randint(1, 28):02}"
    if kind == "DecimalField":
        return str((value or 0) + draw.randint(1, 9))
    if "Integer" in kind or kind in {"ForeignKey", "OneToOneField", "BigAutoField"}:
        target = field.target_field.get_internal_type() if field.is_relation else ""
        if target == "CharField":
            return f"{draw.getrandbits(256):064x}"
        return (value or 0) + draw.randint(1, 9)
    text = f"改{draw.randrange(10**6)}"
    return text[: field.max_length or 20]


def bent(body: str, draw: random.Random) -> str:
    """Return the text of an event with one figure or word inside it changed; still JSON."""
    places = [found.start() for found in re.finditer(r"[0-9]", body[60:])]
    if not places:
        return body.replace('"schema":1', '"schema":2')
    at = 60 + draw.choice(places)
    figure = draw.choice(
        [other for other in "123456789" if other != body[at]]
    )  # no nought: it may not lead a number
    return body[:at] + figure + body[at + 1 :]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
def test_every_edit_is_found():
    make_whole_world(make_cast())
    sequencing.append_pending(60)
    sequencing.sign_head()
    sequencing.seal_day()
    assert verification.verify(PARTS).findings == []
    seed = random.randrange(1 << 32)
    owner = Owner(seed)
    edits: list[Callable[[], str]] = [
        getattr(owner, name)
        for name in vars(Owner)
        if not name.startswith("_") and name not in {"run", "ask", "row", "event"}
    ]
    done, missed = Counter[str](), list[str]()
    with guards.lifted():
        while done.total() < EDITS:
            edit = owner.draw.choice([owner.change_column, *edits])
            with transaction.atomic():
                told = ""
                try:
                    with transaction.atomic():
                        told = edit()
                except DatabaseError:
                    pass  # a plain constraint refused it: not an edit that happened
                else:
                    done[edit.__name__] += 1
                    if verification.verify(PARTS).holds:
                        missed.append(told)
                transaction.set_rollback(True)
    assert missed == [], f"seed {seed}"
    assert set(done) == {edit.__name__ for edit in edits}
    assert verification.verify(PARTS).findings == []
