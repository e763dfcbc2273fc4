"""整改状态: the words of the field and the state they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dugai.intake.text.fold import fold
from dugai.ledger.labels import read_label

# Order matters: the longer and the more exact reading comes first.
_RULES: tuple[tuple[str, str], ...] = (
    ("partial", r"部分(?:任务|措施|问题)?(?:已|已经)?完成(?:整改)?[,，、;]?(?:其他|其它|其余|剩余|部分)[^,。;]{0,8}(?:推进|整改|序时进度|实施)|部分完成"),
    ("completed_long_term", r"(?:已|已经|均已|全部)?(?:基本)?完成(?:整改)?[,，、;并且]{0,2}(?:长期|常态化)坚持(?:推进)?|(?:已|已经)?完成整改(?:任务)?[,，并]{1,2}长期(?:坚持|推进|保持)"),
    ("completed_continuing", r"(?:已|已经|均已)?完成(?:整改)?(?:任务)?[,，、;并且]{0,2}(?:持续|继续|长期)(?:推进|坚持|巩固|整改|实施|深化|提升)"),
    ("behind_schedule", r"未(?:达到?|到达|按)(?:整改)?序时进度?|未按(?:期|时|时限|时序)(?:完成|推进)|进展(?:滞后|缓慢)|进度(?:滞后|缓慢)|(?:滞后|落后)于?序时进度|逾期未?(?:完成)?|超期(?:未完成)?"),
    ("in_progress", r"基本完成(?:整改)?|(?:阶段性|初步)完成|取得(?:阶段性)?(?:进展|成效)"),
    ("on_schedule", r"(?:已|均|基本|正)?(?:达到?|按照?|符合|达)(?:整改)?(?:序时|时序)进度?(?:要求)?(?:推进|整改|实施)?|(?:达)?序时(?:推进|进度)|按(?:计划|时序|期)(?:有序)?推进"),
    ("closed_out", r"(?:已|已经|完成|通过|予以|准予)(?:验收|整改|审核)?(?:并)?(?:验收)?销号|验收销号|已验收|销号完成"),
    ("not_started", r"未(?:启动|开展|开工|整改|动工)|尚未(?:启动|开展|开工|整改)"),
    ("in_progress", r"(?:未|尚未|没有)完成(?:整改)?"),
    ("in_progress", r"正在(?:积极|有序|加快|持续|抓紧|按计划)*(?:整改|推进|实施|办理|开展|进行|落实|建设)(?:中)?|(?:整改|推进|实施|办理)(?:工作)?(?:之|进行)?中|(?:持续|有序|加快|积极)推进(?:中)?|推进中|持续整改"),
    ("completed", r"(?:已|已经|均已|全部|现已|按(?:期|时)|提前|如期)(?:全部|全面|按期|按时|如期|提前)?(?:整改)?完成(?:整改)?(?:任务|工作)?|完成整改|整改(?:已|已经|任务)?(?:全部)?完成|整改到位|完成"),
)  # fmt: skip
_COMPILED = tuple((code, re.compile(pattern)) for code, pattern in _RULES)
_UNSURE = re.compile(r"(?:将|拟|确保|力争|计划|预计|应|须|要|待|可|前|底)[^,。;、]{0,6}$")


@dataclass(frozen=True, slots=True)
class Status:
    """A state with its literal words and their place."""

    code: str
    raw: str
    start: int
    end: int


def status_at_start(text: str) -> Status | None:
    """The state a field opens with (已完成并长期坚持。措施序号1 …), standing for itself: 完成封场 is no state."""
    folded = fold(text)
    lead = len(folded) - len(folded.lstrip(" \t\n:,。;"))
    for code, pattern in _COMPILED:
        match = pattern.match(folded, lead)
        if match and match.end() > lead and re.match(r"\s*(?:$|[,。;:、(\n])", folded[match.end() :]):
            if match.group() == "完成" and not re.match(r"\s*(?:$|[。;\n])", folded[match.end() :]):
                continue
            return Status(code, text[match.start() : match.end()], match.start(), match.end())
    clause = re.match(r"[^。;\n]{2,20}(?=[。;\n]|$)", folded[lead:])
    known = (
        read_label(clause.group()).code if clause else None
    )  # the ledger knows more wordings of a bare label
    if clause and known:
        return Status(known, text[lead : lead + clause.end()].strip(), lead, lead + clause.end())
    return None


_CONCLUSIONS = re.compile(
    r"(?:整改)?(?:任务|问题|措施|工作|整改)(?:均|已|已经|全部|现已|目前)+(?:按期|按时|如期|提前)?(?:全部)?(?:整改)?完成(?:整改)?(?!率|情况)"
    r"|(?:已|已经|均已|全部|现已)(?:按[^,。;]{0,6}|如期|提前)?(?:全部|全面)?完成(?:全部)?整改(?:任务|工作|目标)?|完成整改(?=[,。;]|$)|整改到位|(?:达到|符合|实现)(?:了)?(?:既定|预期)?整改(?:目标|要求)|(?:整改)?目标(?:已)?(?:全部)?(?:实现|达到|完成)"
)


def conclusion_of(narrative: str) -> Status | None:
    """The state that a narrative of 完成情况 concludes with, in words about the whole task."""
    folded = fold(narrative)
    for code, pattern in _COMPILED:
        if code in ("completed", "in_progress"):
            continue
        for match in pattern.finditer(folded):
            if (
                not _UNSURE.search(folded[max(0, match.start() - 8) : match.start()])
                and len(match.group()) >= 3
            ):
                return Status(code, narrative[match.start() : match.end()], match.start(), match.end())
    for match in _CONCLUSIONS.finditer(folded):
        if not _UNSURE.search(folded[max(0, match.start() - 8) : match.start()]):
            return Status("completed", narrative[match.start() : match.end()], match.start(), match.end())
    open_work = re.search(
        r"正在(?:积极|有序|加快|持续|抓紧)?(?:整改|推进整改)|整改(?:工作)?(?:正在|持续)(?:有序)?推进", folded
    )
    if open_work:
        return Status(
            "in_progress", narrative[open_work.start() : open_work.end()], open_work.start(), open_work.end()
        )
    return None


def status_in(text: str) -> Status | None:
    """The state said anywhere in a short text: the first rule that fits, not a promise."""
    folded = fold(text)
    for code, pattern in _COMPILED:
        for match in pattern.finditer(folded):
            if _UNSURE.search(folded[max(0, match.start() - 8) : match.start()]) and code.startswith("comp"):
                continue
            return Status(code, text[match.start() : match.end()], match.start(), match.end())
    return None


def looks_like_status(text: str) -> bool:
    """Whether a whole cell is nothing but a state."""
    folded = fold(text).strip(" 。;")
    return bool(folded) and len(folded) <= 20 and any(p.fullmatch(folded) for _, p in _COMPILED)
