"""Chinese texts of letters with known truth: what points at a person, and what only looks like it."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from dugai.complaints.rules_identity import Trace

PLACES = ("望渡县柳汀镇", "雁回县石桥村", "朔岭市高新区", "临砚市东湖街道", "江源省某化工园区")
MATTERS = (
    "养殖场粪污直排河道，气味难闻",
    "夜间施工噪声扰民，多次反映没有解决",
    "石料厂扬尘严重，车辆不覆盖",
    "小区下面的饭店油烟直排",
    "废旧塑料加工点偷排废水",
    "矿山开采破坏山体植被，面积约 320 亩",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗任白关温连严安方常管路余江"
GIVEN = ("伟", "芳", "建国", "秀英", "志强", "丽华", "俊杰", "桂兰", "明", "晓东", "文博", "雨桐")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Written:
    """A text and what stands in it: (kind, start, end)."""

    text: str
    truth: tuple[tuple[Trace, int, int], ...]


def written(seed: int) -> Written:
    """Draw one text; about half carry one or two traces, the others carry what may be mistaken for one."""
    draw = random.Random(seed)
    pieces: list[tuple[str, Trace | None]] = [(f"{draw.choice(PLACES)}{draw.choice(MATTERS)}。", None)]
    for _ in range(draw.choice((0, 1, 1, 2))):
        pieces += draw.choice((_phone, _identity, _card, _email, _plate, _name))(draw)
    for _ in range(draw.choice((0, 1, 2))):
        pieces.append((draw.choice(DECOYS)(draw), None))
    pieces.append((draw.choice(("要求依法查处。", "望尽快解决。", "举报人要求回复。")), None))
    text, truth = "", []
    for said, kind in pieces:
        if kind is not None:
            truth.append((kind, len(text), len(text) + len(said)))
        text += said
    return Written(text, tuple(truth))


Pieces = list[tuple[str, Trace | None]]


def _phone(draw: random.Random) -> Pieces:
    number = f"1{draw.choice('3456789')}{draw.randrange(10**9):09d}"
    look = draw.choice(("plain", "spaced", "dashed", "wide", "land", "code"))
    if look == "spaced":
        number = f"{number[:3]} {number[3:7]} {number[7:]}"
    elif look == "dashed":
        number = f"{number[:3]}-{number[3:7]}-{number[7:]}"
    elif look == "wide":
        number = "".join(chr(ord(one) + 0xFEE0) for one in number)
    elif look == "land":
        number = f"0{draw.randrange(310, 999)}-{draw.choice('2345678')}{draw.randrange(10**6, 10**7)}"
    elif look == "code":
        number = f"+86{number}"
    return [
        (draw.choice(("联系电话：", "电话", "可拨打", "手机号是")), None),
        (number, Trace.PHONE),
        ("。", None),
    ]


def identity_number(draw: random.Random) -> str:
    """Return an invented citizen's number of the fictional codes 99…, with the right last character."""
    day = dt.date(1950, 1, 1) + dt.timedelta(days=draw.randrange(20000))
    head = f"9901{draw.randrange(10, 99)}{day:%Y%m%d}{draw.randrange(1000):03d}"
    total = sum(int(one) * weight for one, weight in zip(head, WEIGHTS, strict=True))
    return head + "10X98765432"[total % 11]


def card_number(draw: random.Random) -> str:
    """Return an invented bank card of 16 or 19 digits that passes the check."""
    head = "62" + "".join(draw.choice("0123456789") for _ in range(draw.choice((13, 16))))
    total = 0
    for place, one in enumerate(reversed(head)):
        value = int(one) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return head + str(-total % 10)


def _identity(draw: random.Random) -> Pieces:
    return [
        (draw.choice(("身份证号", "身份证：", "证件号码 ")), None),
        (identity_number(draw), Trace.ID),
        ("，", None),
    ]


def _card(draw: random.Random) -> Pieces:
    number = card_number(draw)
    if len(number) == 16 and draw.random() < 0.5:
        number = " ".join(number[at : at + 4] for at in range(0, 16, 4))
    return [(draw.choice(("卡号", "补偿款打到 ", "银行卡：")), None), (number, Trace.CARD), ("。", None)]


def _email(draw: random.Random) -> Pieces:
    name = draw.choice(("li.wei", "zhang_2026", "green88", "a-b"))
    return [
        ("邮箱", None),
        (f"{name}@{draw.choice(('mail', 'post.box'))}.example", Trace.EMAIL),
        ("，", None),
    ]


def _plate(draw: random.Random) -> Pieces:
    tail = "".join(draw.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(draw.choice((5, 6))))
    dot = draw.choice(("", "·"))
    return [
        ("车牌", None),
        (f"{draw.choice('京津冀晋蒙辽')}{draw.choice('ABCDEFGH')}{dot}{tail}", Trace.PLATE),
        ("。", None),
    ]


def _name(draw: random.Random) -> Pieces:
    name = draw.choice(SURNAMES) + draw.choice(GIVEN)
    before = draw.choice(("举报人", "举报人：", "举报人姓名：", "信访人", "投诉人系", "反映人（", "来信人"))
    after = (
        "）反映情况属实。"
        if before.endswith("（")
        else draw.choice(("反映该问题。", "，住在附近。", "称多次投诉。", "。"))
    )
    return [(before, None), (name, Trace.NAME), (after, None)]


def _near_identity(draw: random.Random) -> str:
    right = identity_number(draw)
    wrong = right[:17] + ("1" if right[17] != "1" else "2")
    return f"合同编号 {wrong}。"


DECOYS = (
    lambda draw: f"受理编号 D3SX20250528{draw.randrange(10000):04d}。",
    lambda draw: f"涉及面积 {draw.randrange(100, 99999)} 平方米，投资 {draw.randrange(100, 9999)}.5 万元。",
    lambda draw: f"统一社会信用代码 9199{draw.randrange(10**8):08d}MA{draw.randrange(1000):03d}X。",
    lambda draw: f"监测数据 0.0{draw.randrange(10, 99)} 毫克/升，达到Ⅲ类标准。",
    lambda draw: (
        f"处罚决定书 江环罚〔2026〕{draw.randrange(1, 200)}号，罚款 {draw.randrange(1, 90)}0000 元。"
    ),
    lambda draw: "举报人反映的问题部分属实，举报人对处理结果表示满意。",
    lambda draw: "经向举报人核实，举报人不愿透露身份；举报人王某已撤回。",
    lambda draw: "县长李国庆现场督办，企业负责人张海配合调查。",
    lambda draw: "举报人连续三年反映，举报人常年住在附近，举报人应提供线索。",
    lambda draw: "信访人关于扬尘的诉求，投诉人任何时候都可查询，举报人高度认可。",
    lambda draw: "信访人称噪声白天也有，来信人要求公开结果。",
    lambda draw: f"排污许可证 9901{draw.randrange(10**14):014d}001P。",
    lambda draw: (
        f"2026 年 3 月 {draw.randrange(1, 28)} 日现场检查，坐标 112.{draw.randrange(100000, 999999)}，37.{draw.randrange(100000, 999999)}。"
    ),
    _near_identity,
    lambda draw: "投诉人多次来电，反映人住所周边无噪声源，举报人和周边居民均认可。",
)
