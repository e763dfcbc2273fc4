"""Loads records through the product's own service: validation, journal, roll-ups and search included."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench.records import CITIES, PROVINCES, Record
from dugai.ledger import deadlines, services_entry
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.entries import NewMeasure, NewProblem, NewTask
from dugai.ledger.states import Progress
from dugai.people import services as people
from dugai.people.models import Organisation, User
from dugai.people.states import Kind, Level, Role

CHUNK = 5000
PASSWORD = "Celiang-2026-dugai"  # noqa: S105  of throw-away places only
STATES = {
    0: Progress.NOT_STARTED,
    1: Progress.IN_PROGRESS,
    2: Progress.DONE,
    3: Progress.DONE_STANDING,
    4: Progress.PARTIAL,
}


@dataclass
class Nation:
    """The organisations the records belong to, and the people who look at them."""

    root: Organisation
    provinces: list[Organisation]
    cities: list[Organisation]
    bureaus: list[Organisation]
    national: User
    provincial: User
    municipal: User
    clerk: User
    reviewer: User


def make_nation() -> Nation:
    """Make the root, 31 provinces of 10 cities with an office and a bureau each, and five people."""

    def unit(code: str, name: str, kind: str, level: str, parent: Organisation | None) -> Organisation:
        return people.add_organisation(
            actor=None, parent=parent, code=code, name=name, kind=kind, level=level, region_code=code[:6]
        )

    def person(username: str, organisation: Organisation, role: str) -> User:
        return people.add_user(
            actor=None,
            username=username,
            name=username,
            organisation=organisation,
            role=role,
            password=PASSWORD,
            must_change_password=False,
        )

    root = unit("00", "演示国", Kind.REGION, Level.NATION, None)
    office = unit("00ZG", "演示国整改办", Kind.OFFICE, Level.NATION, root)
    provinces, cities, bureaus, offices = [], [], [], []
    for number in range(PROVINCES):
        province = unit(f"{number + 1:02d}", f"第{number}省", Kind.REGION, Level.PROVINCE, root)
        provinces.append(province)
        offices.append(
            unit(f"{number + 1:02d}ZG", f"第{number}省整改办", Kind.OFFICE, Level.PROVINCE, province)
        )
        for count in range(CITIES):
            code = f"{number + 1:02d}{count + 1:02d}"
            city = unit(code, f"第{number * CITIES + count}市", Kind.REGION, Level.CITY, province)
            cities.append(city)
            bureaus.append(
                unit(
                    f"{code}HB", f"第{number * CITIES + count}市生态环境局", Kind.DEPARTMENT, Level.CITY, city
                )
            )
    city_office = unit("0101ZG", "第0市整改办", Kind.OFFICE, Level.CITY, cities[0])
    return Nation(
        root=root,
        provinces=provinces,
        cities=cities,
        bureaus=bureaus,
        national=person("national", office, Role.OFFICE_MANAGER),
        provincial=person("provincial", offices[0], Role.OFFICE_REVIEWER),
        municipal=person("municipal", city_office, Role.OFFICE_REVIEWER),
        clerk=person("clerk", bureaus[0], Role.UNIT_CLERK),
        reviewer=person("reviewer", offices[0], Role.OFFICE_CLERK),
    )


def load(nation: Nation, records: Iterable[Record]) -> tuple[int, float]:
    """Register the records; return how many and how many seconds it took."""
    start = time.perf_counter()
    inspection = services_entry.open_inspection(
        actor=nation.national,
        object_=nation.root,
        code="BM",
        name="测速用督察",
        level="central",
        type="routine",
        fed_back_on=dt.date(2026, 1, 1),
    )
    dates: dict[dt.date, dict[str, Any]] = {}
    number, total = 0, 0
    stream = iter(records)
    while chunk := list(itertools.islice(stream, CHUNK)):
        groups: dict[int, list[Record]] = {}
        for record in chunk:
            groups.setdefault(record.city, []).append(record)
        problems = []
        for city, rows in groups.items():
            number += 1
            problems.append(_problem(nation, number, city, rows, dates))
        services_entry.register_problems(
            actor=nation.national, inspection_id=inspection.pk, problems=problems
        )
        total += len(chunk)
    return total, time.perf_counter() - start


def _problem(
    nation: Nation, number: int, city: int, rows: list[Record], dates: dict[dt.date, dict[str, Any]]
) -> NewProblem:
    bureau = nation.bureaus[city]
    for row in rows:
        if row.due not in dates:
            words = f"{row.due.year}年{row.due.month}月{row.due.day}日前"
            dates[row.due] = deadlines.to_json(parse_deadline(words, issued=dt.date(2026, 1, 1)))
    return NewProblem(
        number=number,
        home=nation.cities[city],
        lead=bureau,
        columns={
            "title": rows[0].title[:200],
            "text": rows[0].text,
            "kind": "report",
            "source": "central_inspection",
            "source_class": "central",
            "deadline": dates[rows[0].due],
        },
        measures=tuple(
            NewMeasure(
                number=row.number,
                columns={"text": row.title, "deadline": dates[row.due]},
                tasks=(
                    NewTask(
                        owner=bureau,
                        title=row.title,
                        text=row.text,
                        deadline=dates[row.due],
                        progress=STATES[row.status],
                    ),
                ),
            )
            for row in rows
        ),
    )
