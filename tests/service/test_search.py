"""Chinese text is found by any two characters, completely, and only by those who may see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dugai.kernel import bigrams
from dugai.ledger import search
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
