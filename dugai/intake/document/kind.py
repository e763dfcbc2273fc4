"""What kind of document it is: the title first, then how it is built."""

from __future__ import annotations

import re

_DATELINE = re.compile(
    r"(?m)^\s*(?:本报[^。\n]{0,20}讯|新华社[^。\n]{0,20}电|[^。\n]{0,10}讯\s*\([^)\n]{0,20}(?:记者|通讯员))|记者从.{0,20}(?:获悉|了解到)"
)
_RULES: tuple[tuple[str, re.Pattern[str], int], ...] = (
    ("closure_notice", re.compile(r"销号.{0,12}(?:公示|公告|情况)|(?:公示|公告).{0,12}销号|整改(?:完成|落实|结果|验收)?情况的?(?:验收)?公示|验收(?:销号|意见|情况).{0,6}公示|拟销号|完成(?:情况|整改).{0,8}公示"), 9),
    ("complaint_list", re.compile(r"(?:信访|举报|转办|交办|边督边改|群众).{0,24}(?:一览表|公开|办理情况|情况表|公示|查处情况|清单|台账|汇总)|信访(?:件|举报).{0,12}情况|转办.{0,12}第.{1,4}批"), 8),
    ("feedback", re.compile(r"(?:督察组|督察办).{0,20}(?:反馈|通报).{0,16}(?:督察)?(?:情况|意见)|(?:向|对).{2,12}反馈.{0,12}督察(?:情况|意见)|督察反馈意见$"), 7),
    ("disclosure", re.compile(r"公开.{0,40}(?:整改|问责|责任追究|落实|进展).{0,12}(?:情况|进展|结果)|整改(?:任务|工作)?(?:落实|完成|进展)情况(?:的?(?:报告|通报|公告|公开))?|整改(?:进展|情况)的?(?:报告|通报|公开)|整改(?:工作)?(?:开展)?情况|(?:问责|追责|责任追究).{0,12}(?:情况|结果)"), 6),
    ("checklist", re.compile(r"(?:任务|措施|问题|责任|整改)(?:措施)?.{0,4}(?:清单|台账|一览表)|清单$"), 6),
    ("plan", re.compile(r"(?:整改|实施|工作|落实|专项|攻坚).{0,10}方案|整改方案|工作计划|行动方案"), 7),
    ("speech", re.compile(r"讲话|发言|主持词|致辞|表态"), 8),
)  # fmt: skip


def kind_of(
    title: str, folded: str, *, unrelated: int, cases: int, problems: int, speech: bool
) -> tuple[str, dict[str, int]]:
    """One of the kinds of the record schema, with the score of each kind considered."""
    scores: dict[str, int] = {}
    for kind, pattern, weight in _RULES:
        if pattern.search(title):
            scores[kind] = scores.get(kind, 0) + weight
    head = folded[:600]
    if speech or re.search(r"(?m)^\s*同志们\s*[:!]|(?:下面|这里)[,]?我(?:再)?(?:讲|强调|就)", folded):
        scores["speech"] = scores.get("speech", 0) + 7
    datelines = len(_DATELINE.findall(folded))
    if datelines and not scores.get("complaint_list"):
        scores["news_page"] = (
            scores.get("news_page", 0) + 4 + (4 if _DATELINE.search(head) else 0) + (1 if unrelated else 0)
        )
    if cases >= 1:
        scores["complaint_list"] = scores.get("complaint_list", 0) + (6 if cases >= 2 else 3)
    if re.search(r"(?:公示期|公示时间|现予以公示|予以公示|现公示如下|公示如下)", folded):
        scores["closure_notice"] = scores.get("closure_notice", 0) + (
            5 if re.search(r"销号|整改", title + head) else 1
        )
    if (
        re.search(r"督察(?:指出|认为)", folded)
        and re.search(r"督察组.{0,30}(?:反馈|进驻)", folded)
        and re.search(r"反馈", title)
    ):
        scores["feedback"] = scores.get("feedback", 0) + 5
    if problems >= 2 and not scores:
        scores["checklist"] = 3
    if re.search(
        r"(?:现将|现就).{0,40}(?:整改|落实).{0,10}情况.{0,12}(?:公开|公布|公告|通报)|对外公开", folded
    ):
        scores["disclosure"] = scores.get("disclosure", 0) + 3
    if not scores:
        return "other", {}
    order = [rule[0] for rule in _RULES] + ["news_page"]
    best = max(scores, key=lambda k: (scores[k], -order.index(k)))
    return best, scores
