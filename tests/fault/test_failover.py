"""The primary dies, the synchronous standby takes over, and nothing acknowledged is lost (F09, small: twice)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import psycopg
import pytest
from django.conf import settings

from dugai.upkeep import child
from tests.fault.clusters import Cluster

FAILOVERS = int(os.environ.get("DUGAI_TEST_FAILOVERS", "2"))
WRITER = Path(__file__).parent / "failover_writer.py"
BETWEEN = 30


def wait_for_standby(primary: Cluster) -> None:
    """See that the primary waits for its standby with every commit."""
    with psycopg.connect(primary.url(), autocommit=True) as session:
        for _ in range(600):
            found = session.execute(
                "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
            ).fetchone()
            if found == (1,):
                return
            session.execute("SELECT pg_sleep(0.1)")
    pytest.fail("the standby never became synchronous")


def stored(cluster: Cluster) -> set[str]:
    """Return the digests that one server has."""
    with psycopg.connect(cluster.url("office")) as session:
        return {row[0] for row in session.execute("SELECT sha256 FROM dugai_blob").fetchall()}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_acknowledged_write_is_lost_when_the_standby_takes_over(tmp_path: Path):
    clusters = [Cluster.make()]
    primary = clusters[0]
    try:
        primary.start()
        with psycopg.connect(primary.url(), autocommit=True) as session:
            session.execute("CREATE DATABASE office")
        secret = "k9" + os.urandom(40).hex()
        values = {"DUGAI_DATABASE_URL": primary.url("office"), "DUGAI_SECRET_KEY": secret}
        child.settle(tmp_path, values, {"migrate": True}, lambda *step: None)
        standby = primary.standby("standby1")
        clusters.append(standby)
        primary.stop("fast")
        primary.configure("primary.conf")
        standby.configure("standby.conf")
        primary.start()
        standby.start()
        wait_for_standby(primary)
        ports = ",".join(f"127.0.0.1:{cluster.port}" for cluster in clusters)
        url = f"postgresql://dugai:{primary.password}@{ports}/office?target_session_attrs=read-write"
        acknowledged = run_failovers(clusters, url, tmp_path)
        last = clusters[-1]
        assert acknowledged <= stored(last)
        values["DUGAI_DATABASE_URL"] = url
        report = child.settle(tmp_path, values, {"verify": ["journal", "rows", "files"]}, lambda *step: None)
        assert report["findings"] == []
        assert report["counts"]["files"] >= len(acknowledged) > BETWEEN * FAILOVERS
    finally:
        for cluster in clusters:
            cluster.remove()


def run_failovers(clusters: list[Cluster], url: str, place: Path) -> set[str]:
    """Write all the time, kill the primary and promote its standby some times; return what was acknowledged."""
    acknowledged: set[str] = set()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.fault.settings",
        "DUGAI_TEST_DATABASE_URL": url,
        "DUGAI_TEST_PLACE": str(place),
        "PYTHONPATH": os.pathsep.join([str(settings.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]),
    }
    with subprocess.Popen(
        [sys.executable, str(WRITER)], stdout=subprocess.PIPE, text=True, env=environment
    ) as writer:
        assert writer.stdout is not None
        try:
            for round_ in range(FAILOVERS):
                primary, standby = clusters[-2], clusters[-1]
                acknowledged |= said_by(primary, writer.stdout)
                primary.stop()
                standby.promote()
                acknowledged |= said_by(standby, writer.stdout)  # writes go on, in the same process
                if round_ + 1 < FAILOVERS:
                    port = primary.port
                    following = standby.standby("standby1")
                    following.port = port  # the address of the office names two places, and only two
                    clusters.append(following)
                    standby.configure("primary.conf")
                    following.start()
                    standby.run("pg_ctl", "-D", standby.data, "reload")
                    wait_for_standby(standby)
        finally:
            writer.kill()
        acknowledged |= {line.split()[0] for line in writer.stdout if line.endswith("\n")}
    return acknowledged


def said_by(server: Cluster, lines: IO[str]) -> set[str]:
    """Read what was acknowledged until one server has said so a number of times; return all of it."""
    found, times = set(), 0
    while times < BETWEEN:
        digest, port = lines.readline().split()
        found.add(digest)
        times += int(port) == server.port
    return found
