"""Documents accepted from the command line, and figures checked over a series of batches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dugai.cli import entry
from dugai.intake.models import Document, FieldSource
from dugai.ledger.models import Measure, Problem
from tests.cast import Cast, make_inspection
from tests.documents import ANNEX, bring

pytestmark = pytest.mark.django_db
WHY = "the test looks at its own rows"
PLACE = ["--as", "city_clerk", "--inspection", "JY3", "--home", "朔岭市", "--lead", "朔岭市住建局"]


@pytest.fixture(autouse=True)
def _settings_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUGAI_DATA", str(tmp_path))


def accept(*words: str) -> int:
    return entry.main(["intake", "accept", *words])


def test_a_file_goes_from_the_command_line_into_the_ledger(cast: Cast, tmp_path: Path, capsys):
    make_inspection(cast)
    paper = tmp_path / "整改情况.txt"
    paper.write_text(ANNEX, encoding="utf-8")
    assert accept(str(paper), *PLACE, "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["name"], told["counts"]["total"], told["counts"]["entered"]) == ("整改情况.txt", 5, 5)
    assert Measure.objects.unscoped(WHY).count() == 3
    assert accept(str(paper), *PLACE) == 0
    assert Problem.objects.unscoped(WHY).count() == 2
    assert "入账 0 条" in capsys.readouterr().out


def test_a_record_goes_in_with_its_original_beside_it(cast: Cast, tmp_path: Path, capsys):
    make_inspection(cast)
    paper, records = tmp_path / "整改情况.txt", tmp_path / "out"
    paper.write_text(ANNEX, encoding="utf-8")
    assert entry.main(["intake", "read", str(paper), "--json", str(records)]) == 0
    assert accept(str(records / "整改情况.json"), *PLACE) == 1
    assert "正好有一个" in capsys.readouterr().err
    assert accept(str(records / "整改情况.json"), *PLACE, "--originals", str(tmp_path)) == 0
    assert Problem.objects.unscoped(WHY).count() == 2
    assert all(ANNEX[row.start : row.end] == row.quote for row in FieldSource.objects.all())


def test_a_record_of_another_text_is_refused(cast: Cast, tmp_path: Path, capsys):
    make_inspection(cast)
    paper = tmp_path / "整改情况.txt"
    paper.write_text(ANNEX, encoding="utf-8")
    entry.main(["intake", "read", str(paper), "--json", str(tmp_path)])
    paper.write_text("前面多了一段别的话。\n" * 9 + ANNEX, encoding="utf-8")
    assert accept(str(tmp_path / "整改情况.json"), *PLACE) == 1
    assert "不是这份原件" in capsys.readouterr().err
    assert not Problem.objects.unscoped(WHY).exists()


def test_what_has_a_doubt_waits_for_a_person(cast: Cast, tmp_path: Path, capsys):
    document = bring(cast, ANNEX.replace("整改时限：2027年6月底前\n", ""))
    assert accept(str(document.pk), "--as", "city_clerk") == 1
    told = capsys.readouterr()
    assert "入账 4 条，共 5 条" in told.out
    assert "还有 1 条有疑点" in told.err
    assert Document.objects.get().state == "review"


def test_unknown_people_and_places_are_said(cast: Cast, tmp_path: Path, capsys):
    paper = tmp_path / "甲.txt"
    paper.write_text(ANNEX, encoding="utf-8")
    assert accept(str(paper), "--as", "nobody") == 2
    assert accept(str(paper), "--as", "city_clerk") == 2
    assert accept(str(paper), *PLACE) == 2
    told = capsys.readouterr().err
    assert "没有账号“nobody”" in told
    assert "--inspection" in told
    assert "没有编号为“JY3”的督察" in told


def test_batches_of_a_series_are_held_against_each_other(tmp_path: Path, capsys):
    papers = []
    for number, name, own, so_far in ((10, "十", 30, 368), (11, "十一", 27, 390)):
        paper = tmp_path / f"{number}.txt"
        paper.write_text(
            f"中央生态环境保护督察组交办第{name}批信访举报件办理情况\n"
            f"6月17日，督察组向我市交办第{name}批信访举报件{own}件，已办结{own - 2}件。\n"
            f"截至目前，督察组累计向我市交办信访举报件{so_far}件。\n",
            encoding="utf-8",
        )
        papers.append(str(paper))
    assert entry.main(["figures", "check", papers[0]]) == 0
    capsys.readouterr()
    assert entry.main(["figures", "check", *papers]) == 1
    assert "368+27=390" in capsys.readouterr().out
