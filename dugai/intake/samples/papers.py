"""The kinds of document that officials write, drawn from a ledger in many habits of wording and numbering."""

from __future__ import annotations

import datetime as dt
import random

from dugai.intake.readers.docx_numbers import chinese
from dugai.intake.samples.ledger import Ledger, Measure, Problem
from dugai.intake.samples.paper import Grid, Line, Paper, Record, TCell

KINDS = ("disclosure", "plan", "closure", "complaints", "accountability")

_PROBLEM_LABELS = ("问题{cn}：", "第{cn}项问题：", "（{cn}）", "{n}.", "问题{n}：")
_MEASURE_LABELS = ("措施序号{n}：", "（{n}）", "措施{n}：", "{n}.")


def make(kind: str, ledger: Ledger, rng: random.Random) -> Paper:
    """A document of ``kind`` (one of ``KINDS``) with its truth."""
    paper = {
        "disclosure": disclosure,
        "plan": plan,
        "closure": closure,
        "complaints": complaints,
        "accountability": accountability,
    }[kind](ledger, rng)
    ignore(paper)
    return paper


def ignore(paper: Paper) -> None:
    """Numbers of findings and narratives are true but not asked for: the record calls such text ignored."""
    quotes = [figure["quote"] for figure in paper.truth["figures"]]
    paper.truth["figures_ignored"] = [
        text
        for text in paper.plain().split("\n")
        if any(char.isdigit() for char in text) and not any(quote in text for quote in quotes)
    ] + [text for text in paper.truth.get("x_ignored", []) if text in paper.plain()]


def disclosure(ledger: Ledger, rng: random.Random) -> Paper:
    """A city's disclosure: totals in prose, then problem by problem with the state of each measure."""
    title = f"{ledger.region}公开{ledger.round}中央生态环境保护督察反馈意见整改情况"
    lines, truth = _front(ledger, title, "disclosure"), _truth(ledger, title, "disclosure")
    lines += _totals(ledger, truth)
    label, step = rng.choice((_PROBLEM_LABELS[0], _PROBLEM_LABELS[1])), _MEASURE_LABELS[rng.choice((0, 2))]
    when, state = rng.choice((("整改时限：", "整改情况："), ("完成时限：", "进展情况：")))
    for at, problem in enumerate(ledger.problems):
        lines.append(Line(f"{chinese(at + 1)}、{problem.category}", "heading"))
        raw = label.format(cn=chinese(problem.no), n=problem.no)
        lines.append(Line(f"{raw}{problem.text}"))
        lines.append(Line(f"{when}{problem.deadline.raw}"))
        lines.append(Line(f"{state}{problem.status_raw}"))
        measures = []
        for measure in problem.measures:
            number = step.format(n=measure.no)
            lines.append(Line(f"{number}{measure.status_raw}。{measure.progress}"))
            measures.append(_measure(measure, number, measure.progress, units=False, deadline=False))
        item = _problem(problem, raw, measures)
        item["heading"] = f"{chinese(at + 1)}、{problem.category}"
        truth["problems"].append(item)
    return Paper("disclosure", [*lines, *_foot(ledger)], truth)


def plan(ledger: Ledger, rng: random.Random) -> Paper:
    """A plan with its annex: one table, problem cells merged over their measures."""
    title = f"{ledger.region}贯彻落实{ledger.round}中央生态环境保护督察反馈意见整改方案"
    lines, truth = _front(ledger, title, "plan"), _truth(ledger, title, "plan")
    lines += [
        Line("一、总体要求", "heading"),
        Line("坚持问题导向和目标导向相统一，压实各级各部门责任，高标准推进督察反馈问题整改。"),
        Line("二、保障措施", "heading"),
        Line("加强组织领导，定期调度通报，对整改不力的依规依纪追究责任。"),
        *_foot(ledger),
        Line(f"附件：{ledger.region}整改措施清单", "title"),
    ]
    words = rng.choice(
        (
            ("序号", "反馈问题", "整改目标", "整改措施", "责任单位", "整改时限", "督导单位"),
            ("序号", "问题", "整改目标", "整改措施", "责任部门", "完成时限", "督查部门"),
        )
    )
    step = _MEASURE_LABELS[rng.choice((1, 3))]
    rows = [[TCell(word) for word in words]]
    for problem in ledger.problems:
        tall = len(problem.measures)
        measures = []
        for at, measure in enumerate(problem.measures):
            number = step.format(n=measure.no)
            own = [TCell(number + measure.text), TCell("、".join(measure.units)), TCell(measure.deadline.raw)]
            if at == 0:
                head = [TCell(str(problem.no), tall), TCell(problem.text, tall), TCell(problem.goal, tall)]
                rows.append([*head, *own, TCell("、".join(problem.supervising), tall)])
            else:
                rows.append(own)
            measures.append(_measure(measure, number, measure.text, status=False))
        truth["problems"].append(
            {
                "no": str(problem.no), "no_raw": str(problem.no), "text_starts": problem.text[:20],
                "goal_starts": problem.goal[:20], "supervising_units": list(problem.supervising), "measures": measures,
                "region": ledger.region,
            }
        )  # fmt: skip
    table = Grid(rows, [0.06, 0.24, 0.16, 0.24, 0.12, 0.1, 0.08])
    return Paper("plan", [*lines, table], truth)


def closure(ledger: Ledger, rng: random.Random) -> Paper:
    """The notice before one problem is closed."""
    problem = ledger.problems[0]
    title = (
        f"关于{ledger.region}{ledger.round}中央生态环境保护督察第{chinese(problem.no)}项整改任务销号的公示"
    )
    truth = _truth(ledger, title, "closure_notice")
    style = rng.choice(("{cn}、", "（{cn}）", "{n}．"))
    names = ("任务原文", "整改目标", "整改措施", "责任单位", "整改时限", "完成情况")
    bodies = (
        problem.text, problem.goal, None, "、".join(problem.responsible), problem.deadline.raw, None,
    )  # fmt: skip
    lines = [
        Line(title, "title"),
        Line(f"按照整改销号工作要求，现将第{chinese(problem.no)}项整改任务有关情况公示如下。"),
    ]
    measures = []
    for at, (name, body) in enumerate(zip(names, bodies, strict=True), start=1):
        lines.append(Line(style.format(cn=chinese(at), n=at) + name, "heading"))
        if body is not None:
            lines.append(Line(body))
        elif name == "整改措施":
            for order, measure in enumerate(problem.measures, start=1):
                lines.append(Line(f"{order}.{measure.text}"))
                measures.append({"no": str(order), "no_raw": f"{order}.", "text_starts": measure.text[:20]})
        else:
            lines.append(Line("该任务" + "".join(m.progress for m in problem.measures)))
    days = rng.choice((5, 7, 10))
    lines.append(Line(f"公示期为{days}个工作日。如有异议，请以书面形式反映。联系电话：0990-88012345。"))
    truth["problems"].append(
        {
            "no": str(problem.no), "no_raw": f"第{chinese(problem.no)}项", "text_starts": problem.text[:20],
            "goal_starts": problem.goal[:20], "responsible_units": list(problem.responsible),
            "deadline_raw": problem.deadline.raw, "deadlines": list(problem.deadline.dates), "measures": measures,
            "region": ledger.region,
        }
    )  # fmt: skip
    return Paper("closure", [*lines, *_foot(ledger)], truth)


def complaints(ledger: Ledger, _rng: random.Random) -> Paper:
    """The published table of complaints of one batch."""
    title = "群众信访举报转办和边督边改公开情况一览表"
    truth = _truth(ledger, title, "complaint_list", signed=False)
    batch = f"第{chinese(ledger.batch)}批"
    words = ["序号", "受理编号", "交办问题基本情况", "行政区域", "污染类型", "调查核实情况", "是否属实", "处理和整改情况",
             "是否办结", "责任人被处理情况"]  # fmt: skip
    rows = [[TCell(word) for word in words]]
    for at, case in enumerate(ledger.cases, start=1):
        rows.append([TCell(text) for text in (
            str(at), case.no, case.text, case.region, "、".join(case.types), case.finding, case.verified, case.handling,
            case.state, case.punished,
        )])  # fmt: skip
        truth["complaints"].append(
            {
                "case_no": case.no, "region": case.region, "pollution_types": list(case.types),
                "verified": case.verified, "status": case.state, "text_starts": case.text[:20],
            }
        )  # fmt: skip
    widths = [0.05, 0.11, 0.17, 0.08, 0.07, 0.17, 0.06, 0.17, 0.06, 0.06]
    lines = [Line(title, "title"), Line(f"（{ledger.region}{batch} {_day(ledger.issued)}）", "plain")]
    return Paper("complaints", [*lines, Grid(rows, widths)], truth)


def accountability(ledger: Ledger, _rng: random.Random) -> Paper:
    """A notice on who was held to account; levels add up to the total."""
    title = f"{ledger.region}公开{ledger.round}中央生态环境保护督察移交问题追责问责情况"
    truth = _truth(ledger, title, "other")
    people, units = sum(h.people for h in ledger.held), sum(h.units for h in ledger.held)
    levels = [
        (level, sum(dict(h.by_level)[level] for h in ledger.held)) for level, _ in ledger.held[0].by_level
    ]
    quote = f"共追责问责{people}人"
    parts = "，".join(f"{level}干部{count}人" for level, count in levels)
    lines = _front(ledger, title, "other")
    lines.append(
        Line(f"对督察移交的{len(ledger.held)}个责任追究问题，{quote}，其中{parts}；问责单位{units}个。")
    )
    for name, value, unit, words in (
        ("移交责任追究问题数", len(ledger.held), "个", f"督察移交的{len(ledger.held)}个责任追究问题"),
        ("追责问责人数", people, "人", quote),
        ("追责问责单位数", units, "个", f"问责单位{units}个"),
    ):
        truth["figures"].append(_figure(ledger, name, value, unit, words))
    truth["arithmetic"].append(
        {
            "kind": "sum",
            "expr": "+".join(str(n) for _, n in levels) + f"={people}",
            "holds": True,
            "quotes": [quote, parts],
        }
    )
    truth["x_ignored"] = parts.split("，")
    for at, held in enumerate(ledger.held, start=1):
        lines.append(Line(f"{chinese(at)}、关于{held.matter}问题", "heading"))
        lines.append(Line(f"对负有责任的{held.people}人、{held.units}个单位作出处理。"))
    return Paper("accountability", [*lines, *_foot(ledger)], truth)


# --- shared pieces ---------------------------------------------------------------------------------------------------


def _front(ledger: Ledger, title: str, kind: str) -> list[Line]:
    opening = (
        f"按照党中央、国务院统一部署，中央生态环境保护督察组对{ledger.region}所在省开展了{ledger.round}督察。"
    )
    follow = "现将有关情况公开如下。" if kind != "plan" else "为扎实做好整改工作，制定本方案。"
    return [Line(title, "title"), Line(opening + follow)]


def _foot(ledger: Ledger) -> list[Line]:
    return [Line(ledger.issuer, "right"), Line(_day(ledger.issued), "right")]


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _totals(ledger: Ledger, truth: Record) -> list[Line]:
    c = ledger.counts
    as_of = f"截至{ledger.issued.year}年{ledger.issued.month}月底"
    date = f"{ledger.issued.year}-{ledger.issued.month:02d}"
    rate = _half_up(100 * c["closed"] / c["complaints"])
    quotes = (
        f"督察反馈的{c['tasks']}项整改任务", f"已完成{c['done']}项", f"达到序时进度{c['schedule']}项",
        f"交办的信访举报件{c['complaints']}件", f"已办结{c['closed']}件", f"办结率{rate}%",
    )  # fmt: skip
    names = (
        "整改任务总数",
        "整改任务已完成数",
        "整改任务达到序时进度数",
        "信访件交办数",
        "信访件办结数",
        "信访件办结率",
    )
    values: tuple[float, ...] = (
        c["tasks"],
        c["done"],
        c["schedule"],
        c["complaints"],
        c["closed"],
        float(rate),
    )
    units = ("项", "项", "项", "件", "件", "%")
    for name, value, unit, quote in zip(names, values, units, quotes, strict=True):
        figure = _figure(ledger, name, value, unit, quote)
        truth["figures"].append({**figure, "as_of": date, "as_of_raw": as_of})
    truth["arithmetic"] += [
        {
            "kind": "sum",
            "expr": f"{c['done']}+{c['schedule']}={c['tasks']}",
            "holds": True,
            "quotes": list(quotes[:3]),
        },
        {
            "kind": "rate",
            "expr": f"{c['closed']}/{c['complaints']}={rate}%",
            "holds": True,
            "quotes": list(quotes[3:]),
        },
    ]
    text = f"{as_of}，{quotes[0]}，{quotes[1]}，{quotes[2]}；{quotes[3]}，{quotes[4]}，{quotes[5]}。"
    return [Line(text)]


def _half_up(value: float) -> str:
    from decimal import ROUND_HALF_UP, Decimal

    return str(Decimal(repr(value)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _figure(ledger: Ledger, name: str, value: float, unit: str, quote: str) -> Record:
    return {
        "name": name, "region": ledger.region, "as_of": None, "value": value, "unit": unit, "quote": quote,
        "tier": "headline",
    }  # fmt: skip


def _truth(ledger: Ledger, title: str, kind: str, *, signed: bool = True) -> Record:
    document: Record = {
        "title": title, "kind": kind, "round": ledger.round if ledger.round in title else None, "batch": None,
        "region": {"name": ledger.region, "adcode": ledger.adcode}, "issued_on": None,
    }  # fmt: skip
    if signed:
        document |= {
            "issuer": ledger.issuer,
            "issued_on": ledger.issued.isoformat(),
            "issued_on_kind": "signed_date",
        }
    return {
        "document": document,
        "problems": [],
        "figures": [],
        "complaints": [],
        "arithmetic": [],
        "defects": [],
    }


def _problem(problem: Problem, raw: str, measures: list[Record]) -> Record:
    return {
        "no": str(problem.no), "no_raw": raw.strip("：、."), "text_starts": problem.text[:20],
        "deadline_raw": problem.deadline.raw, "deadlines": list(problem.deadline.dates),
        "status_raw": problem.status_raw, "status": problem.status, "measures": measures,
    }  # fmt: skip


def _measure(
    measure: Measure, raw: str, text: str, *, units: bool = True, deadline: bool = True, status: bool = True
) -> Record:
    item: Record = {"no": str(measure.no), "no_raw": raw.strip("：、."), "text_starts": text[:20]}
    if units:
        item["responsible_units"] = list(measure.units)
    if deadline:
        item |= {"deadline_raw": measure.deadline.raw, "deadlines": list(measure.deadline.dates)}
    if status:
        item |= {"status_raw": measure.status_raw, "status": measure.status}
    return item
