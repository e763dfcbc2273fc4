"""Add up what the parts of a test run counted, name what is wrong, and end with one plain line."""

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

CHECKS = re.compile(r"^checks: (\d+) passed, (\d+) failed$", re.MULTILINE)


def counts(folder: Path, part: str) -> tuple[int, int, int]:
    """Passed, failed and skipped of one part; from its JUnit file, or from the last line of the checks."""
    report = folder / f"{part}.xml"
    if report.exists():
        suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314  # as above
        total, failures, errors, skipped = (
            sum(int(suite.get(key, "0")) for suite in suites)
            for key in ("tests", "failures", "errors", "skipped")
        )
        failed = failures + errors
        return total - failed - skipped, failed, skipped
    log = folder / f"{part}.log"
    found = CHECKS.search(log.read_text(encoding="utf-8", errors="replace")) if log.exists() else None
    return (int(found[1]), int(found[2]), 0) if found else (0, 0, 0)


def main(folder: Path, parts: list[str]) -> int:
    """Print a line a part and the sum; 0 when every part ran, ran something and passed."""
    passed_all = failed_all = skipped_all = 0
    print()
    for part in parts:
        code_file = folder / f"{part}.code"
        code = int(code_file.read_text()) if code_file.exists() else -1
        passed, failed, skipped = counts(folder, part)
        wrong = []
        if code < 0:
            wrong.append("did not finish")
        elif code:
            wrong.append(f"exit status {code}")
        if passed + failed == 0:
            wrong.append("ran nothing")
        if wrong and not failed:
            failed = 1  # a part that could not run has failed
        print(f"{part}: {passed} passed, {failed} failed, {skipped} skipped", *wrong, sep="; ")
        passed_all, failed_all, skipped_all = passed_all + passed, failed_all + failed, skipped_all + skipped
    print(f"{passed_all} passed, {failed_all} failed, {skipped_all} skipped")
    return 1 if failed_all else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
