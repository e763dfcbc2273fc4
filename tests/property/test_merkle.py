"""Laws of the tree: what is in can be proved, what is not cannot, and a tree only grows (T04)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dugai.journal import merkle

SIZES = st.integers(1, 300)


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(size)]


def test_the_empty_tree_and_the_first_leaf_are_those_of_the_standard():
    assert (
        merkle.Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(size=SIZES, data=st.data())
@settings(max_examples=200, deadline=None)
def test_every_leaf_is_proved_and_no_other(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    source = merkle.source_of(leaves)
    root = merkle.range_hash(0, size, source)
    path = merkle.inclusion_proof(index, size, source)
    assert merkle.root_from_inclusion(index, size, leaves[index], path) == root
    assert merkle.root_from_inclusion(index, size, merkle.leaf_hash(b"forged"), path) != root
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index)) if size > 1 else 1
    assert merkle.root_from_inclusion(other, size, leaves[index], path) != root
    if path:
        cut = data.draw(st.integers(0, len(path) - 1))
        assert merkle.root_from_inclusion(index, size, leaves[index], path[:cut]) != root
        bent = [*path[:cut], bytes(32), *path[cut + 1 :]]
        assert merkle.root_from_inclusion(index, size, leaves[index], bent) != root


@given(sizes=st.tuples(SIZES, SIZES).map(sorted))
@settings(max_examples=200, deadline=None)
def test_a_tree_continues_its_beginning_and_nothing_else(sizes: list[int]):
    first, second = sizes
    leaves = leaves_of(second)
    source = merkle.source_of(leaves)
    old, new = merkle.range_hash(0, first, source), merkle.range_hash(0, second, source)
    path = merkle.consistency_proof(first, second, source)
    assert merkle.consistent(first, second, old, new, path)
    assert not merkle.consistent(first, second, bytes(32), new, path)
    forged = [merkle.leaf_hash(b"forged"), *leaves[1:]]
    other = merkle.range_hash(0, second, merkle.source_of(forged))
    assert not merkle.consistent(first, second, old, other, path)


@given(size=SIZES)
@settings(max_examples=100, deadline=None)
def test_the_frontier_agrees_with_the_whole_tree(size: int):
    frontier = merkle.Frontier()
    for leaf in leaves_of(size):
        frontier.append(leaf)
    assert frontier.root() == merkle.range_hash(0, size, merkle.source_of(leaves_of(size)))


def test_a_leaf_outside_the_tree_has_no_proof():
    with pytest.raises(IndexError):
        merkle.inclusion_proof(3, 3, merkle.source_of(leaves_of(3)))
