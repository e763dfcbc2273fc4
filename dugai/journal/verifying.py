"""Does the record hold? Reads everything, changes nothing, names the first bad records (T01, T03).

What is compared
- each event's digests with its text, and its columns with its text;
- leaves: one an event, no gap, in a tree whose root is in every signed head and daily root;
- versions of each subject: 1, 2, 3 … without a gap, the anchor and the row at the last of them;
- each recorded row, column by column, with the digest of state in its last event.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import models
from django.db.models import Count, Max, Min

from dugai.journal import guards, keys, merkle
from dugai.journal.models import Anchor, DailyRoot, Event, Leaf, Pending, Recorded, Sequencer, TreeHead
from dugai.journal.sequencing import head_text
from dugai.journal.services import state_of
from dugai.kernel import canonical

Tell = Callable[[str, int, int], None]
MOST_FINDINGS = 50
Row = TypeVar("Row", bound=models.Model)


@dataclass
class Report:
    """What the verifier read and what does not hold; `findings` are sentences, the first fifty."""

    counts: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, sentence: str) -> None:
        """Keep a finding; past fifty they are only counted."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(sentence)
        else:
            self.more += 1

    @property
    def holds(self) -> bool:
        """Say whether everything held."""
        return not self.findings


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody how far it is."""
    del stage, done, total


def verify_journal(tell: Tell = silent) -> Report:
    """Verify events, leaves, heads and versions."""
    report = Report()
    _check_events(report, tell)
    _check_heads(report, tell)
    _check_versions(report)
    return report


def verify_rows(tell: Tell = silent) -> Report:
    """Verify that every recorded row is what its last event says."""
    report = Report()
    models = guards.recorded_models()
    for number, model in enumerate(models):
        tell("rows", number, len(models))
        _check_rows(model, report)
    return report


def _check_events(report: Report, tell: Tell) -> None:
    total = Event.objects.count()
    report.counts["events"] = total
    for number, event in enumerate(_stream(Event.objects.order_by("pk"))):
        if number % 10_000 == 0:
            tell("events", number, total)
        data = b"\x00" + event.body.encode()
        if canonical.sha256(data) != event.sha256 or canonical.sm3(data) != event.sm3:
            report.add(f"事件 {event.pk} 的内容与摘要不符（{event.kind}）")
            continue
        body = json.loads(event.body)
        columns = [event.subject_type, event.subject_id, event.version]
        if body["subject"] != columns or body["kind"] != event.kind or body["actor"] != event.actor_id:
            report.add(f"事件 {event.pk} 的索引列与内容不符")
        if body["at"] != canonical.plain(event.at):
            report.add(f"事件 {event.pk} 的时间列与内容不符")


def _check_heads(report: Report, tell: Tell) -> None:
    total = Leaf.objects.count()
    report.counts["leaves"] = total
    sequencer = Sequencer.objects.filter(pk=1).first()
    if total != (sequencer.size if sequencer else 0):
        report.add(f"树上有 {total} 叶，登记的是 {sequencer.size if sequencer else 0} 叶：有叶被删去或添加")
    unplaced = (
        Event.objects.filter(leaf=None).exclude(pk__in=Pending.objects.values("event")).order_by("pk").first()
    )
    if unplaced:
        report.add(f"事件 {unplaced.pk} 既不在树上，也不在等候上树")
    heads = {head.size: head for head in TreeHead.objects.all()}
    report.counts["heads"] = len(heads)
    trees = (merkle.Frontier(merkle.sha256), merkle.Frontier(merkle.sm3))
    rows = Leaf.objects.order_by("index").values_list("index", "event__sha256", "event__sm3")
    for number, (index, sha256, sm3) in enumerate(rows.iterator(chunk_size=5000)):
        if number % 10_000 == 0:
            tell("leaves", number, total)
        if index != number:
            report.add(f"第 {number} 叶缺失")
            return
        trees[0].append(bytes.fromhex(sha256))
        trees[1].append(bytes.fromhex(sm3))
        head = heads.pop(number + 1, None)
        if head:
            _check_head(report, head, trees)
    for head in heads.values():
        report.add(f"{head.at:%Y-%m-%d %H:%M} 签名的树有 {head.size} 叶，现在只有 {total} 叶：记录被截短")
    report.counts["days"] = DailyRoot.objects.count()


def _check_head(report: Report, head: TreeHead, trees: tuple[merkle.Frontier, merkle.Frontier]) -> None:
    if (head.sha256, head.sm3) != (trees[0].root().hex(), trees[1].root().hex()):
        report.add(f"前 {head.size} 条记录与 {head.at:%Y-%m-%d %H:%M} 签名的根不符：其中有记录被改动或换序")
    text = head_text(
        head.size, head.sha256, head.sm3, head.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    )
    if not keys.signed_by_us(text, head.signature):
        report.add(f"{head.size} 叶的树根签名不对")


def _check_versions(report: Report) -> None:
    versions = (
        Event.objects.exclude(version=None)
        .values_list("subject_type", "subject_id")
        .annotate(n=Count("pk"), low=Min("version"), high=Max("version"))
        .order_by()
    )
    anchors = {
        (row[0], row[1]): row[2]
        for row in Anchor.objects.values_list("subject_type", "subject_id", "version").iterator()
    }
    report.counts["subjects"] = len(anchors)
    for kind, pk, n, low, high in versions.iterator():
        if low != 1 or n != high:
            report.add(f"{kind} {pk} 的版本不连续：有 {n} 条记录，从 {low} 到 {high}")
        if anchors.pop((kind, pk), None) != high:
            report.add(f"{kind} {pk} 的锚不在版本 {high}")
    for kind, pk in anchors:
        report.add(f"{kind} {pk} 没有任何事件")


def _check_rows(model: type[Recorded], report: Report) -> None:
    kind = model.subject_type
    last = {}
    events = Event.objects.filter(subject_type=kind).exclude(version=None).order_by("subject_id", "version")
    for pk, version, body in events.values_list("subject_id", "version", "body").iterator(chunk_size=2000):
        last[pk] = (version, json.loads(body).get("state", ""))
    count = 0
    for row in _stream(model._base_manager.order_by("pk")):
        count += 1
        version, state = last.pop(row.pk, (None, ""))
        if version is None:
            report.add(f"{kind} {row.pk} 没有事件：有人绕过程序添加了它")
        elif version != row.version:
            report.add(f"{kind} {row.pk} 在版本 {row.version}，最后的事件是版本 {version}")
        elif state != state_of(row):
            report.add(f"{kind} {row.pk} 的内容与版本 {version} 的事件不符：有人绕过程序改了它")
    for pk in last:
        report.add(f"{kind} {pk} 有事件而没有行：有人绕过程序删了它")
    report.counts[kind] = count


def _stream(rows: models.QuerySet[Row]) -> Iterator[Row]:
    return rows.iterator(chunk_size=2000)
