"""Chinese text is found by any two characters, completely, and only by those who may see it."""

from __future__ import annotations

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from dugai.kernel import bigrams
from dugai.ledger import queries_list, search, services_edit
from dugai.ledger.listing import Ask
from dugai.ledger.models import Problem, Task
from tests.cast import Cast, make_inspection, make_problem, task_of


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["污水", "柳汀河", "污水管网", "水", "JY3", "老城区 直排", "６.４ 公里"])
def test_words_of_the_text_are_found(cast: Cast, query: str):
    make_problem(cast)
    hits, after = search.find(cast.province_clerk, query)
    assert hits
    assert after is None


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["水污", "矿山", "污水矿山", "", "  ", "'\"*:|", "网管"])
def test_other_words_are_not(cast: Cast, query: str):
    make_problem(cast)
    assert search.find(cast.province_clerk, query) == ([], None)
    assert search.count(cast.province_clerk, query) == 0


@pytest.mark.django_db
def test_each_sees_their_own_hits(cast: Cast):
    problem = make_problem(cast)
    task = search.Hit("task", task_of(problem).pk)
    found = search.Hit("problem", problem.pk)
    for person in ("province_clerk", "city_reviewer", "verifier", "supervisor"):
        hits, _ = search.find(cast.users[person], "污水管网")
        assert {task, found} <= set(hits), person
    hits, _ = search.find(cast.county_clerk, "污水管网")
    assert task in hits
    for person in (
        "neighbour_clerk",
        "neighbour_office_clerk",
        "other_city_reviewer",
        "system_admin",
        "public",
    ):
        assert search.find(cast.users[person], "污水管网") == ([], None), person
        assert search.count(cast.users[person], "污水管网") == 0, person


@pytest.mark.django_db
def test_pages_continue_without_gap_or_double(cast: Cast):
    inspection = make_inspection(cast)
    for number in range(1, 8):
        make_problem(cast, inspection, number)
    whole, _ = search.find(cast.province_clerk, "污水", limit=100)
    paged, key = search.find(cast.province_clerk, "污水", limit=4)
    while key is not None:
        more, key = search.find(cast.province_clerk, "污水", limit=4, before=key)
        paged += more
    assert paged == whole
    assert len(whole) == len(set(whole)) == 21


CHINESE = st.text(alphabet="督察整改污水管网矿山0123ab，。 ", max_size=30)


@given(text=CHINESE, start=st.integers(0, 29), length=st.integers(2, 6))
def test_the_pairs_of_a_part_stand_one_behind_another_in_the_whole(text: str, start: int, length: int):
    part = text[start : start + length]
    runs = bigrams.RUN.findall(bigrams.fold(part))
    if len(runs) != 1 or runs[0] != part or runs[0].isascii() or len(part) < 2:
        return
    whole, wanted = bigrams.words(text), bigrams.words(part)
    assert any(whole[at : at + len(wanted)] == wanted for at in range(len(whole)))


def listed(viewer, q: str, level: str = "task") -> set[int]:
    """Return the ids a list shows for the words `q`, all pages of it."""
    ask = Ask.read({"q": q})
    where = queries_list.ground(viewer, ask)
    return set(
        (queries_list.tasks if level == "task" else queries_list.problems)(viewer, ask, where).values_list(
            "pk", flat=True
        )
    )


def compared(viewer, q: str, level: str = "task") -> set[int]:
    """Return the ids that comparing row by row finds."""
    rows = (Task if level == "task" else Problem).objects.visible_to(viewer)
    return set(
        rows.filter(Q(title__icontains=q) | Q(code__icontains=q) | Q(text__icontains=q)).values_list(
            "pk", flat=True
        )
    )


TEXTS = ("污水管网，缺口较大。", "矿山修复；污水处理厂", "COD超标3号井", "各区县矿山", "污水。管网")


@pytest.mark.django_db
@pytest.mark.parametrize(("few", "small"), [(0, 0), (0, search.SMALL), (2000, search.SMALL)])
@pytest.mark.parametrize(
    "q",
    [
        "污水",
        "管网",
        "污水管网",
        "矿山修复",
        "处理厂",
        "超标",
        "COD超标",
        "号井",
        "厂",
        "3号",
        "县矿",
        "无此",
    ],
)
def test_a_list_finds_what_comparing_finds(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, q: str, few: int, small: int
):
    monkeypatch.setattr(queries_list, "MOST_FEW", few)
    monkeypatch.setattr(search, "SMALL", small)
    inspection = make_inspection(cast)
    for number, text in enumerate(TEXTS, 1):
        problem = make_problem(cast, inspection, number)
        services_edit.edit_problem(
            actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, title=text, text=text
        )
    for person in ("province_clerk", "city_reviewer", "neighbour_clerk", "verifier"):
        viewer = cast.users[person]
        for level in ("task", "problem"):
            assert listed(viewer, q, level) == compared(viewer, q, level), (person, level)


@pytest.mark.django_db
def test_a_list_finds_each_word_for_itself_and_numbers_from_their_beginning(cast: Cast):
    problem = make_problem(cast)
    everything = {task_of(problem).pk}
    for q in ("管网 老城区", "JY3", "JY", task_of(problem).code[:-1]):
        assert listed(cast.province_clerk, q) == everything, q
    assert listed(cast.province_clerk, "管网 矿山") == set()
    assert listed(cast.neighbour_clerk, "管网") == set()


@pytest.mark.django_db
@pytest.mark.parametrize("most", [3, 2000])
def test_rare_and_common_words_give_the_same_page_and_counts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, most: int
):
    monkeypatch.setattr(queries_list, "MOST_FEW", most)
    inspection = make_inspection(cast)
    for number in range(1, 8):
        make_problem(cast, inspection, number)
    viewer, ask = cast.province_clerk, Ask.read({"q": "污水管网", "region": str(cast.city.pk)})
    where = queries_list.ground(viewer, ask)
    rows = queries_list.tasks(viewer, ask, where)
    known = queries_list.few(viewer, rows, where, ask.q)
    assert (known is None) == (most == 3)
    page = queries_list.page_of(viewer, rows, ask, size=5, known=known)
    rest = queries_list.page_of(viewer, rows, ask.but(after=page.after), size=5, known=known)
    assert [row.pk for row in (*page.rows, *rest.rows)] == sorted(rows.values_list("pk", flat=True))
    counts = queries_list.split(viewer, ask, where, rows, "task", known=known)
    assert sum(count.n for count in counts) == min(most, 7)
    assert all(count.more == (most < 7) for count in counts), "at least so many, where not all were counted"


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["neighbour_office_clerk", "neighbour_clerk", "verifier"])
def test_what_others_have_of_a_common_word_hides_no_count(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, person: str
):
    monkeypatch.setattr(queries_list, "MOST_FEW", 3)
    inspection = make_inspection(cast)
    for number in range(1, 6):
        make_problem(cast, inspection, number)
    for number in (6, 7):
        make_problem(cast, inspection, number, owners=(cast.neighbour_bureau,), home=cast.neighbour)
    viewer, ask = cast.users[person], Ask.read({"q": "污水管网"})
    where = queries_list.ground(viewer, ask)
    rows = queries_list.tasks(viewer, ask, where)
    known = queries_list.few(viewer, rows, where, ask.q)
    counts = queries_list.split(viewer, ask, where, rows, "task", known=known)
    assert rows.count() == sum(count.n for count in counts) > 0


@pytest.mark.django_db
def test_what_was_edited_is_found_by_its_new_words_only(cast: Cast):
    problem = make_problem(cast)
    services_edit.edit_problem(
        actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, title="矿山修复", text="露天矿山"
    )
    hit = search.Hit("problem", problem.pk)
    assert hit in search.find(cast.province_clerk, "露天矿山")[0]
    assert hit not in search.find(cast.province_clerk, "柳汀河")[0]
    assert listed(cast.province_clerk, "露天矿山", "problem") == {problem.pk}
    services_edit.add_part(
        actor=cast.city_clerk,
        problem_id=problem.pk,
        seen_version=2,
        organisation=cast.users["neighbour_clerk"].organisation,
        part="cooperating",
    )
    assert hit in search.find(cast.neighbour_clerk, "露天矿山")[0]
