"""Records to load: 31 provinces of 10 cities, five states, a due date, about 300 characters of Chinese.

With `--shared` the records come from the generator the peers were measured with, so that figures
stand side by side; without it, from the same recipe written here.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROVINCES = 31
CITIES = 10
TOPICS = [
    "水环境",
    "大气",
    "固废",
    "土壤",
    "噪声",
    "生态保护",
    "矿山",
    "畜禽养殖",
    "污水处理厂",
    "饮用水源",
    "海洋",
    "流域保护",
]
FAULTS = [
    "未按期完成",
    "整改不到位",
    "推进迟缓",
    "敷衍整改",
    "监管缺失",
    "违法排污",
    "管网缺口较大",
    "台账不全",
]
MIX = [0] * 10 + [1] * 40 + [2] * 15 + [3] * 30 + [4] * 5
FIRST_DAY = dt.date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: a city (0 … 309), its text, its state (0 … 4) and its date."""

    number: int
    city: int
    title: str
    text: str
    status: int
    due: dt.date


def own(count: int, seed: int = 20260601) -> Iterator[Record]:
    """Draw records by our own recipe."""
    draw = random.Random(seed)
    for number in range(1, count + 1):
        city = draw.randrange(PROVINCES * CITIES)
        topic, fault = draw.choice(TOPICS), draw.choice(FAULTS)
        due = FIRST_DAY + dt.timedelta(days=draw.randrange(0, 1460))
        text = f"督察指出，第{city}市{topic}方面{fault}，应于{due.isoformat()}前完成整改，"
        text += "逐月报送进展，附佐证，按程序验收公示销号。"
        title = f"第{city}市{topic}问题{number:07d}：{fault}，群众反映强烈"
        yield Record(number, city, title, text * 4, draw.choice(MIX), due)


def shared(count: int, place: Path) -> Iterator[Record]:
    """Read the records of the peers' generator at `place` (its `records(n)`)."""
    spec = importlib.util.spec_from_file_location("peer_records", place)
    if spec is None or spec.loader is None:
        message = f"{place} is no Python file"
        raise SystemExit(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cities = {name: number for number, name in enumerate(module.units())}
    for row in module.records(count):
        due = dt.date.fromisoformat(row["due"])
        yield Record(row["n"], cities[row["unit"]], row["title"], row["description"], row["status"], due)
