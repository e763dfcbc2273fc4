"""Problems, measures and tasks of the demo, registered through the same service an import uses."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal

from dugai.ledger import deadlines
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.entries import NewMeasure, NewProblem, NewTarget, NewTask
from dugai.ledger.models_entry import Part
from dugai.ledger.states import Progress
from dugai.management.demo.places import Region
from dugai.management.demo.words import DEADLINES, THEMES, Theme
from dugai.people.models import User

PROGRESS = (
    (Progress.NOT_STARTED, 12),
    (Progress.IN_PROGRESS, 48),
    (Progress.PARTIAL, 8),
    (Progress.BASICALLY_DONE, 6),
    (Progress.DONE, 18),
    (Progress.DONE_STANDING, 8),
)
SOURCES = (
    ("central_inspection", "central", "report"),
    ("provincial_inspection", "provincial", "report"),
    ("self_check", "self_found", "self_found"),
)


class Writer:
    """Draws problems for a region from a seed."""

    def __init__(self, seed: int, today: dt.date, leader: User | None = None) -> None:
        self.random = random.Random(seed)  # noqa: S311  a demo needs repeatable, not secret, numbers
        self.today = today
        self.leader = leader

    def problems(self, province: Region, count: int) -> Iterator[NewProblem]:
        """Yield `count` problems, numbered from 1, with about seven tasks each."""
        number_of_measure = 0
        for number in range(1, count + 1):
            city = self.random.choice(province.below)
            theme = self.random.choice([theme for theme in THEMES if theme.line in city.bureaus])
            problem, number_of_measure = self._problem(number, number_of_measure, city, province, theme)
            yield problem

    def _problem(
        self, number: int, measure: int, city: Region, province: Region, theme: Theme
    ) -> tuple[NewProblem, int]:
        counties = self.random.sample(city.below, min(len(city.below), self.random.randint(1, 3)))
        place = city.organisation.name + counties[0].organisation.name
        amount = self.random.randint(theme.low, theme.high)
        issued = dt.date(self.today.year - 1, 12, 20)
        wording = self._deadline()
        deadline = deadlines.to_json(parse_deadline(wording, issued=issued))
        measures = []
        for at in range(self.random.randint(1, 4)):
            measure += 1
            measures.append(self._measure(measure, at, counties, theme, amount, deadline))
        source, source_class, kind = SOURCES[0] if number == 1 else self.random.choice(SOURCES)
        words = {"place": place, "n": amount}
        columns = {
            "title": theme.title.format(**words),
            "text": "督察发现，" + theme.found.format(**words),
            "category": theme.category,
            "sector": theme.line,
            "goal": theme.measure.format(**words) + "长效机制基本建立。",
            "kind": kind,
            "source": source,
            "source_class": source_class,
            "deadline": deadline,
            "engineering": theme.engineering,
            "leader": self.leader if self.random.random() < 0.05 else None,
        }
        overseer = province.bureaus[theme.line]
        entry = NewProblem(
            number=number,
            home=city.organisation,
            lead=city.bureaus[theme.line],
            columns=columns,
            parts={Part.SUPERVISING: (overseer,), Part.ACCEPTING: (overseer,)},
            measures=tuple(measures),
        )
        return entry, measure

    def _measure(  # noqa: PLR0917  one private caller
        self,
        number: int,
        at: int,
        counties: list[Region],
        theme: Theme,
        amount: int,
        deadline: dict[str, object],
    ) -> NewMeasure:
        if at == 0:
            shares = self._share(amount, len(counties))
            text = theme.measure.format(n=amount, place="")
            tasks = tuple(
                NewTask(
                    owner=county.bureaus[theme.line],
                    title=f"{county.organisation.name}{theme.measure.format(n=share)}",
                    deadline=deadline,
                    progress=self._progress(),
                    targets=(NewTarget(theme.target, theme.unit, Decimal(share)),),
                )
                for county, share in zip(counties, shares, strict=True)
                if share
            )
        else:
            text = (
                "举一反三开展排查，建立问题清单。",
                "健全长效管护制度，明确日常监管责任。",
                "依法查处违法行为，公开曝光典型案例。",
            )[at - 1]
            tasks = tuple(
                NewTask(
                    owner=county.bureaus[theme.line],
                    title=county.organisation.name + text,
                    deadline=deadline,
                    progress=self._progress(),
                )
                for county in counties
            )
        return NewMeasure(number=number, columns={"text": text, "deadline": deadline}, tasks=tasks)

    def _share(self, amount: int, parts: int) -> list[int]:
        shares = [amount // parts] * parts
        shares[0] += amount - sum(shares)
        return shares

    def _progress(self) -> Progress:
        states, weights = zip(*PROGRESS, strict=True)
        return Progress(self.random.choices(states, weights)[0])

    def _deadline(self) -> str:
        wording = self.random.choice(DEADLINES)
        return wording.format(year=self.today.year, next=self.today.year + 1)
