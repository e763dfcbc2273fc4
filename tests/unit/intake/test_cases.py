"""Small documents in many layouts, each with its truth beside it."""

from __future__ import annotations

import pytest

from tests.unit.intake import casebook


@pytest.mark.parametrize("name", casebook.names())
def test_a_small_document_is_read_as_its_truth_says(name: str) -> None:
    assert casebook.differences(name) == []


def test_there_are_many_layouts() -> None:
    assert len(casebook.names()) >= 25
