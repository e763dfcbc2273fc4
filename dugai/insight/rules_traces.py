"""疑点: what an insider's shortcut leaves behind, found by rule and shown to a person. Pure.

Every detector says what it compared, in words. It accuses nobody: a camera's clock may be wrong, a county may
have finished early. Kinds and cases: domain reference, part E (压哨, 逾期, 敷衍, 虚假, 书面整改).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from dugai.evidence.rules_claims import Point, distance_words, metres_between
from dugai.kernel.choices import Choices

LAST_SHARE = 10
"""The last tenth of the time."""
MOST_OF = 0.8
FEWEST = 3
"""Fewer pieces or reports than this show no pattern."""
SHORT_VISIT = dt.timedelta(minutes=10)
FLAT, FAR_FROM_DONE = 2, 50
"""Percentage points within which reports stand still, and what is far from done."""
_FACT = re.compile(
    r"[\d.]+\s*(?:%|％|[个处座家公亩吨万亿米台套件户人次条项立平方千辆株头只艘]|年|月|日|mg|km|m)"
    r"|[一二三四五六七八九十百千两]+[个处座家公亩吨万米台套户条项]|〔\d{4}〕|《[^》]+》"
)


class Kind(Choices):
    """What a trace may point to."""

    OVERDUE = "overdue", "逾期"
    RUSHED = "rushed", "压哨"
    CARELESS = "careless", "敷衍"
    FALSE = "false", "虚假"
    PAPER = "paper", "书面整改"
    REBOUND = "rebound", "反弹"


@dataclass(frozen=True, slots=True)
class Detector:
    """One rule: its code and version, the kind, its name and what it looks at."""

    code: str
    version: int
    kind: Kind
    name: str
    looks_at: str


DETECTORS = {
    one.code: one
    for one in (
        Detector("late_application", 1, Kind.OVERDUE, "过了时限才申请", "申请验收的日期和整改时限"),
        Detector("evidence_burst", 1, Kind.RUSHED, "佐证集中在最后", "各件佐证提交的日期离整改时限多远"),
        Detector("sudden_completion", 1, Kind.RUSHED, "一直没有进展，最后一次报完成", "采纳的填报的完成比例"),
        Detector("vague_claim", 1, Kind.CARELESS, "完成情况没有一个数", "逐条完成情况里的数量、日期、文号"),
        Detector("short_visit", 1, Kind.CARELESS, "现场核查时间很短", "核查开始和结束的时间"),
        Detector("visit_far", 1, Kind.FALSE, "核查照片离填报的地点远", "核查地点和照片自带的位置"),
        Detector("shared_file", 1, Kind.FALSE, "同一个文件用在别处", "佐证文件的内容摘要"),
        Detector("visit_reuses", 1, Kind.FALSE, "核查照片就是申请单位交的照片", "核查照片和佐证的内容摘要"),
        Detector("photo_order", 1, Kind.FALSE, "整改后的照片早于整改前", "对照照片自带的拍摄时间"),
        Detector("photo_early", 1, Kind.FALSE, "整改后的照片早于问题入账", "照片自带的拍摄时间"),
        Detector("claims_differ", 1, Kind.FALSE, "填报的与照片自带的不一致", "填报的时间地点和照片自带的"),
        Detector("copied_words", 1, Kind.PAPER, "与别的问题的材料雷同", "别的问题的申请材料，连续八字的重合"),
        Detector("no_picture", 1, Kind.PAPER, "只有文字材料，没有照片", "采用的佐证的类型"),
        Detector("rebound_before", 1, Kind.REBOUND, "以前销号后反弹过", "以前各次回头看的结果"),
        Detector("letters_after", 1, Kind.REBOUND, "申请以后又有信访反映", "关联本问题的信访件的交办日期"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trace:
    """One finding: the detector, and in words what was compared."""

    detector: Detector
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence. `content` names the bytes, `beyond` says how claims and the file differ."""

    title: str
    phase: str
    pair: str
    content: str
    added_on: dt.date
    picture: bool
    taken_at: dt.datetime | None = None
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One visit: when, where, and its photos as (content, place)."""

    began_at: dt.datetime
    ended_at: dt.datetime
    place: Point | None = None
    photos: tuple[tuple[str, Point | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one problem on its way to closing."""

    registered_on: dt.date
    due: dt.date | None = None
    applied_on: dt.date | None = None
    claims: tuple[tuple[int, str], ...] = ()
    pieces: tuple[Piece, ...] = ()
    visits: tuple[VisitFact, ...] = ()
    percents: dict[str, list[int]] = field(default_factory=dict)
    shared: tuple[tuple[str, str], ...] = ()
    copied: tuple[tuple[str, str, float], ...] = ()
    rebounds: int = 0
    letters: int = 0
    far_metres: int = 1000


def traces(facts: Facts) -> list[Trace]:
    """Return what the detectors find, in the order of `DETECTORS`; nothing for an empty history."""
    found = {
        "late_application": late_application(facts),
        "evidence_burst": evidence_burst(facts),
        "sudden_completion": sudden_completion(facts),
        "vague_claim": vague_claim(facts),
        "short_visit": short_visit(facts),
        "visit_far": visit_far(facts),
        "shared_file": [
            *(f"佐证“{title}”也是{where}的佐证，内容完全相同。" for title, where in facts.shared),
            *same_phases(facts),
        ],
        "visit_reuses": visit_reuses(facts),
        "photo_order": photo_order(facts),
        "photo_early": photo_early(facts),
        "claims_differ": [f"佐证“{one.title}”：{one.beyond}。" for one in facts.pieces if one.beyond],
        "copied_words": [
            f"{mine}与{where}有 {share:.0%} 的文字相同。" for mine, where, share in facts.copied
        ],
        "no_picture": no_picture(facts),
        "rebound_before": [f"回头看 {facts.rebounds} 次发现反弹或没有到位。"] if facts.rebounds else [],
        "letters_after": letters_after(facts),
    }
    return [Trace(one, words) for code, one in DETECTORS.items() for words in found[code]]


def late_application(facts: Facts) -> list[str]:
    """Applied for after the deadline."""
    if facts.due is None or facts.applied_on is None or facts.applied_on <= facts.due:
        return []
    days = (facts.applied_on - facts.due).days
    return [f"整改时限 {facts.due}，{facts.applied_on} 才申请验收，晚 {days} 天。"]


def evidence_burst(facts: Facts) -> list[str]:
    """Most pieces were handed in during the last tenth of the time given, or after it."""
    end = facts.due or facts.applied_on
    if end is None or facts.applied_on is None or len(facts.pieces) < FEWEST:
        return []
    given = (end - facts.registered_on).days
    last = given // LAST_SHARE
    late = [one for one in facts.pieces if (end - one.added_on).days <= last]
    if last < 1 or len(late) < FEWEST or len(late) < MOST_OF * len(facts.pieces):
        return []
    until = f"到时限 {end}" if facts.due else f"到申请 {end}"
    words = f"{len(facts.pieces)} 件佐证里有 {len(late)} 件是最后 {last} 天里或更晚才提交的。"
    return [f"从入账{until}有 {given} 天，{words}"]


def sudden_completion(facts: Facts) -> list[str]:
    """A task that reported no advance time after time, and then all."""
    found = []
    for task, percents in facts.percents.items():
        *before, last = percents or [0]
        flat = len(before) >= FEWEST and max(before) - min(before) <= FLAT and max(before) <= FAR_FROM_DONE
        if flat and last == 100:
            stood = f"{min(before)}%" if min(before) == max(before) else f"{min(before)}%—{max(before)}%"
            found.append(f"任务 {task} 连续 {len(before)} 次填报完成比例停在 {stood}，最后一次报 100%。")
    return found


def vague_claim(facts: Facts) -> list[str]:
    """Claims without any quantity, date or document number."""
    vague = [str(number) for number, words in facts.claims if not _FACT.search(words)]
    return [f"措施 {'、'.join(vague)} 的完成情况里没有数量、日期或文号。"] if vague else []


def short_visit(facts: Facts) -> list[str]:
    """Visits of less than ten minutes."""
    return [
        f"现场核查从开始到结束 {int((one.ended_at - one.began_at).total_seconds() // 60)} 分钟。"
        for one in facts.visits
        if one.ended_at - one.began_at < SHORT_VISIT
    ]


def visit_far(facts: Facts) -> list[str]:
    """Photos of a visit whose own place is far from where the visit is said to have been."""
    found = []
    for one in facts.visits:
        gaps = [metres_between(one.place, place) for _, place in one.photos if place and one.place]
        far = [gap for gap in gaps if gap > facts.far_metres]
        if far:
            found.append(f"{len(far)} 张核查照片自带的位置离填报的核查地点最远 {distance_words(max(far))}。")
    return found


def visit_reuses(facts: Facts) -> list[str]:
    """Photos of a visit that are, byte for byte, what the applicant handed in."""
    theirs = {one.content: one.title for one in facts.pieces}
    same = [theirs[content] for one in facts.visits for content, _ in one.photos if content in theirs]
    return [f"现场核查的照片与申请单位提交的佐证“{title}”是同一个文件。" for title in dict.fromkeys(same)]


def same_phases(facts: Facts) -> list[str]:
    """The same bytes handed in for different phases of one problem."""
    phases: dict[str, dict[str, str]] = {}
    for one in facts.pieces:
        phases.setdefault(one.content, {}).setdefault(one.phase, one.title)
    return [
        f"“{'”“'.join(titles.values())}”作为不同阶段的佐证提交，内容完全相同。"
        for titles in phases.values()
        if len(titles) > 1
    ]


def photo_order(facts: Facts) -> list[str]:
    """Pairs whose picture after was taken before the picture before."""
    pairs: dict[str, dict[str, Piece]] = {}
    for one in facts.pieces:
        if one.pair and one.taken_at is not None:
            pairs.setdefault(one.pair, {})[one.phase] = one
    found = []
    for phases in pairs.values():
        before, after = phases.get("before"), phases.get("after")
        if before and after and before.taken_at and after.taken_at and after.taken_at < before.taken_at:
            found.append(
                f"整改后的照片“{after.title}”拍于 {after.taken_at:%Y-%m-%d}，"
                f"整改前的“{before.title}”拍于 {before.taken_at:%Y-%m-%d}。"
            )
    return found


def photo_early(facts: Facts) -> list[str]:
    """Pictures after the rectification that were taken before the problem was in the ledger."""
    return [
        f"整改后的照片“{one.title}”拍于 {one.taken_at:%Y-%m-%d}，问题 {facts.registered_on} 才入账。"
        for one in facts.pieces
        if one.phase == "after" and one.taken_at and one.taken_at.date() < facts.registered_on
    ]


def no_picture(facts: Facts) -> list[str]:
    """A close-out proved with papers alone."""
    if facts.applied_on is None or len(facts.pieces) < FEWEST or any(one.picture for one in facts.pieces):
        return []
    return [f"{len(facts.pieces)} 件佐证都是文字材料，没有一张照片或影像。"]


def letters_after(facts: Facts) -> list[str]:
    """Complaints about the same problem that came after the application."""
    return [f"申请验收以后，又交办 {facts.letters} 件关联本问题的信访件。"] if facts.letters else []
