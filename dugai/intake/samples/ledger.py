"""The truth behind a sample: a small ledger of plain values.

Nothing here knows a database. A demo ledger can be turned into these values and drawn as documents in the same way
as the invented one from ``draw``.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from dugai.intake.samples import topics

STATUS_WORDS: dict[str, tuple[str, ...]] = {
    "completed": ("已完成", "已完成整改"),
    "completed_continuing": ("已完成并持续推进",),
    "completed_long_term": ("已完成并长期坚持",),
    "on_schedule": ("达到序时进度", "按序时进度推进"),
    "behind_schedule": ("未达到序时进度", "未达序时进度"),
    "in_progress": ("正在整改", "正在推进"),
    "closed_out": ("已销号",),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """As printed, and as dates of the record schema."""

    raw: str
    dates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    no: int
    text: str
    units: tuple[str, ...]
    deadline: Deadline
    status: str
    status_raw: str
    progress: str


@dataclass(frozen=True, slots=True)
class Problem:
    no: int
    category: str
    text: str
    goal: str
    lead: str
    responsible: tuple[str, ...]
    supervising: tuple[str, ...]
    deadline: Deadline
    status: str
    status_raw: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One complaint; ``no`` in the numbering of the third round."""

    no: str
    region: str
    text: str
    types: tuple[str, ...]
    verified: str
    finding: str
    handling: str
    state: str
    punished: str


@dataclass(frozen=True, slots=True)
class Held:
    """Accountability counts of one matter."""

    matter: str
    units: int
    people: int
    by_level: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that one set of sample documents is drawn from."""

    region: str
    adcode: str
    level: str  # 省 or 市
    round: str
    issuer: str
    issued: dt.date
    problems: tuple[Problem, ...]
    cases: tuple[Case, ...]
    batch: int
    held: tuple[Held, ...]
    counts: dict[str, int] = field(default_factory=dict)
    air: tuple[float, float, float] = (30.0, 3.0, 90.0)  # PM2.5, its change in %, share of good days


def draw(rng: random.Random, *, problems: int = 4, cases: int = 6) -> Ledger:
    """An invented ledger; the same generator state gives the same one."""
    region, adcode = rng.choice(topics.CITIES)
    issued = dt.date(rng.randint(2022, 2025), rng.randint(1, 12), rng.randint(1, 28))
    chosen = rng.sample(range(len(topics.TOPICS)), min(problems, len(topics.TOPICS)))
    first = rng.choice((1, 1, 1, rng.randint(2, 9)))
    made: list[Problem] = []
    number = 1
    for at, topic in enumerate(chosen):
        problem = _problem(rng, no=first + at, topic=topic, first=number, region=region, year=issued.year)
        number += len(problem.measures)
        made.append(problem)
    total = rng.randint(30, 90)
    done = rng.randint(total // 2, total - 4)
    complaints = rng.randint(300, 4000)
    closed = complaints - rng.randint(10, complaints // 8)
    return Ledger(
        region=region,
        adcode=adcode,
        level="市",
        round=rng.choice(("第二轮", "第三轮")),
        issuer=f"{region}生态环境保护督察整改工作领导小组办公室",
        issued=issued,
        problems=tuple(made),
        cases=tuple(_case(rng, at, region, issued) for at in range(1, cases + 1)),
        batch=rng.randint(1, 30),
        held=tuple(_held(rng) for _ in range(3)),
        counts={
            "tasks": total,
            "done": done,
            "schedule": total - done,
            "complaints": complaints,
            "closed": closed,
        },
        air=(round(rng.uniform(22, 45), 1), round(rng.uniform(0.5, 9), 1), round(rng.uniform(82, 98), 1)),
    )


def deadline(rng: random.Random, year: int) -> Deadline:
    """One of the kinds of deadline that plans print."""
    kind = rng.randrange(7)
    later, month = year + rng.randint(0, 2), rng.randint(1, 12)
    if kind == 0:
        return Deadline("立行立改", ("immediate",))
    if kind == 1:
        return Deadline("长期坚持", ("long_term",))
    if kind == 2:
        return Deadline("立行立改，长期坚持", ("immediate", "long_term"))
    if kind == 3:
        return Deadline(f"{later}年底前", (f"{later}-12",))
    if kind == 4:
        day = rng.choice((10, 15, 20, 28))
        return Deadline(f"{later}年{month}月{day}日前", (f"{later}-{month:02d}-{day:02d}",))
    if kind == 5:
        return Deadline(f"{later}年{month}月底前，长期坚持", (f"{later}-{month:02d}", "long_term"))
    return Deadline(f"{later}年{month}月底前", (f"{later}-{month:02d}",))


def _problem(rng: random.Random, *, no: int, topic: int, first: int, region: str, year: int) -> Problem:
    category, text, goal, steps = topics.TOPICS[topic]
    values = {name: str(rng.randint(low, high)) for name, (low, high) in topics.RANGES.items()}
    place = rng.choice(topics.counties(region))
    measures = []
    for at, (step, progress) in enumerate(steps):
        status = rng.choice(tuple(STATUS_WORDS))
        measures.append(
            Measure(
                first + at, step.format(place=place, **values), tuple(rng.sample(topics.UNITS, rng.randint(1, 2))),
                deadline(rng, year), status, rng.choice(STATUS_WORDS[status]), progress.format(place=place, **values),
            )
        )  # fmt: skip
    status = rng.choice(tuple(STATUS_WORDS))
    units = rng.sample(topics.UNITS, 3)
    return Problem(
        no, category, text.format(place=place, **values), goal.format(place=place, **values), units[0],
        (f"{place}党委、政府", units[1]), (units[2],), deadline(rng, year), status, rng.choice(STATUS_WORDS[status]),
        tuple(measures),
    )  # fmt: skip


def _case(rng: random.Random, serial: int, region: str, issued: dt.date) -> Case:
    text, types, finding, handling = rng.choice(topics.CASES)
    verified = rng.choice(("属实", "基本属实", "部分属实", "不属实"))
    place = rng.choice(topics.counties(region))
    values = {"place": place, "n": str(rng.randint(2, 60)), "m": str(rng.randint(10, 900))}
    number = f"{rng.choice('DX')}3JY{issued:%Y%m%d}{serial:04d}"
    punished = rng.choice(("无", "无", f"约谈{rng.randint(1, 3)}人", f"批评教育{rng.randint(1, 4)}人"))
    state = rng.choice(("已办结", "阶段性办结", "正在办理"))
    return Case(
        number, region + place, text.format(**values), types, verified, finding.format(**values),
        handling.format(**values), state, punished,
    )  # fmt: skip


def _held(rng: random.Random) -> Held:
    levels = tuple((level, rng.randint(1, 12)) for level in ("厅级", "处级", "科级及以下"))
    return Held(rng.choice(topics.MATTERS), rng.randint(1, 8), sum(n for _, n in levels), levels)
