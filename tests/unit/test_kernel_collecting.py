"""The collector of cycles is off while rows are made, and on again after the last batch."""

from __future__ import annotations

import gc

import pytest

from dugai.kernel import collecting


def test_nested_batches_put_the_collector_back_once():
    assert gc.isenabled()
    with collecting.paused():
        with collecting.paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_batches_side_by_side_end_with_the_collector_on():
    """The first to begin is the first to end, while the second still works."""
    first, second = collecting.paused(), collecting.paused()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_a_failed_batch_leaves_the_collector_on():
    with pytest.raises(ValueError, match="row"), collecting.paused():
        raise ValueError("row")
    assert gc.isenabled()
