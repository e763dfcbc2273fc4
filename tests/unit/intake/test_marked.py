"""Documents in layouts of many offices, written from knowledge of the field, read in every form they come in."""

from __future__ import annotations

import pytest

from tests.unit.intake import marked


@pytest.mark.parametrize(("name", "form"), marked.written())
def test_a_marked_document_is_read_as_its_truth_says(name: str, form: str) -> None:
    assert marked.differences(name, form) == []


def test_there_are_many_offices() -> None:
    assert len(marked.cases()) >= 35
