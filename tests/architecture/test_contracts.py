"""The contracts of import-linter are shown a small house with one flaw each, and must refuse it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

LINT = Path(sys.executable).with_name("lint-imports")
SOUND = {
    "models.py": "from dugai.ledger.models import *",
    "settings/base.py": "",
    "api/routes.py": "from dugai.ledger import queries",
    "web/views.py": "from dugai.ledger import queries",
    "portal/views.py": "",
    "ledger/services.py": "from dugai.ledger import queries, policy\nfrom dugai.kernel import errors",
    "ledger/queries.py": "from dugai.ledger import models, rules",
    "ledger/policy.py": "",
    "ledger/models.py": "from dugai.ledger import states",
    "ledger/rules.py": "from dugai.ledger import states",
    "ledger/states.py": "",
    "kernel/errors.py": "",
}
FLAWS = {
    "the order of the rooms": {"kernel/errors.py": "from dugai.web import views"},
    "the order of the files inside a room": {"ledger/models.py": "from dugai.ledger import policy"},
    "the edges never touch tables": {"web/views.py": "from dugai.ledger.models import *"},
    "the portal knows snapshots only": {"portal/views.py": "from dugai.ledger import queries"},
    "rules are pure": {"ledger/rules.py": "import sqlite3"},
}


def lint(folder: Path, files: dict[str, str]) -> dict[str, str]:
    """Build a house of these files and return what became of each contract: KEPT or BROKEN."""
    for name, text in files.items():
        path = folder / "dugai" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in path.relative_to(folder).parents:
            if parent.parts:
                (folder / parent / "__init__.py").touch()
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    ran = subprocess.run(
        [LINT, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    words = [line.rsplit(" ", 1) for line in ran.stdout.splitlines() if line.endswith((" KEPT", " BROKEN"))]
    verdicts = {name.strip(): verdict for name, verdict in words}
    assert ran.returncode == (1 if "BROKEN" in verdicts.values() else 0), ran.stdout + ran.stderr
    return verdicts


def test_a_sound_house_keeps_every_contract(tmp_path):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert lint(tmp_path, SOUND) == {contract["name"]: "KEPT" for contract in contracts}


@pytest.mark.parametrize("contract", FLAWS)
def test_a_flaw_breaks_its_contract(tmp_path, contract):
    verdicts = lint(tmp_path, SOUND | FLAWS[contract])
    assert verdicts.pop(contract) == "BROKEN"
    assert set(verdicts.values()) == {"KEPT"}


def test_a_new_room_must_take_its_place(tmp_path):
    assert lint(tmp_path, SOUND | {"attic/rules.py": ""})["the order of the rooms"] == "BROKEN"


def test_every_contract_was_shown_a_flaw(tmp_path):
    assert set(lint(tmp_path, SOUND)) == set(FLAWS)
