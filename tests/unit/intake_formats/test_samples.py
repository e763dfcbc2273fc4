"""The samples' truth is true: what it quotes stands in the text, and the damage it names was done."""

import importlib.util
import json
import os
import sys
from pathlib import Path

import jsonschema
import pytest

from dugai.intake import samples
from dugai.intake.readers import read_bytes
from dugai.intake.samples.damage import DAMAGES

SHARED = Path(os.environ.get("DUGAI_SHARED", Path(__file__).parents[4] / "shared")) / "corpus"


def literal(value, found=None):
    """Every text that a truth quotes."""
    found = [] if found is None else found
    keys = {
        "quote",
        "text_starts",
        "goal_starts",
        "title",
        "heading",
        "deadline_raw",
        "status_raw",
        "as_of_raw",
    }
    if isinstance(value, list):
        for item in value:
            literal(item, found)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in keys and item:
                found.append(item)
            elif key in {"quotes", "also_quotes", "figures_ignored"}:
                found.extend(item)
            else:
                literal(item, found)
    return found


@pytest.mark.parametrize("kind", samples.KINDS)
@pytest.mark.parametrize("damage", [None, *DAMAGES])
def test_every_quote_stands_in_the_text(kind, damage):
    for seed in range(4):
        paper = samples.draw_paper(seed, kind, damage)
        text = paper.plain()
        for quote in literal(paper.truth):
            assert quote in text, (seed, quote)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_changes_the_text_and_says_so(damage):
    changed = 0
    for seed in range(6):
        whole, spoilt = samples.draw_paper(seed, "disclosure"), samples.draw_paper(seed, "disclosure", damage)
        assert (whole.plain() != spoilt.plain()) == bool(spoilt.damage)
        changed += bool(spoilt.damage)
    assert changed >= 3


def test_the_same_seed_gives_the_same_bytes():
    for form in ("txt", "html", "pdf", "ofd"):
        assert samples.draw_sample(9, "plan", form).data == samples.draw_sample(9, "plan", form).data


def test_different_seeds_give_different_documents():
    assert len({samples.draw_paper(seed, "disclosure").plain() for seed in range(20)}) == 20


@pytest.mark.parametrize("form", [f for f in samples.FORMS if f.startswith("txt")])
def test_no_flattening_loses_a_cell(form):
    sample = samples.draw_sample(2, "complaints", form)
    text = "".join(read_bytes(sample.data, sample.name).text.split())
    for grid in sample.paper.grids():
        for row in grid.rows[1:]:
            assert all("".join(cell.text.split()) in text for cell in row)


@pytest.mark.parametrize("kind", samples.KINDS)
def test_the_truth_is_a_valid_record(kind):
    if not (SHARED / "intake.schema.json").exists():
        pytest.skip("参考资料 ../shared 不在旁边，没有对照记录格式")
    schema = json.loads((SHARED / "intake.schema.json").read_text(encoding="utf-8"))
    for damage in (None, *DAMAGES):
        jsonschema.validate(samples.draw_paper(1, kind, damage).truth, schema)


def test_the_corpus_scorer_gives_the_truth_full_marks():
    if not (SHARED / "score.py").exists():
        pytest.skip("参考资料 ../shared 不在旁边，没有评分程序")
    spec = importlib.util.spec_from_file_location("corpus_scorer", SHARED / "score.py")
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = score
    spec.loader.exec_module(score)
    for kind in samples.KINDS:
        truth = samples.draw_paper(1, kind).truth
        for name, tally in score.score_record(truth, truth).t.items():
            row = tally.row()
            assert not row.get("missed"), name
