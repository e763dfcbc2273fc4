"""A PostgreSQL server of one's own, for tests that need one beside the database under test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fault.clusters import Cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running cluster that lives as long as the session."""
    cluster = Cluster.make()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
