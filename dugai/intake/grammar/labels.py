"""Field labels of plans, checklists, close-out notices and complaint tables."""

from __future__ import annotations

import re
from functools import lru_cache

from dugai.intake.text.fold import fold

# role -> words; a label in a text may carry a bracket, a number or white space between its characters
ROLES: dict[str, tuple[str, ...]] = {
    "no": ("序号", "编号", "问题序号", "问题编号", "任务序号", "任务编号", "整改序号", "反馈序号"),
    "category": ("问题类别", "问题类型", "大类", "类别", "问题分类", "问题性质", "所属领域", "领域"),
    "problem": (
        "问题", "反馈问题", "督察反馈问题", "整改问题", "具体问题", "问题描述", "问题表述", "问题内容", "整改任务原文",
        "任务原文", "反馈意见", "反馈问题原文", "问题原文", "主要问题", "突出问题", "存在问题", "存在的问题", "任务内容",
        "整改事项", "问题概述", "问题摘要", "反馈意见问题", "督察反馈意见", "反馈的问题", "反馈具体问题", "整改任务内容",
        "具体任务", "整改任务", "反馈问题内容", "督察反馈具体问题", "反馈问题描述", "反馈意见原文", "督察反馈问题原文",
        "问题情况", "事项", "移交问题", "披露问题", "问题点位", "发现问题", "交办问题", "督察指出问题", "指出问题",
        "反馈整改任务", "问题(任务)", "整改任务(问题)", "反馈问题(整改任务)", "整改问题表述", "任务描述", "整改任务描述",
        "督察反馈的问题", "督察反馈情况", "问题具体表述", "反馈问题表述",
    ),
    "goal": ("整改目标", "目标", "目标要求", "整改标准", "工作目标", "整改目标要求", "销号标准", "整改要求", "整改目标及标准",
             "整改目标和要求", "验收标准", "任务目标"),
    "deadline": ("整改时限", "完成时限", "时限", "整改期限", "完成期限", "整改完成时限", "计划完成时间", "时限要求",
                 "整改时间", "整改时限要求", "限期", "完成时间", "整改完成时间", "整改完成期限", "要求完成时间", "办结时限",
                 "时间节点", "整改时间节点", "完成整改时限", "计划完成时限"),
    "measures": ("整改措施", "主要整改措施", "措施", "具体措施", "整改主要措施", "工作措施", "整改内容", "整改工作措施",
                 "整改任务及措施", "主要措施", "具体整改措施", "任务措施", "整改任务和措施", "重点任务", "整改方案措施"),
    "status": ("整改状态", "状态", "进展状态", "办理状态", "完成状态", "整改完成状态", "是否完成", "是否完成整改", "目前状态",
               "整改结果", "当前状态", "整改进度", "任务状态", "进度", "完成进度", "整改类型", "是否销号", "销号情况", "整改总体情况", "总体情况", "总体状态", "整改总体状态", "总体进展"),
    "progress": ("完成情况", "整改情况", "整改完成情况", "整改落实情况", "落实情况", "进展情况", "整改进展情况", "整改进展",
                 "工作进展", "整改成效", "措施落实情况", "整改措施落实情况", "整改工作完成情况", "进展", "整改任务完成情况",
                 "整改措施完成情况", "目前进展", "整改工作进展", "整改工作开展情况", "推进情况", "工作开展情况", "目前进展情况",
                 "整改完成具体情况", "采取的整改措施及完成情况", "整改措施及完成情况", "整改落实及完成情况"),
    "responsible": ("责任单位", "整改责任单位", "责任主体", "主体责任单位", "实施单位", "整改主体", "整改实施主体", "整改单位",
                    "责任部门", "整改责任主体", "主要责任单位", "承办单位", "整改责任部门", "责任单位(部门)", "具体责任单位",
                    "责任地区", "属地责任单位", "整改实施单位", "责任地区和单位", "责任分工", "落实单位"),
    "lead": ("牵头单位", "牵头部门", "牵头责任单位", "牵头整改单位", "整改牵头单位", "牵头地区", "牵头主体", "牵头责任部门"),
    "cooperating": ("配合单位", "配合部门", "协办单位", "参与单位", "责任配合单位", "协同单位", "配合责任单位"),
    "supervising": ("督导单位", "督办单位", "监督单位", "监管单位", "监管责任单位", "督导部门", "督查部门", "督促单位",
                    "督促指导单位", "指导单位", "督导责任单位", "督办部门", "监管部门", "督查单位", "行业监管单位", "督导牵头单位",
                    "行业主管部门", "监督部门", "指导督促单位", "监督指导单位", "省级督导单位", "市级督导单位"),
    "acceptance": ("验收单位", "验收部门", "验收销号单位", "牵头验收单位", "销号单位", "验收牵头单位", "验收责任单位",
                   "核查单位", "验收销号责任单位", "销号验收单位", "牵头销号单位"),
    "leader": ("责任领导", "责任人", "包案领导", "督办领导", "牵头领导", "包保领导", "整改责任人", "分管领导", "省级督办领导",
               "市级包案领导", "责任人及职务", "主要责任人", "包抓领导", "督办省领导", "督办市领导", "联系人"),
    "notice": ("公示期", "公示时间", "公示期限", "公示日期", "公示时限"),
    "contact": ("联系电话", "联系方式", "监督电话", "举报电话", "联系地址", "通讯地址", "电子邮箱", "邮箱", "受理单位", "受理部门",
                "通信地址", "传真", "受理电话", "电话", "地址", "邮编"),
    "remark": ("备注", "说明"),
    "source": ("问题来源", "来源", "督察批次", "反馈来源", "任务来源"),
    "case_no": ("受理编号", "信访编号", "举报编号", "案件编号", "转办编号", "交办编号", "信访件编号", "举报件编号", "编号(受理)",
                "受理号", "受理序号", "来电来信编号", "信访受理编号", "件号", "转办件编号", "举报受理编号"),
    "case_text": ("交办问题基本情况", "问题基本情况", "举报内容", "反映情况", "信访内容", "举报问题", "反映问题", "交办问题",
                  "群众反映问题", "举报事项", "投诉内容", "信访问题", "基本情况", "反映内容", "举报问题基本情况", "信访举报内容",
                  "反映的主要问题", "群众反映的主要问题", "举报件内容", "交办问题内容", "信访件内容", "反映主要问题", "转办问题"),
    "area": ("行政区域", "所属区域", "属地", "地区", "县区", "县(市、区)", "区县", "所在地", "区域", "被举报地区", "市县", "辖区",
             "县(区)", "市(县)", "地市", "所属地区", "行政区", "县市区", "责任区域", "市州"),
    "pollution": ("污染类型", "问题类型(污染)", "污染类别", "涉及类型", "举报类型", "污染要素", "环境要素", "污染种类",
                  "涉及污染类型", "信访类型", "案件类型"),
    "finding": ("调查核实情况", "核查情况", "调查情况", "核实情况", "调查处理情况", "现场核查情况", "查处情况", "经调查核实",
                "调查核实结果", "现场调查情况", "调查核查情况", "调查结果"),
    "verified": ("是否属实", "属实情况", "核实结果", "举报是否属实", "核查结论", "调查结论", "信访属实情况", "属实与否"),
    "handling": ("处理和整改情况", "处理整改情况", "处理情况", "办理情况", "整改处理情况", "办理结果", "处理结果", "处理及整改情况",
                 "查处整改情况", "处理和整改结果", "处置情况", "解决情况"),
    "case_status": ("是否办结", "办结情况", "办结状态", "办理进度", "办结与否", "办理进展", "办结程度"),
    "blamed": ("责任人被处理情况", "问责情况", "责任追究情况", "责任人处理情况", "追责问责情况", "追究责任情况", "责任人被问责情况"),
    "batch": ("批次", "交办批次", "转办批次"),
    "received": ("受理日期", "受理时间", "交办时间", "交办日期", "转办时间", "转办日期"),
}  # fmt: skip

UNIT_ROLES = ("responsible", "lead", "cooperating", "supervising", "acceptance")


def bare(text: str) -> str:
    """A label without white space, brackets around it and closing marks."""
    return re.sub(r"[\s:\[\]*#]+", "", fold(text)).strip("、.,。-")


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    return {word: role for role, words in ROLES.items() for word in words}


@lru_cache(maxsize=4096)
def role_of(text: str) -> str | None:
    """The role a whole text plays as a label or column head, None for any other text."""
    word = bare(text)
    if not word or len(word) > 24:
        return None
    found = _by_word().get(word)
    if found:
        return found
    stripped = re.sub(r"\((?:[^()]{1,10})\)", "", word)
    if stripped != word:
        found = _by_word().get(stripped)
        if found:
            return found
    pieces = [p for p in re.split(r"[及和与/、]", stripped) if p]
    if len(pieces) > 1:
        for piece in pieces:
            found = _by_word().get(piece)
            if found:
                return found
    return _by_suffix(stripped)


_SUFFIXES = (
    ("受理编号", "case_no"), ("牵头单位", "lead"), ("责任单位", "responsible"), ("配合单位", "cooperating"),
    ("督导单位", "supervising"), ("督办单位", "supervising"), ("监管单位", "supervising"), ("验收单位", "acceptance"),
    ("整改措施", "measures"), ("整改目标", "goal"), ("整改时限", "deadline"), ("完成时限", "deadline"),
    ("基本情况", "case_text"), ("调查核实情况", "finding"), ("整改情况", "progress"), ("完成情况", "progress"),
    ("反馈问题", "problem"), ("污染类型", "pollution"),
)  # fmt: skip


def _by_suffix(word: str) -> str | None:
    if len(word) > 12:
        return None
    return next((role for tail, role in _SUFFIXES if word.endswith(tail)), None)


# In the head of a table a word of the field decides, whatever stands around it; the first that fits.
_HEAD_WORDS: tuple[tuple[str, str], ...] = (
    (r"(?:受理|信访|举报|案件|转办|交办|来电|来信|信件)[\u4e00-\u9fff]{0,4}(?:编号|编码|序号|号)$|^案号$", "case_no"),
    (r"^(?:序|编|项)?号$|(?:序号|编号|编码)$", "no"),
    (r"属实", "verified"),
    (r"办结|^办理状态$", "case_status"),
    (r"(?:责任人|人员).{0,4}(?:处理|问责|追究)|问责|追责|追究", "blamed"),
    (r"时限|期限|时间节点|时间要求|完成时间|整改时间|完成日期|完成节点", "deadline"),
    (r"牵头.{0,4}(?:领导|责任人)|(?:责任|包案|包保|督办|分管).{0,3}(?:领导|人)$|^(?:负责人|责任人员)$", "leader"),
    (r"验收.{0,6}(?:单位|部门|机关)|销号.{0,4}(?:单位|部门)|核查单位", "acceptance"),
    (r"(?:督导|督办|督查|监督|监管|指导|督促|督察).{0,6}(?:单位|部门|机关)", "supervising"),
    (r"(?:配合|协办|协助|参与|协同).{0,4}(?:单位|部门)", "cooperating"),
    (r"牵头", "lead"),
    (r"(?:责任|承办|实施|主体|整改|落实|办理|主办|属地).{0,4}(?:单位|部门|主体|地区)$", "responsible"),
    (r"污染(?:类型|类别|要素|种类)|^(?:问题|环境|举报)(?:类型|要素)$", "pollution"),
    (r"(?:行政|所[在属辖]|属地|涉及|被举报).{0,4}(?:区域|地区?|县区?|区县|市县|区划|位置)$|^(?:县|市|区|州|镇|乡)[\u4e00-\u9fff(、)]{0,6}$", "area"),
    (r"(?:举报|信访|投诉|反映|来电|来信|交办|转办).{0,8}(?:内容|情况|问题|事项|诉求)", "case_text"),
    (r"核实|核查情况|调查|现场检查", "finding"),
    (r"(?:处理|处置|查处|办理).{0,6}(?:情况|结果|措施|进展)", "handling"),
    (r"状态|是否完成|完成与否|进度$|销号情况", "status"),
    (r"成效|进展|完成情况|落实情况|推进情况|整改情况|开展情况|整改结果", "progress"),
    (r"措施|举措|做法", "measures"),
    (r"目标|标准", "goal"),
    (r"备注|说明", "remark"),
    (r"来源|批次", "source"),
    (r"类别|分类|领域|大类", "category"),
    (r"问题|任务|事项|反馈意见", "problem"),
)  # fmt: skip
_NO_HEAD = re.compile(r"[。;,:!?]|^[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.]")
_HEAD_PATTERNS = tuple((re.compile(words), role) for words, role in _HEAD_WORDS)


@lru_cache(maxsize=4096)
def head_role(text: str) -> str | None:
    """The role of a column head: a known label, else what a word of the field in it says."""
    known = role_of(text)
    if known:
        return known
    word = re.sub(r"\([^()]*\)", "", bare(text))
    if (
        not 2 <= len(word) <= 14
        or _NO_HEAD.search(fold(text).strip())
        or re.search(r"数量|总数|件数|个数|率$|金额|\d", word)
    ):
        return None
    return next((role for pattern, role in _HEAD_PATTERNS if pattern.search(word)), None)


_WIDE = 3  # a label of so many characters is told by the blank behind it: 责任单位　区水务局


@lru_cache(maxsize=1)
def label_pattern() -> re.Pattern[str]:
    """A label at the start of a line or sentence, closed by a colon."""
    words = sorted(_by_word(), key=len, reverse=True)
    spaced = "|".join(r"\s{0,3}".join(map(re.escape, w)) for w in words)
    number = r"(?P<num>[(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2}|[①-⑳])[)]?[、.．]?\s*)?"
    plain = rf"[\[“*]?(?P<label>{spaced})(?:\([^()\n]{{1,12}}\))?[\]”*]{{0,2}}\s*[:]"
    long = "|".join(map(re.escape, (w for w in words if len(w) >= _WIDE)))
    wide = rf"(?P<wide>{long})[ \u3000]{{1,6}}(?=[\u4e00-\u9fff\d(①“])"
    boxed = rf"\[\s*(?P<boxed>{spaced})\s*\][ \t]*[:]?"
    return re.compile(rf"(?:(?<=[\n。;!\t])|^)[ \t*#]*{number}(?:{plain}|{boxed}|{wide})")


def label_of(match: re.Match[str]) -> str:
    """The words of a label that ``label_pattern`` found."""
    return match["label"] or match["boxed"] or match["wide"]
