"""清单 out and in again: what a workbook says is what comes back, or an error says so (X11)."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dugai.ledger import sheet_text, sheet_writer
from dugai.ledger.services_import import LedgerReader
from dugai.ledger.sheet_columns import COLUMNS
from dugai.ledger.units import Unit, Units
from dugai.people.models import Organisation, User
from dugai.people.states import Kind, Role
from dugai.staging import reading
from dugai.staging.models import ImportRow

LEDGERS = int(os.environ.get("DUGAI_TEST_LEDGERS", "300"))
UNITS = [
    Unit(1, "江源省", "", "990000", "0001", "region", "province"),
    Unit(2, "朔岭市", "", "990100", "00010000", "region", "city"),
    Unit(3, "朔岭市住建局", "市住建局", "990100ZJ", "000100000000", "department", "city"),
    Unit(4, "望渡县", "", "990121", "000100000001", "region", "county"),
    Unit(5, "望渡县住建局", "", "990121ZJ", "0001000000010000", "department", "county"),
    Unit(6, "雁回县", "", "990122", "000100000002", "region", "county"),
    Unit(7, "环保站", "", "990121HB", "0001000000010001", "institution", "county"),
    Unit(8, "环保站", "", "990122HB", "0001000000020001", "institution", "county"),
]
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co"), exclude_characters="\ufffe\uffff"),
    max_size=60,
)
WORDS = st.one_of(
    TEXT,
    st.text("污水管网改造，。、“”（）第一项问题措施：=+-@\"'<>&\n\t 一二三0123456789", max_size=60),
    st.sampled_from(
        [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "_x000D_",
            "　全角　",
            "<b>&amp;</b>",
            "\u0301重音",
            "e\u0301",
            "1e5",
            "00123",
        ]
    ),
)
FILLED = WORDS.filter(lambda text: sheet_text.clean(sheet_text.leading_ordinal(text)[1]) != "")
DEADLINES = st.sampled_from(
    ["2026年12月底前", "立行立改", "长期坚持", "立行立改，长期坚持", "2022年6月底（2025年12月底前完成目标）"]
)
STATUSES = st.sampled_from(
    [
        "",
        "未启动",
        "正在推进",
        "已完成",
        "已完成并长期坚持",
        "部分已完成，其他按序时进度推进",
        "未达序时进度",
        "已销号",
    ]
)
SEVERAL = st.lists(st.sampled_from([2, 3, 4, 5, 7, 8]), unique=True, max_size=3)


def measure(number: int) -> st.SearchStrategy[dict]:
    """Draw one measure with everything a row can say about it."""
    return st.fixed_dictionaries(
        {
            "number": st.just(number),
            "text": FILLED,
            "deadline": DEADLINES,
            "status": STATUSES,
            "narrative": WORDS,
            "note": WORDS,
            "owners": SEVERAL.filter(bool),
            "person": st.text("孟晴许诚、 ", max_size=10),
        }
    )


@st.composite
def ledgers(draw) -> list[dict]:
    """Draw up to four problems with up to three measures each, as the ledger would print them."""
    problems, following = [], 1
    for number in draw(st.lists(st.integers(1, 999), unique=True, min_size=1, max_size=4)):
        count = draw(st.integers(1, 3))
        problems.append(
            {
                "number": number,
                "text": draw(FILLED),
                "title": draw(FILLED),
                "goal": draw(WORDS),
                "lead": draw(st.sampled_from([3, 5, 7])),
                "cooperating": draw(SEVERAL),
                "measures": [draw(measure(following + at)) for at in range(count)],
            }
        )
        following += count
    return problems


def printed(problem: dict, one: dict, units: Units) -> dict[str, str]:
    """Print one row."""
    return {
        "number": str(problem["number"]),
        "problem": problem["text"],
        "title": problem["title"],
        "goal": problem["goal"],
        "lead": units.printed(problem["lead"]),
        "cooperating": "、".join(map(units.printed, problem["cooperating"])),
        "measure_number": str(one["number"]),
        "measure": one["text"],
        "deadline": one["deadline"],
        "status": one["status"],
        "narrative": one["narrative"],
        "note": one["note"],
        "responsible": "、".join(map(units.printed, one["owners"])),
        "person": one["person"],
    }


def keeper() -> User:
    """Return the clerk of an office at the root, whose range is everything."""
    root = Organisation(path="0000", depth=0, kind=Kind.REGION, name="江源省")
    office = Organisation(path="00000000", depth=1, kind=Kind.OFFICE, name="江源省整改办", parent=root)
    return User(organisation=office, role=Role.OFFICE_CLERK)


def reader(units: Units) -> LedgerReader:
    """Make a reader of an empty inspection without a database."""
    made = LedgerReader.__new__(LedgerReader)
    made.lead = made.last = made.exported = None
    made.actor = keeper()
    made.inspection = SimpleNamespace(level="central")
    made.home = units.by_pk[2]
    made.issued = dt.date(2026, 1, 10)
    made.units, made.known, made.problems = units, {}, {}
    made.next_number = made.next_measure = 1
    made.category = ""
    made.taken = lambda keys: set()
    return made


def read_back(rows: list[dict[str, str]], units: Units) -> list[ImportRow]:
    """Write rows to a workbook and read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        sheet_writer.write_list(path, rows, title="清单", note="测试")
        return reading.read_rows(reader(units), path.read_bytes())


def same(cell: str, found: str) -> bool:
    """Compare as a reader of the page would: the cleaning is the one the product states."""
    return sheet_text.clean(cell) == found


@settings(max_examples=LEDGERS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers())
def test_every_cell_comes_back_or_is_reported(ledger: list[dict]):
    units = Units(UNITS)
    rows = [printed(problem, one, units) for problem in ledger for one in problem["measures"]]
    staged = read_back(rows, units)
    good = [row for row in staged if row.verdict == ImportRow.Verdict.GOOD]
    bad = [row for row in staged if row.verdict == ImportRow.Verdict.REJECTED]
    assert len(staged) == len(rows)
    assert len(good) + len(bad) == len(rows)
    assert all(row.errors for row in bad)
    by_measure = {(row.values["number"], row.values["measure"]["number"]): row.values for row in good}
    for problem in ledger:
        for one in problem["measures"]:
            values = by_measure.get((problem["number"], one["number"]))
            if values is None:
                continue
            found = values["measure"]
            assert same(sheet_text.leading_ordinal(sheet_text.clean(one["text"]))[1], found["text"])
            assert found["deadline"]["raw"] == one["deadline"]
            assert found["owners"] == one["owners"]
            assert same(one["person"], found["person"])
            assert same(
                one["note"],
                found["note"]
                .split("；原表写")[0]
                .removeprefix("原表写“已销号”，入账后按“待销号”，请补录验收材料"),
            )
            if one["status"]:
                assert found["status_raw"] == one["status"]
                assert same(one["narrative"], found["narrative"])
            if one is problem["measures"][0]:
                whole = values["problem"]
                assert same(problem["title"], whole["title"])
                assert same(problem["goal"], whole["goal"])
                assert whole["lead"] == problem["lead"]
                assert whole["parts"].get("cooperating", []) == problem["cooperating"]


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6))
def test_the_mark_of_a_row_sees_every_change(cells: list[str]):
    named = {f"c{at}": cell for at, cell in enumerate(cells)}
    print_ = sheet_text.fingerprint(named)
    assert sheet_text.fingerprint({name: sheet_text.clean(cell) for name, cell in named.items()}) == print_
    assert sheet_text.fingerprint({**named, "c0": named["c0"] + "改"}) != print_
    assert sheet_text.read_row_id(sheet_text.row_id(7, 2, 3, print_)) == (7, 2, 3, print_)


@given(st.integers(1, 999_999))
def test_an_ordinal_is_read_in_every_dress(number: int):
    for dress in (
        f"{number}",
        f"{number}.",
        f"（{number}）",
        f"第{number}项",
        f"问题{number}",
        f"措施序号{number}",
        f"{number}、",
    ):
        assert sheet_text.read_ordinal(dress) == number, dress


def test_columns_have_one_name_each():
    titles = [word for column in COLUMNS for word in (column.title, *column.aliases)]
    assert sorted(titles) == sorted(set(titles))
