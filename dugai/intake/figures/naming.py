"""One name per concept; where no name is agreed, the noun the text itself uses."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from dugai.intake.figures.headline import headline_name
from dugai.intake.figures.indicator import indicator_name

_HEADLINE_WORDS = re.compile(
    r"整改任务|反馈问题|整改措施|典型案例|重点督办|信访|举报|问责|追责|处分|诫勉|会议次数|批示|督导|督办|督察覆盖|上级反馈|警示片|绿盾|未批先建|半边山|引黄|超负荷|饮用水水源地环境问题|移交|公安机关|批评教育|包保|约谈"
)
_INDICATOR_WORDS = re.compile(
    r"空气|PM|优良|水质|断面|浓度|碳排放|能耗|达标率|利用率|收集率|治理率|装机|满意率|总磷|臭氧|重污染|高耗能|煤炭消费|矿山(?:需|已)?治理|二级标准|水环境|能源消费|综合指数|黑臭水体消除|森林覆盖率|植被覆盖"
)
_COUNT_UNITS = re.compile(
    r"^(?:万|亿|千|百)?(?:个|项|件|条|起|家|座|处|宗|台|辆|户|人|名|位|次|场|篇|部|期|门|头|种|类|所|艘|套|批|份|块|栋|株|口|支|组|例|只|间)"
)


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    text = (
        resources.files("dugai.intake.figures").joinpath("data/detail_rules.txt").read_text(encoding="utf-8")
    )
    rules = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, unit, pattern = line.split("\t", 2)
            rules.append((name, re.compile(unit), re.compile(pattern)))
    return tuple(rules)


def name_of(
    left: str,
    unit: str,
    right: str,
    *,
    subject: str | None,
    rank: bool,
    rank_text: str,
    direction: str | None,
) -> tuple[str, str]:
    """The name of a quantity and its tier: headline, indicator or detail."""
    detail = None if rank else _detail(left, unit, right, subject)
    if not rank:
        head = headline_name(left, unit, right)
        beside = detail is not None and detail[1] <= 2
        if head and not (
            detail and (head[0].startswith("典型案例") or (not head[1] and (beside or detail[1] <= 14)))
        ):
            return head[0], "headline"
        if detail and beside:
            return detail[0], "detail"
    indicator = indicator_name(
        left, unit, right, subject=subject, rank=rank, rank_text=rank_text, direction=direction
    )
    if indicator and not (detail and _closer(detail[1])):
        return indicator, "indicator"
    if detail:
        return detail[0], "detail"
    name = _own_words(left, unit, right, subject)
    return name, tier_of(name)


def tier_of(name: str) -> str:
    """The tier a free name belongs to."""
    if _HEADLINE_WORDS.search(name):
        return "headline"
    return "indicator" if _INDICATOR_WORDS.search(name) else "detail"


def _detail(left: str, unit: str, right: str, subject: str | None) -> tuple[str, int] | None:
    marked = f"{left[-110:]}〇{unit}{right[:40]}"
    place = marked.index("〇") if "〇" not in left[-110:] else len(left[-110:])
    alone = f"{subject}〇{unit}" if subject else None
    for name, unit_pattern, pattern in _rules():
        if not unit_pattern.fullmatch(unit):
            continue
        for match in pattern.finditer(marked):
            if match.start() <= place < match.end() + 1:
                return name, place - match.start()
        if alone and pattern.search(alone):
            return name, 0
    return None


def _closer(distance: int) -> bool:
    """A detail rule that fits within a few characters beats an indicator named far before."""
    return distance <= 14


_VERBS = re.compile(
    r"^(?:.*?(?:完成|建成|新建|改造|实施|推进|查处|排查|整治|清理|累计|共|达到?|为|约|近|超过?|其中|对|将|已|有|至|投入|安排|新增|治理|修复|取缔|拆除|组织|开展|立案|处罚))"
)


def _own_words(left: str, unit: str, right: str, subject: str | None) -> str:
    if subject:
        return subject[-30:]
    clause = re.split(r"[,。;:!?、(]", left)[-1]
    money = re.match(r"(?:用于|开展|实施|支持|推进|对)([^,。;、]{3,30})", right)
    if unit.endswith("元") and money and re.search(r"资金|投资|投入", clause):
        return money[1] + "资金"
    clause = re.sub(
        r"(?:[由从](?=\d{4}年))?(?:\d{4}年(?:的)?)?[\d.]+[\u4e00-\u9fff%]{1,4}?(?:左右)?(?:上升|下降|提高|增加|减少|提升)(?:到|至)(?:\d{4}年(?:的)?)?$|[由从]?\d{4}年(?:的)?$",
        "",
        clause,
    )
    noun = re.sub(
        r"(?:已|共|约|近|达到?|为|是|有|累计|超过?|突破|至|了|分别|均|计|不低于|不少于|控制在)+$", "", clause
    )
    if _COUNT_UNITS.match(unit):
        after = re.match(r"[\u4e00-\u9fff“”]{2,16}", right)
        if after and not re.match(r"以上|以下|左右|[已均全未正得]|按|被|的(?!$)", after.group()):
            return after.group() + "数"
    noun = noun[-24:]
    if len(noun) >= 2:
        return noun + ("数" if _COUNT_UNITS.match(unit) and not noun.endswith("数") else "")
    earlier = [c for c in re.split(r"[,。;:!?、(]", left) if len(re.sub(r"[\d.%]", "", c)) >= 2]
    return (earlier[-1][-24:] if earlier else "数值") + ("数" if _COUNT_UNITS.match(unit) else "")
