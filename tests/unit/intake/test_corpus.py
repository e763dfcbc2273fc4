"""The development corpus beside the checkout, where it is present."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from dugai.intake.intake_cli import source_of
from dugai.intake.understand import check_figures, understand

CHECKOUT = Path(__file__).resolve().parents[3]
# Beside the checkout, or one folder further up where the checkout is a worktree.
PLACES = [folder / "shared" / "corpus" for folder in CHECKOUT.parents[:2]]
CORPUS = next((place for place in PLACES if place.is_dir()), PLACES[0])

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not beside this checkout")


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The overall table of the scorer of the corpus over fresh records."""
    spec = importlib.util.spec_from_file_location("corpus_score", CORPUS / "score.py")
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    total: dict[str, Any] = {kind: scorer.Tally() for kind in scorer.KINDS}
    for gold in sorted((CORPUS / "gold").glob("*.json")):
        record = understand(source_of(CORPUS / "documents" / f"{gold.stem}.txt"))
        score = scorer.score_record(json.loads(gold.read_text(encoding="utf-8")), record)
        for kind in scorer.KINDS:
            total[kind].add(score.t[kind])
    return {kind: tally.row() for kind, tally in total.items()}


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("problems", 1.0),
        ("measures", 1.0),
        ("deadlines", 1.0),
        ("status", 1.0),
        ("figures", 0.95),
        ("arithmetic_verdicts", 0.95),
        ("defects", 0.9),
    ],
)
def test_the_corpus_is_read_well_enough(scored: dict[str, Any], kind: str, least: float) -> None:
    assert scored[kind]["f1"] >= least


def test_no_false_alarm_on_the_corpus(scored: dict[str, Any]) -> None:
    assert scored["arithmetic_verdicts"]["precision"] == 1.0


def test_every_record_fits_the_schema() -> None:
    validators = pytest.importorskip("jsonschema")
    schema = json.loads((CORPUS / "intake.schema.json").read_text(encoding="utf-8"))
    validator = validators.Draft202012Validator(schema)
    for path in sorted((CORPUS / "documents").glob("*.txt")):
        assert [e.message for e in validator.iter_errors(understand(source_of(path)))] == []


def test_the_checker_names_exactly_what_does_not_hold() -> None:
    wrong = set()
    for path in sorted((CORPUS / "documents").glob("*.txt")):
        wrong |= {f.expr for f in check_figures(source_of(path).text) if f.is_error}
    assert wrong == {"4114.63/20300=20.2%", "1959=2293", "2973公顷=4.59万亩", "3.41=11.6"}
