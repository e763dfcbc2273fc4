"""The real app under examples, coverage, fuzzing and stateful runs drawn from the contract (X09)."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter

import pytest
import schemathesis
from django.db import connection
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.api.client import SPEC
from tests.api.world import make_whole_world, secret_of
from tests.cast import make_cast

NIGHT = "DUGAI_API_CASES" in os.environ
CASES = int(os.environ.get("DUGAI_API_CASES", "15"))
"""Drawn cases for each operation; `DUGAI_API_CASES=300` for a night, which has every phase on its engine."""
WALKS = CASES if NIGHT else 3
"""Walks along the links of the contract."""
SECONDS = int(os.environ.get("DUGAI_API_SECONDS", "300"))
"""The budget of one run, against a machine that crawls; what was not reached is left to the night."""


def config(secret: str, address: str) -> SchemathesisConfig:
    """Every check; a refusal by a rule of the work (422, 428) is an answer to good data too."""
    good = ["2xx", "401", "403", "404", "409", "422", "428"]
    second = connection.vendor == "postgresql"
    return SchemathesisConfig.from_dict(
        {
            "seed": 20260521 + second,
            "max-time": SECONDS,
            "base-url": address,
            "headers": {"Authorization": f"Bearer {secret}"},
            "generation": {"max-examples": CASES, "database": "none"},
            "checks": {"positive_data_acceptance": {"expected-statuses": good}},
            "phases": {
                # By day the values at every bound are tried on the one engine, the drawn ones on the other.
                "coverage": {"enabled": NIGHT or not second},
                "fuzzing": {"enabled": NIGHT or second},
                "stateful": {"generation": {"max-examples": WALKS}},
            },
        }
    )


def findings(event) -> list[str]:
    """Return what the checks of one scenario found, in words."""
    return [
        f"{event.phase.value} {event.label}: {node.failure_info.failure.title}: {node.failure_info.failure.message[:300]}"
        for checks in event.recorder.checks.values()
        for node in checks
        if node.failure_info is not None
    ]


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.django_db(transaction=True)
def test_the_app_keeps_its_contract(live_server):
    cast = make_cast()
    make_whole_world(cast)
    secret = secret_of(cast.province_manager)
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    schema = schemathesis.openapi.from_dict(spec, config=config(secret, live_server.url))
    wrong: list[str] = []
    ran: Counter[str] = Counter()
    phases: dict[str, str] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            ran[event.phase.value] += len(event.recorder.cases)
            wrong += findings(event)
        elif isinstance(event, events.NonFatalError):
            wrong.append(f"{event.label}: {event.value!r}"[:500])
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.PhaseFinished):
            phases[event.phase.name.value] = str(event.status)
    operations = sum(len(methods) for methods in spec["paths"].values())
    sys.stdout.write(f"X09: {operations} operations, cases {dict(ran)}, phases {phases}\n")
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert sum(ran.values()) >= operations, (ran, phases)
