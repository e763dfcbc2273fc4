"""Names of headline figures: progress of tasks and problems, complaints, accountability, organisation."""

from __future__ import annotations

import re

# What is counted. The nearest of these nouns decides what a bare 已完成59项 speaks of.
_ENTITIES: tuple[tuple[str, str], ...] = (
    ("letter", r"信访举报件|信访投诉件|信访件|群众举报件|举报件|投诉举报问题|信访举报问题|信访举报|举报问题|转办件|交办件|信访问题|来信来电|投诉件|信访案件|群众举报|举报案件|环境信访"),
    ("case", r"典型案例(?!作为|写入)"),
    ("key", r"重点督办件"),
    ("film", r"警示片[^。,;]{0,12}?问题|警示片[^。,;]{0,12}?〇个?问题"),
    ("shield", r"绿盾[^。;]{0,60}?问题|巡查发现的〇个问题"),
    ("clue", r"责任追究问题|问责线索|问题线索|责任追究线索|移交问题|移交(?:的)?[^。,;]{0,10}(?:问责|追责)[^。,;]{0,6}问题"),
    ("mine", r"“?半边山、一面墙”?式?(?:露天)?矿山|〇座矿山|座矿山"),
    ("water", r"引黄项目"),
    ("plant", r"(?:满负荷|超负荷)[^。,;]{0,16}污水处理厂"),
    ("source", r"饮用水水源地环境问题"),
    ("upper", r"上级反馈[^。,;]{0,16}问题"),
    ("measure", r"整改措施(?!\s*:)|(?<=、)〇条措施|条措施"),
    ("task", r"整改任务(?!\s*:)|反馈任务(?!\s*:)|项任务"),
    ("due", r"应完成整改|应完成"),
    ("problem", r"反馈(?:的)?(?:具体)?问题|反馈[^。,;]{0,4}的?〇个问题|〇个问题|个问题|个(?:突出)?生态环境问题|整改问题|督察(?:组)?(?:反馈|指出)的?[^。,;]{0,8}问题"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _ENTITIES)

_PEOPLE = "人|名|位"


_STATE_BEFORE = re.compile(
    r"^[^,。;]{0,14}(?:未完成|完成整改|已完成|达到?序时进度|滞后|正在整改|正在推进|已销号)[^\d,。;]{0,4}$|(?:达到?序时进度|滞后|未达序时进度)$"
)


def entity_near(left: str, unit: str, right: str) -> tuple[str, bool] | None:
    """The kind of thing a quantity counts, and whether it is named right beside it.

    Named right after it, or around it; else the nearest noun before it in the same part of the sentence.
    """
    whole, left = left, left.rsplit(";", 1)[-1]
    text = left + "〇" + unit + right[:40]
    place = len(left)
    for name, pattern in _COMPILED:
        for match in pattern.finditer(text, max(0, place - 24)):
            if match.end() <= place or match.start() > place + len(unit) + 12:
                continue
            if not re.search(r"[,。;、\d]", text[place : match.start()]):
                return name, True
    best: tuple[int, str] | None = None
    for name, pattern in _COMPILED:
        for match in pattern.finditer(left):
            if best is None or match.end() > best[0]:
                best = (match.end(), name)
    if best:
        return best[1], False
    if _STATE_BEFORE.search(left):  # 完成187个…；未完成26个: the noun stands in the part before
        for name in ("task", "problem"):
            if re.search(dict(_ENTITIES)[name], re.sub(r"\d+(?:\.\d+)?(?=[个项])", "〇", whole)):
                return name, False
    later = re.search(r"其余(?:的)?整改任务", right[:40])
    return ("task", False) if later else None


def headline_name(left: str, unit: str, right: str) -> tuple[str, bool] | None:
    """The canonical name of a headline figure and whether its noun stands beside it; None where it is none."""
    near = left[-34:]
    after = right[:26]
    outcome = _outcome(near, unit)
    if outcome:
        return outcome, True
    name = _accountability(left, unit, after) or _organisation(near, unit, right[:40], left)
    if name:
        return name, True
    if unit == "%":
        rate = _rate(left, near)
        return (rate, True) if rate else None
    if unit not in ("项", "个", "件", "条", "起", "座", "宗", "家", "件次"):
        return None
    entity = entity_near(left, unit, right)
    if entity is None and unit == "件" and re.search(r"(?:办结|正在办理|办理中)[^\d,。;]{0,3}$", near):
        entity = ("letter", False)
    if entity is None or (entity[0] == "letter" and unit not in ("件", "个", "起", "条", "件次")):
        return None
    progress = _progress(entity[0], left, near, after)
    return (progress, entity[1]) if progress else None


_OUTCOMES = tuple(
    (re.compile(rf"(?:{words})[^\d,。;、]{{0,6}}$"), units, name)
    for words, units, name in (
        (r"责令(?:立即|限期)?(?:整改|改正)", "家件起个", "责令整改数"), (r"立案(?:处罚|查处)", "家件起", "立案处罚数"), (r"立案侦查", "件起", "立案侦查案件数"),
        (r"(?:行政|刑事)?拘留", "人名", "拘留人数"), (r"(?:罚款|处罚)(?:金额)?(?:共|共计|约|达|合计)?", "元", "罚款金额"), (r"停产(?:整治|整改)", "家", "停产整治企业数"),
        (r"查封扣押", "家件起", "查封扣押数"), (r"关停(?:取缔)?", "家个", "关停取缔数"), (r"其中来电|^来电|[,、]来电", "件", "来电举报数"), (r"来信", "件", "来信举报数"),
        (r"基本属实", "件个", "信访件基本属实数"), (r"部分属实", "件个", "信访件部分属实数"), (r"不属实", "件个", "信访件不属实数"), (r"(?<!不)(?<!部分)(?<!基本)属实", "件个", "信访件属实数"),
        (r"重点(?:关注|信访)件", "件", "重点信访件数"), (r"收到(?:群众)?(?:来电、?来信)?举报", "件", "收到举报数"), (r"受理有效举报", "件", "受理有效举报数"),
        (r"约谈", "人名", "约谈人数"), (r"其他(?:方式)?(?:处理|问责)(?:情形)?", "人名", "其他处理人数"), (r"其他(?:方式)?(?:处理|问责)(?:情形)?", "人次", "其他处理人次"),
        (r"通报(?:批评|问责)?", "人名", "通报批评人数"), (r"省部级(?:领导)?干部", "人名", "问责省部级干部人数"),
    )
)  # fmt: skip


def _outcome(near: str, unit: str) -> str | None:
    """What the handling of complaints led to, and how complaints divide."""
    base = unit.lstrip("万亿千")
    tail = re.split(r"[,。;、(]", near)[-1] if near else ""
    for pattern, units, name in _OUTCOMES:
        if (base == units or (len(base) == 1 and base in units)) and pattern.search(tail):
            return name
    return None


def _rate(left: str, near: str) -> str | None:
    if re.search(r"办结率[^\d,。;]{0,6}$", near):
        return "信访件办结率"
    if re.search(r"绿盾", left) and re.search(r"整改率[^\d,。;]{0,6}$", near):
        return "“绿盾”问题整改率"
    if re.search(r"(?:整改)?完成率[^\d,。;]{0,6}$", near) and re.search(r"信访|举报|投诉", left[-80:]):
        return "信访件办结率"
    if re.search(r"(?:整改)?完成率[^\d,。;]{0,6}$", near) and re.search(
        r"整改任务|反馈问题|督察", left[-80:]
    ):
        return "整改完成率"
    return None


def _accountability(left: str, unit: str, after: str) -> str | None:
    scope = left[-60:]
    if (
        unit in ("人", "名", "人次", "位")
        and re.search(r"企业人员|企业负责人", after[:10])
        and re.search(r"公安", scope)
    ):
        return "公安机关处理企业人员数"
    if not re.search(r"问责|追责|责任人|责任单位|处分|诫勉|追究", scope + after):
        return None
    if unit in ("个", "家") and (
        re.match(r"(?:责任)?单位|(?:责任)?部门|(?:党)?组织", after)
        or re.search(r"问责(?:责任)?单位[^\d]{0,3}$", left)
    ):
        return "追责问责单位数"
    if unit not in ("人", "名", "人次", "位"):
        return None
    suffix = "人次" if unit == "人次" else "人数"
    for pattern, label in (
        (r"批评教育|提醒谈话|谈话提醒|责令(?:作出)?检查|责令检查", "批评教育等处理"),
        (r"党纪(?:政务|政纪)?处分|党纪、政务处分|党纪政务", "党纪政务处分"),
        (r"政务处分|政纪处分", "政务处分"),
        (r"诫勉(?:谈话)?", "诫勉"),
        (r"组织处理|调整岗位|免职", "组织处理"),
        (r"通报批评", "通报批评"),
        (r"移送(?:司法|检察)", "移送司法"),
        (r"约谈", "约谈"),
        (r"(?:正|副)?厅级", "问责厅级干部"),
        (r"(?:正|副)?(?:县|处)级|县处级", "问责处级干部"),
        (r"(?:正|副|乡)?科级(?:干部)?及?以下(?:干部|人员)?", "问责科级及以下干部"),
        (r"(?:正|副)?科级", "问责科级干部"),
    ):
        if re.search(rf"(?:{pattern})(?:干部|人员|处理|的)?(?:约|共|计)?$", left[-14:]) or re.match(
            rf"[^,。;、\d]{{0,3}}(?:{pattern})", after
        ):
            return label + suffix
    if re.search(r"批评教育", after[:6]):
        return "批评教育等处理人数"
    if re.search(r"问责|追责|责任人", left[-40:] + after[:8]):
        return "追责问责" + suffix
    return None


def _organisation(near: str, unit: str, after: str, left: str) -> str | None:
    if unit in ("次", "件次"):
        if re.search(r"批示[^,。;\d]{0,4}$", near):
            return "领导批示次数"
        if re.match(r"[^,。;]{0,24}委员会会议", after):
            return "生态环境保护委员会会议次数"
        if re.search(r"现场督办[^,。;\d]{0,3}$", near):
            return "现场督办次数"
        if re.search(r"包保[^,。;\d]{0,8}$", near):
            return "包保调研次数"
        if re.search(r"(?:实地|现场)(?:调研)?(?:督导|督查|调研|督察)[^,。;\d]{0,6}$", near):
            return "主要领导实地督导次数"
        if re.search(r"(?:会议|研究|部署)[^。;\d]{0,40}$", left[-70:]) and not re.search(
            r"发布会[^,。;\d]{0,3}$|巡查|行动|排查", near[-14:]
        ):
            return "研究部署会议次数"
    if unit == "个" and re.match(r"督导组|督查组|督导检查组|指导组", after):
        return "督导组数"
    if unit in ("名", "位") and re.match(r"[^,。;]{0,10}领导[^,。;]{0,6}分片", after):
        return "分片督导领导人数"
    if re.match(r"个?未批先建项目", after):
        return "未批先建项目数"
    if unit == "个" and re.match(r"(?:设区)?(?:的)?(?:市|州|县)", after):
        if re.search(r"督导核查[^,。;\d]{0,4}$", near):
            return "督导核查市数"
        if re.search(r"督察|督查|全覆盖", near[-20:] + after) and re.search(
            r"督察|例行|专项|全覆盖|回头看", after + near[-10:]
        ):
            return "省级生态环境保护督察覆盖市州数"
    if unit == "家" and re.match(r"省属(?:国有)?企业", after):
        return "省级督察省属国有企业数"
    return None


_DONE = re.compile(
    r"(?:已|已经|全部|均已|完成|办结)(?:按[^,。;]{0,4})?(?:完成|办结|整改完成|完成整改|整改)?[^,。;、\d]{0,3}$|完成(?:整改|整治|销号)?[^,。;、\d]{0,4}$"
)


def _progress(entity: str, left: str, near: str, after: str) -> str | None:
    role = _role(near, after)
    if entity == "letter":
        return {"done": "信访件办结数", "stage": "信访件阶段性办结数", "doing": "信访件未办结数", "open": "信访件未办结数",
                "total": "信访件交办数", "behind": "信访件未办结数"}.get(role)  # fmt: skip
    if entity == "task":
        return {"done": "整改任务已完成数", "schedule": "整改任务达到序时进度数", "doing": "整改任务正在推进数", "total": "整改任务总数",
                "behind": "整改任务未达序时进度数", "open": "整改任务未完成数", "due": "整改任务应完成数", "closed": "整改任务已销号数"}.get(role)  # fmt: skip
    if entity in ("problem", "due"):
        if role == "done" and entity == "due" and re.search(r"其中[^。;]{0,24}应完成[^。;]{0,16}$", left):
            return "反馈问题到期已完成数"
        if role == "total" and re.search(r"限期整改的?$", near):
            return "反馈问题限期整改数"
        return {"done": "反馈问题已完成数", "schedule": "反馈问题达到序时进度数", "behind": "反馈问题未达序时进度数", "due": "反馈问题应完成数",
                "doing": "反馈问题正在推进数", "total": "反馈问题总数", "open": "反馈问题未完成数", "closed": "反馈问题已销号数"}.get(role)  # fmt: skip
    if entity == "measure":
        return "整改措施已完成数" if role == "done" else "整改措施总数"
    if entity == "case":
        return {
            "done": "典型案例已完成数",
            "doing": "典型案例正在推进数",
            "schedule": "典型案例正在推进数",
        }.get(role, "典型案例总数")
    if entity == "key":
        return "重点督办件总数"
    if entity == "film":
        return "警示片反馈问题总数" if role in ("total", "done") else None
    if entity == "shield":
        return "“绿盾”问题数"
    if entity == "clue":
        return "移交责任追究问题数"
    if entity == "mine":
        return _mine(near, after, role)
    if entity == "water":
        return {"done": "引黄问题项目已完成数", "doing": "引黄问题项目正在推进数"}.get(role, "引黄问题项目数")
    if entity == "plant":
        return (
            "超负荷污水处理厂已完成整改数"
            if role == "done" or re.search(r"已有$", near)
            else "超负荷污水处理厂数"
        )
    if entity == "source":
        return "饮用水水源地环境问题整治数" if re.search(r"整治$", near) else "饮用水水源地环境问题排查数"
    if entity == "upper":
        return "上级反馈问题未完成数" if role in ("open", "doing") else "上级反馈问题总数"
    return None


def _mine(near: str, after: str, role: str) -> str | None:
    if re.search(r"(?:督察组?)?指出$", near):
        return "“半边山、一面墙”式矿山督察指出数"
    if re.search(r"自查发现$", near):
        return "“半边山、一面墙”式矿山自查发现数"
    if re.search(r"指出存在问题$", near):
        return "“半边山、一面墙”式矿山整治发现问题数"
    if role == "done" or re.search(r"整治$", near) or re.search(r"全部完成", after):
        return "“半边山、一面墙”式矿山已完成整改数"
    if role == "doing":
        return "“半边山、一面墙”式矿山正在整改数"
    return "“半边山、一面墙”式矿山数"


def _role(near: str, after: str) -> str:
    tail = re.split(r"[,。;、(]", near)[-1]
    ahead = re.split(r"[,。;、(]", after)[0]
    if re.match(r"(?:问题|措施|任务)、\d", after):
        ahead = re.split(r"[,。;(]", after)[0]
    elif re.search(r"\d", ahead):  # what follows is said of the next number
        ahead = ahead[: re.search(r"\d", ahead).start()]  # type: ignore[union-attr]
        ahead = re.sub(r"(?:已|已经|均|完成|办结|整改|正在|推进|中|仍|有|其余|应).*$", "", ahead)
    if re.search(r"阶段性?(?:已)?办结[^\d]{0,3}$", tail):
        return "stage"
    if re.search(r"应(?:完成|办结|整改)[^\d]{0,6}$", tail):
        return "due"
    if re.search(
        r"未达(?:到)?序时进度[^\d]{0,3}$|未按[^\d]{0,8}$|(?:滞后|逾期)[^\d]{0,6}$", tail
    ) or re.search(r"未达(?:到)?序时|滞后|逾期", ahead):
        return "behind"
    if re.search(r"(?:达到?|按|符合)[^\d]{0,3}序时进度[^\d]{0,5}$|序时推进[^\d]{0,3}$", tail) or re.search(
        r"序时进度|按序时", ahead
    ):
        return "schedule"
    if re.search(r"销号[^\d]{0,4}$", tail) or re.search(r"(?:已|完成)[^\d]{0,4}销号", ahead):
        return "closed"
    if re.search(r"(?:未办结|尚未[^\d]{0,6}|未完成[^\d]{0,6}|仍有|未整改)$", tail) or re.search(
        r"(?:整改)?未完成|未办结|尚未", ahead
    ):
        return "open"
    if re.search(
        r"(?:正在|持续|有序)(?:积极|有序)?(?:整改|推进|办理|实施)[^\d]{0,4}$|其[余他][^\d]{0,3}$|剩余[^\d]{0,3}$",
        tail,
    ) or re.search(r"正(?:在)?(?:有序|积极|加快)?(?:推进|整改|办理)|有序推进|持续推进", ahead):
        return "doing"
    if _DONE.search(tail) or re.search(
        r"(?:已|已经|均已|全部|按(?:时限|期)?)[^,]{0,4}(?:完成|办结|整改到位)|^[项个件座](?:已)?完成", ahead
    ):
        if re.match(r"[^,。;已]{0,6}(?:均|都)?(?:已)?全部(?:完成|办结)", ahead) and not _DONE.search(tail):
            return "total"
        return "done"
    return "total"
