"""Brings the rooms' own verifiers together for `dugai verify`."""

from __future__ import annotations

from collections.abc import Collection

from dugai.acceptance.verifying import verify_closures
from dugai.files import store
from dugai.files.models import Blob
from dugai.journal import verifying
from dugai.journal.verifying import Report, Tell
from dugai.kernel import clock
from dugai.ledger import tallies
from dugai.upkeep import services
from dugai.upkeep.states import RunKind


def verify(parts: Collection[str], tell: Tell = verifying.silent) -> Report:
    """Verify the named parts (journal, rows, tallies, files) and return one report."""
    whole = Report()
    if "journal" in parts:
        _merge(whole, verifying.verify_journal(tell))
    if "rows" in parts:
        _merge(whole, verifying.verify_rows(tell))
        _merge(whole, verify_closures())
    if "tallies" in parts:
        _merge(whole, verify_tallies())
    if "files" in parts:
        _merge(whole, verify_files(tell))
    return whole


def verify_and_note(parts: Collection[str], by: str, tell: Tell = verifying.silent) -> Report:
    """Verify the named parts, and keep the record of it where the journal was among them."""
    began = clock.now()
    report = verify(parts, tell)
    if "journal" in parts:
        wrong = len(report.findings) + report.more
        services.note_run(
            actor=services.system_account(),
            kind=RunKind.VERIFY,
            by=by,
            started_at=began,
            holds=report.holds,
            summary="全部成立" if report.holds else f"{wrong} 处不成立：{report.findings[0]}",
            result={"parts": list(parts), "counts": report.counts, "wrong": wrong},
        )
    return report


def verify_tallies() -> Report:
    """Count every roll-up again from the rows."""
    report = Report()
    stored, truth = tallies.stored(), tallies.recount()
    report.counts["tallies"] = len(stored)
    for key in sorted(set(stored) | set(truth)):
        if stored[key] != truth[key]:
            organisation, level, lamp = key
            report.add(f"单位 {organisation} 的 {level}/{lamp} 汇总是 {stored[key]}，逐行数是 {truth[key]}")
    return report


def verify_files(tell: Tell = verifying.silent) -> Report:
    """Hash every stored file again."""
    report = Report()
    total = Blob.objects.count()
    report.counts["files"] = total
    for number, sha256 in enumerate(Blob.objects.order_by("pk").values_list("sha256", flat=True).iterator()):
        if number % 100 == 0:
            tell("files", number, total)
        found = store.digest_of(sha256)
        if found != sha256:
            report.add(f"文件 {sha256[:16]}… " + ("不见了" if found is None else "内容已损坏"))
    return report


def _merge(whole: Report, part: Report) -> None:
    whole.counts |= part.counts
    for sentence in part.findings:
        whole.add(sentence)
    whole.more += part.more
