"""Children make the parent, and a split loses nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dugai.ledger.rollup import Child, derive_parent, split_conserves
from dugai.ledger.rules import Quantity
from dugai.ledger.states import Progress

P = Progress


def of(target, done=0, unit="处", name=""):
    return Quantity(Decimal(str(target)), Decimal(str(done)), unit, name)


@pytest.mark.parametrize(
    ("children", "parent"),
    [
        ([P.NOT_STARTED, P.NOT_STARTED], P.NOT_STARTED),
        ([P.NOT_STARTED, P.IN_PROGRESS], P.IN_PROGRESS),
        ([P.DONE, P.NOT_STARTED], P.PARTIAL),
        ([P.PARTIAL, P.IN_PROGRESS], P.PARTIAL),
        ([P.BASICALLY_DONE, P.IN_PROGRESS], P.PARTIAL),
        ([P.BASICALLY_DONE, P.DONE], P.BASICALLY_DONE),
        ([P.DONE, P.DONE], P.DONE),
        ([P.DONE, P.DONE_STANDING], P.DONE_STANDING),
        ([P.DONE, P.DONE_STANDING, P.DONE_CONTINUING], P.DONE_CONTINUING),
    ],
)
def test_the_parent_follows_its_children(children, parent):
    assert derive_parent([Child(child) for child in children]).progress is parent


def test_without_children_there_is_nothing_to_derive():
    with pytest.raises(ValueError, match="without children"):
        derive_parent([])


def test_the_share_is_weighted_by_quantity():
    parent = derive_parent([Child(P.DONE, of(30, 30)), Child(P.IN_PROGRESS, of(10, 2))])
    assert (parent.progress, parent.done, parent.total) == (P.PARTIAL, Decimal(32), Decimal(40))
    assert parent.unit == "处"
    assert parent.share == Decimal("0.8")


def test_more_in_one_child_does_not_make_up_for_less_in_another():
    parent = derive_parent([Child(P.DONE, of(10, 15)), Child(P.IN_PROGRESS, of(10, 5))])
    assert (parent.done, parent.total) == (Decimal(15), Decimal(20))


@pytest.mark.parametrize(
    "second", [Child(P.IN_PROGRESS), Child(P.IN_PROGRESS, of(5, unit="公里")), Child(P.IN_PROGRESS, of(0))]
)
def test_without_one_unit_children_are_counted(second):
    first = Child(P.DONE, of(0) if second.quantity == of(0) else of(3, 3))
    parent = derive_parent([first, second])
    assert (parent.done, parent.total, parent.unit) == (Decimal(1), Decimal(2), "项")


def test_done_without_its_quantity_is_not_done():
    parent = derive_parent([Child(P.DONE, of(10, 9)), Child(P.DONE, of(5, 5))])
    assert (parent.progress, parent.short) == (P.PARTIAL, (0,))


def test_a_split_that_adds_up_is_silent():
    assert split_conserves([of(37)], [[of(19)], [of(11)], [of(7)]]) == ()
    assert (
        split_conserves([of("0.3", unit="公里")], [[of("0.1", unit="公里")], [of("0.2", unit="公里")]]) == ()
    )


def test_a_split_that_does_not_add_up_is_named_with_its_difference():
    (finding,) = split_conserves([of(38)], [[of(19)], [of(11)], [of(7)]])
    assert finding.message == "分解数 19＋11＋7＝37，与总数 38 差 1 处"
    assert (finding.parent, finding.children, finding.unit) == (Decimal(38), Decimal(37), "处")


def test_a_reason_excuses_the_sum_but_not_the_unit():
    assert split_conserves([of(38)], [[of(37)]], note="1 处由省直单位自办") == ()
    assert len(split_conserves([of(38)], [[of(37)]], note="  ")) == 1
    (finding,) = split_conserves([of(38)], [[of(38, unit="座")]], note="同一回事")
    assert finding.message == "单位不一致：处、座。请先改成同一个单位再分解。"


def test_several_targets_are_compared_by_name():
    findings = split_conserves(
        [of(10, name="排污口"), of(5, unit="公里", name="管网")],
        [[of(10, name="排污口")], [of(2, unit="", name="拆除")]],
    )
    assert [finding.message for finding in findings] == [
        "“管网”的分解数 没有分解，与总数 5 差 5 公里",
        "“拆除”的分解数 2，与总数 0 差 2",
    ]


def test_a_missing_unit_is_said():
    (finding,) = split_conserves([of(1)], [[of(1, unit="")]])
    assert finding.message == "单位不一致：处、没有写单位。请先改成同一个单位再分解。"
