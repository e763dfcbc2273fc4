"""The sum at the end of `make test`: a part that failed, did not run or ran nothing makes the whole run fail."""

import subprocess
import sys
from pathlib import Path

import pytest

TALLY = Path(__file__).parents[2] / "scripts" / "tally.py"


def part(folder: Path, name: str, code: int, *, tests: int = 0, failures: int = 0, skipped: int = 0) -> None:
    (folder / f"{name}.code").write_text(f"{code}\n")
    (folder / f"{name}.xml").write_text(
        f'<testsuites><testsuite tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}"/></testsuites>'
    )


def tally(folder: Path, *parts: str) -> tuple[int, list[str]]:
    ran = subprocess.run([sys.executable, TALLY, folder, *parts], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.split("\n")[1:-1]


def test_what_passed_is_added_up(tmp_path):
    part(tmp_path, "sqlite", 0, tests=12, skipped=2)
    (tmp_path / "checks.code").write_text("0\n")
    (tmp_path / "checks.log").write_text("通过 ruff\nchecks: 7 passed, 0 failed\n")
    assert tally(tmp_path, "sqlite", "checks") == (
        0,
        [
            "sqlite: 10 passed, 0 failed, 2 skipped",
            "checks: 7 passed, 0 failed, 0 skipped",
            "17 passed, 0 failed, 2 skipped",
        ],
    )


@pytest.mark.parametrize(
    ("code", "counts", "line"),
    [
        (1, {"tests": 5, "failures": 2}, "sqlite: 3 passed, 2 failed, 0 skipped; exit status 1"),
        (3, {"tests": 5}, "sqlite: 5 passed, 1 failed, 0 skipped; exit status 3"),
        (5, {}, "sqlite: 0 passed, 1 failed, 0 skipped; exit status 5; ran nothing"),
        (0, {"tests": 4, "skipped": 4}, "sqlite: 0 passed, 1 failed, 4 skipped; ran nothing"),
    ],
)
def test_a_part_that_went_wrong_fails_the_whole(tmp_path, code, counts, line):
    part(tmp_path, "sqlite", code, **counts)
    status, lines = tally(tmp_path, "sqlite")
    assert (status, lines[0]) == (1, line)


def test_a_part_that_never_ended_fails_the_whole(tmp_path):
    part(tmp_path, "sqlite", 0, tests=1)
    assert tally(tmp_path, "sqlite", "browser") == (
        1,
        [
            "sqlite: 1 passed, 0 failed, 0 skipped",
            "browser: 0 passed, 1 failed, 0 skipped; did not finish; ran nothing",
            "1 passed, 1 failed, 0 skipped",
        ],
    )
