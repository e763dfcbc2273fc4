"""公布口径: three axes in, one published label out; and every label found in print back to the axes.

Source: domain reference C.4, status words of the intake record. 已完成 without 销号 is never shown as
closed. The table in ``docs/reference/status-labels.md`` lists every label; a test holds it against these
functions row by row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dugai.kernel.chinese import mend, squeeze
from dugai.ledger.rollup import Child, derive_parent
from dugai.ledger.states import DONE_PROGRESS, Closure, Progress, TimeStatus

_CLOSURE_LABELS = {
    Closure.VERIFIED: "验收通过",
    Closure.IN_NOTICE: "公示中",
    Closure.OBJECTED: "公示有异议",
    Closure.CLOSED: "已销号",
    Closure.FILED: "已销号并备案",
    Closure.IN_CONSOLIDATION: "已销号，巩固期",
    Closure.CARRIED_OVER: "转入下一轮",
}
_AGAIN = {Closure.REOPENED: "重新整改", Closure.STRENGTHENED: "强化整改"}
_TIME_LABELS = {
    TimeStatus.ON_SCHEDULE: "达到序时进度",
    TimeStatus.DUE_SOON: "达到序时进度",
    TimeStatus.BEHIND: "未达序时进度",
    TimeStatus.OVERDUE: "未按期完成",
}


def published_label(
    progress: Progress,
    time: TimeStatus,
    closure: Closure,
    *,
    has_standing_part: bool = False,
    children: Sequence[Progress] = (),
) -> str:
    """Return the label under which an item is published.

    ``has_standing_part``: the deadline holds 长期坚持 words, so 已完成 is printed with them. ``children``:
    the progress of what the item is split into; where given, it decides in place of ``progress``.
    """
    if closure in _CLOSURE_LABELS:
        return _CLOSURE_LABELS[closure]
    if children:
        progress = derive_parent([Child(child) for child in children]).progress
    if closure in _AGAIN:
        late = time in {TimeStatus.BEHIND, TimeStatus.OVERDUE}
        return _AGAIN[closure] + (f"，{_TIME_LABELS[time]}" if late else "")
    if progress is Progress.DONE:
        return "已完成并长期坚持" if has_standing_part else "已完成"
    if progress in DONE_PROGRESS:
        return progress.label
    return _open_label(progress, time, has_standing_part=has_standing_part)


def _open_label(progress: Progress, time: TimeStatus, *, has_standing_part: bool) -> str:
    behind = _TIME_LABELS[TimeStatus.BEHIND]
    if time is TimeStatus.OVERDUE:
        return _TIME_LABELS[time]
    if progress is Progress.BASICALLY_DONE:
        return "基本完成" + (f"，{behind}" if time is TimeStatus.BEHIND else "")
    if progress is Progress.PARTIAL:
        return f"部分已完成，其他{behind if time is TimeStatus.BEHIND else '按序时进度推进'}"
    if progress is Progress.NOT_STARTED and time is not TimeStatus.BEHIND:
        return "未启动"
    if time is TimeStatus.NOT_DUE:
        return "持续推进" if has_standing_part else "正在整改"
    return _TIME_LABELS[time]


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What a printed label says, axis by axis; ``None`` where it says nothing about an axis.

    ``original`` is the text as it was printed and prints back unchanged. ``code`` is the status word of the
    intake record, ``None`` when the label is not understood or has no such word.
    """

    original: str
    progress: Progress | None = None
    time: TimeStatus | None = None
    closure: Closure | None = None
    standing: bool = False
    code: str | None = None

    @property
    def understood(self) -> bool:
        """Whether any axis could be read."""
        return (self.progress, self.time, self.closure) != (None, None, None)

    def __str__(self) -> str:
        """Print the original words."""
        return self.original


_Row = tuple[str, Progress | None, TimeStatus | None, Closure | None, bool, str | None]
_P, _T, _C = Progress, TimeStatus, Closure
_LONG = r"长期(?:坚持|推进|整改|巩固|保持)"
_GOING = r"持续(?:推进|坚持|整改|巩固|开展|深化)"
_FINISHED = (
    r"(?:(?:全部|均|全面)*已经?(?:全部|全面|按期|按时)*(?:整改)?(?:完成|办结)(?:整改)?(?:任务)?"
    r"|整改完成|完成整改|已?整改到位|已整改)"
)
_AND = r"(?:，|、|；)?(?:并|且)?(?:将)?"
_ON_TIME = (
    r"(?:已)?(?:均|全部|总体|基本)?(?:已)?(?:达到|符合|达|超过?)(?:序时|时序)(?:进度)?(?:要求)?"
    r"|(?:均|全部|正|正在|总体|其他|其余)*按(?:照)?(?:序时|时序)进度(?:有序|稳步|积极)*(?:推进|进行|整改)(?:中)?"
)
_UNDER_WAY = (
    r"(?:正在|均在|均|正)*(?:积极|有序|稳步|加快|全力|扎实|持续|抓紧|按计划)*"
    r"(?:推进整改|推进|整改|实施)(?:中)?"
)
_SLOW = r"(?:(?:阶段性|整改|工作)*(?:进展|推进|进度)(?:较为?|相对|明显|比较)?(?:缓慢|滞后|较慢)|滞后)"

# The first row that matches the whole text decides; more exact wordings stand first.
_ROWS: tuple[_Row, ...] = (
    (r"(?:尚|还)?(?:未|没有)(?:启动|开工|开展)(?:整改)?", _P.NOT_STARTED, None, None, False, "not_started"),
    (
        r"部分(?:任务|措施)?已?(?:经)?完成(?:整改)?，?(?:其他|其余|其它)(?:任务|措施)?(?:均|正|正在)?按(?:照)?(?:序时|时序)进度(?:有序)?推进",
        _P.PARTIAL,
        _T.ON_SCHEDULE,
        None,
        False,
        "partial",
    ),
    (
        r"部分(?:任务|措施)?已?(?:经)?完成(?:整改)?，?(?:其他|其余|其它)(?:任务|措施)?未达到?(?:序时|时序)进度",
        _P.PARTIAL,
        _T.BEHIND,
        None,
        False,
        "behind_schedule",
    ),
    (r"部分(?:任务|措施)?已?(?:经)?完成(?:整改)?", _P.PARTIAL, None, None, False, "partial"),
    (
        r"已?基本(?:整改)?(?:完成|办结)(?:整改)?，未达到?(?:序时|时序)进度",
        _P.BASICALLY_DONE,
        _T.BEHIND,
        None,
        False,
        "behind_schedule",
    ),
    (r"已?基本(?:整改)?(?:完成|办结)(?:整改)?", _P.BASICALLY_DONE, None, None, False, "in_progress"),
    (_FINISHED + _AND + _LONG, _P.DONE_STANDING, None, None, True, "completed_long_term"),
    (_FINISHED + _AND + _GOING, _P.DONE_CONTINUING, None, None, False, "completed_continuing"),
    (_FINISHED, _P.DONE, None, None, False, "completed"),
    (
        _FINISHED + r"，?(?:正在|已)(?:申请|办理|报请)(?:验收|销号)+",
        _P.DONE,
        None,
        _C.APPLIED,
        False,
        "completed",
    ),
    (
        r"(?:尚|还|仍)?未(?:全部|全面)?(?:整改)?完成(?:整改)?",
        _P.IN_PROGRESS,
        None,
        None,
        False,
        "in_progress",
    ),
    (
        r"已?销号(?:，?(?:处于|进入)?巩固期)",
        _P.DONE,
        None,
        _C.IN_CONSOLIDATION,
        False,
        "closed_out",
    ),
    (r"已?(?:完成)?销号(?:并|，)?(?:已)?备案|已备案|备案销号", _P.DONE, None, _C.FILED, False, "closed_out"),
    (
        r"(?:已经?(?:完成|通过)?(?:验收)?销号|验收销号|完成(?:验收)?销号|(?:整改)?(?:已)?完成并(?:验收)?销号|销号)",
        _P.DONE,
        None,
        _C.CLOSED,
        False,
        "closed_out",
    ),
    (r"已?(?:验收通过|(?:通过|完成)(?:市级|县级|省级)?验收)", _P.DONE, None, _C.VERIFIED, False, "completed"),
    (r"(?:正在|销号)?公示(?:期|中)?", _P.DONE, None, _C.IN_NOTICE, False, "completed"),
    (r"公示有异议", _P.DONE, None, _C.OBJECTED, False, "completed"),
    (
        r"已?(?:结转|转入)(?:到|至)?(?:下|第[一二三四五])?一?轮?(?:督察)?(?:深入|继续)?整?改?",
        None,
        None,
        _C.CARRIED_OVER,
        False,
        "in_progress",
    ),
    (
        r"(?:(?:问题|出现)?(?:反弹|回潮)|重新(?:启动)?整改|重启整改)",
        _P.IN_PROGRESS,
        None,
        _C.REOPENED,
        False,
        "in_progress",
    ),
    (
        r"重新整改，未达到?序时进度",
        _P.IN_PROGRESS,
        _T.BEHIND,
        _C.REOPENED,
        False,
        "behind_schedule",
    ),
    (r"重新整改，未按期完成", _P.IN_PROGRESS, _T.OVERDUE, _C.REOPENED, False, "behind_schedule"),
    (r"强化整改", _P.IN_PROGRESS, None, _C.STRENGTHENED, False, "in_progress"),
    (r"强化整改，未达到?序时进度", _P.IN_PROGRESS, _T.BEHIND, _C.STRENGTHENED, False, "behind_schedule"),
    (r"强化整改，未按期完成", _P.IN_PROGRESS, _T.OVERDUE, _C.STRENGTHENED, False, "behind_schedule"),
    (
        r"(?:未(?:能)?(?:按期|按时|如期)(?:完成|办结)(?:整改)?|逾期(?:未完成)?|超期(?:未完成)?)",
        _P.IN_PROGRESS,
        _T.OVERDUE,
        None,
        False,
        "behind_schedule",
    ),
    (
        r"(?:尚)?(?:未|没有)(?:能)?达到?(?:序时|时序)(?:进度)?(?:要求)?|" + _SLOW,
        _P.IN_PROGRESS,
        _T.BEHIND,
        None,
        False,
        "behind_schedule",
    ),
    (
        _ON_TIME,
        _P.IN_PROGRESS,
        _T.ON_SCHEDULE,
        None,
        False,
        "on_schedule",
    ),
    (
        r"(?:已)?取得(?:了)?(?:明显|积极)?阶段性(?:进展|成效|成果)|阶段性完成",
        _P.IN_PROGRESS,
        None,
        None,
        False,
        "in_progress",
    ),
    (rf"{_LONG}(?:，?并?(?:{_LONG}|{_GOING}))?", _P.IN_PROGRESS, None, None, True, "in_progress"),
    (
        rf"{_UNDER_WAY}，?(?:已|均)?(?:{_ON_TIME})",
        _P.IN_PROGRESS,
        _T.ON_SCHEDULE,
        None,
        False,
        "on_schedule",
    ),
    (
        _UNDER_WAY,
        _P.IN_PROGRESS,
        None,
        None,
        False,
        "in_progress",
    ),
)
_TABLE = tuple((re.compile(row[0]), row[1:]) for row in _ROWS)
_DATED = re.compile(r"（\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?）$")
_PREFIX = re.compile(r"(?:整改)?(?:完成|进展|办理|落实)?(?:状态|情况|进度|措施|结果)：")


def read_label(text: str) -> LabelReading:
    """Read a printed status label; the original words are kept.

    Width, blanks and slips of scanners do not matter. A text that is no known label comes back with every
    axis ``None``: a person decides.
    """
    plain = mend(squeeze(text)).strip("，；。、：“”\"'")
    plain = _DATED.sub("", _PREFIX.sub("", plain, count=1)).removesuffix("）")
    plain = re.sub(r"[、；（]", "，", plain)
    for pattern, (progress, time, closure, standing, code) in _TABLE:
        if pattern.fullmatch(plain):
            return LabelReading(text, progress, time, closure, standing, code)
    return LabelReading(text)
