"""Making a body from a template and the ledger, and making its numbers anew on a later day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dugai.disclosure import catalogue, indicator_figures, makers, queries_figure, rules_body
from dugai.disclosure.indicator_figures import INDICATOR, Wanted
from dugai.disclosure.rules_body import STATED, Body
from dugai.indicators.rules_span import parse_span
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput, NotVisible
from dugai.kernel.months import Period, parse_period
from dugai.ledger.labels_row import deadline_words
from dugai.people.models import Organisation
from dugai.people.states import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.complaints.models import LetterBatch
    from dugai.ledger.models import Inspection, Problem
    from dugai.people.models import User

WHOLE = {
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.COUNTY: "县",
    Level.TOWNSHIP: "乡镇",
    Level.NATION: "国",
}
BELOW = {Level.NATION: "省", Level.PROVINCE: "市", Level.CITY: "县", Level.COUNTY: "乡镇"}


@dataclass
class Frame:
    """What a text is about: whose eyes, where, which period and day, which inspection, which problem."""

    viewer: User
    office: Organisation
    region: Organisation
    as_of: dt.date
    period: Period | None = None
    inspection: Inspection | None = None
    problem: Problem | None = None
    batch: LetterBatch | None = None
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)

    @cached_property
    def since(self) -> dt.date | None:
        """Return the last day of the period before."""
        return self.period.start - dt.timedelta(days=1) if self.period else None

    @cached_property
    def sheet(self) -> queries_figure.Sheet:
        """Return the sheet all figures of the text are computed on."""
        since = self.since if self.since and self.since < self.as_of else None
        return queries_figure.sheet(
            self.viewer,
            self.region,
            self.as_of,
            since=since,
            inspection=self.inspection.pk if self.inspection else None,
            problem=self.problem.pk if self.problem else None,
            batch=self.batch.pk if self.batch else None,
        )

    def figure(self, code: str, place: Organisation | None = None) -> str:
        """Return the number of a figure in this text, computing it when it is new."""
        where = place or self.region
        wanted = catalogue.get(code).code
        for number, known in self.figures.items():
            if (known["code"], known.get("region")) == (wanted, where.pk):
                return number
        number = str(max((int(key) for key in self.figures), default=0) + 1)
        self.figures[number] = self.computed(wanted, where)
        return number

    def computed(self, code: str, place: Organisation) -> dict[str, Any]:
        """Return a figure as a body keeps it."""
        value = self.sheet.value(code, place)
        name = value.definition.name
        return {
            "code": code,
            "name": name if place.pk == self.region.pk else f"{place.name}{name}",
            "region": place.pk,
            "region_name": place.name,
            "as_of": self.as_of.isoformat(),
            "since": self.since.isoformat() if self.since else None,
            "inspection": self.inspection.pk if self.inspection else None,
            "problem": self.problem.pk if self.problem else None,
            "batch": self.batch.pk if self.batch else None,
            "numerator": value.numerator,
            "denominator": value.denominator,
            "shown": value.shown,
            "note": "",
        }

    @cached_property
    def shelf(self) -> indicator_figures.Shelf:
        """Return the readings of indicators as they stood on the frame's day."""
        return indicator_figures.Shelf(self.viewer, self.as_of)

    def reading(self, wanted: Wanted, place: Organisation) -> str:
        """Return the number in this text of what an indicator says, computing it when it is new."""
        made = self.shelf.figure(wanted, place, self.region)
        same = ("code", "indicator", "what", "region", "period")
        for number, known in self.figures.items():
            if all(known.get(name) == made[name] for name in same):
                return number
        number = str(max((int(key) for key in self.figures), default=0) + 1)
        self.figures[number] = made
        return number

    def again(self, old: dict[str, Any], places: Mapping[int, Organisation]) -> dict[str, Any]:
        """Return a figure computed anew, with its note; a number that a person stated as it is."""
        if old["code"] == STATED:
            return old
        place, note = places[old["region"]], old.get("note", "")
        if old["code"] == INDICATOR:
            wanted = Wanted(old["indicator"], old["what"], parse_span(old["period"]))
            return {**self.shelf.figure(wanted, place, self.region), "note": note}
        return {**self.computed(old["code"], place), "note": note}

    def asked(self, words: str) -> str:
        """Return the number of the figure that a writer's mark asks for; see `rules_body`."""
        said = rules_body.stated(words)
        if said is not None:
            number = str(max((int(key) for key in self.figures), default=0) + 1)
            shown, source = said
            self.figures[number] = {
                "code": STATED,
                "name": "人工数",
                "shown": shown,
                "source": source,
                "as_of": self.as_of.isoformat(),
                "note": "",
            }
            return number
        name, _, place = words.partition("@")
        if name.strip() not in catalogue.BY_NAME and (wanted := self.shelf.wanted(words)):
            return self.reading(wanted, self._place(wanted.place) if wanted.place else self.region)
        return self.figure(name.strip(), self._place(place.strip()) if place else None)

    def _place(self, name: str) -> Organisation:
        found = Organisation.objects.filter(
            name=name, path__gte=self.region.path, path__lt=self.region.path_end
        ).first()
        if found is None:
            message = f"{self.region}下面没有“{name}”。请写它在台账里的全名。"
            raise InvalidInput(message, code="region_unknown")
        return found

    @property
    def slots(self) -> dict[str, str]:
        """Return what fills the places of a template; what is not known stays open."""
        below = BELOW.get(Level(self.region.level))
        found = {
            "地区": self.region.name,
            "级": WHOLE.get(Level(self.region.level), ""),
            "单位": self.office.name,
            "主送": f"各{below}整改办、有关单位" if below else "各有关单位",
            "截至日": long_date(self.as_of),
            "期次": self.period.label if self.period else "",
            "督察": "督察",
        }
        if self.inspection:
            found |= {
                "督察": self.inspection.name,
                "进驻日期": long_date(self.inspection.present_from),
                "反馈日期": long_date(self.inspection.fed_back_on),
            }
        if self.batch:
            found |= {
                "督察": self.batch.inspection.name,
                "批次": self.batch.name,
                "交办日期": long_date(self.batch.handed_on),
                "答复期限": long_date(self.batch.due_on),
            }
        if self.problem:
            found |= {
                "问题编号": self.problem.code,
                "问题": self.problem.title,
                "牵头单位": self.problem.lead.name,
                "整改目标": self.problem.goal,
                "整改时限": deadline_words(self.problem.deadline),
            }
        return found


def long_date(day: dt.date | None) -> str:
    """Return 2026年5月31日; nothing without a day."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def drafted(frame: Frame, lines: str) -> Body:
    """Return a new body from the lines of a template."""
    blocks: list[dict[str, Any]] = []
    for block in rules_body.blocks_of(lines, frame.slots):
        if block["kind"] == "made":
            blocks += makers.made(frame, block["maker"])
        else:
            runs = rules_body.runs_of(block["text"], frame.asked, frame.figures)
            blocks.append({"kind": block["kind"], "runs": runs})
    return {"blocks": blocks, "figures": frame.figures}


def refreshed(frame: Frame, body: Body) -> Body:
    """Return the body with every number and every block of the ledger made anew on the frame's day.

    Prose, notes beside figures and numbers that people state stay as they are.
    """
    places = Organisation.objects.in_bulk(
        [one["region"] for one in body["figures"].values() if one["code"] != STATED]
    )
    for number, old in body["figures"].items():
        try:
            frame.figures[number] = frame.again(old, places)
        except InvalidInput:  # its reading was taken back; the check says so as long as the text uses it
            frame.figures[number] = old
    blocks: list[dict[str, Any]] = []
    before = None
    for block in body["blocks"]:
        maker = block.get("maker")
        if maker is None:
            blocks.append(block)
        elif maker != before:
            blocks += makers.made(frame, maker)
        before = maker
    return rules_body.swept({"blocks": blocks, "figures": frame.figures})


def edited(frame: Frame, body: Body, parts: list[Mapping[str, Any]]) -> Body:
    """Return the body a person made of it: parts are `{"keep": position}` or `{"kind", "text"}`.

    Raises `InvalidInput` naming the paragraph (`part_3`) for a mark that means nothing.
    """
    frame.figures = dict(body["figures"])
    blocks: list[dict[str, Any]] = []
    wrong: dict[str, str] = {}
    for at, part in enumerate(parts):
        if "keep" in part:
            blocks.append(body["blocks"][part["keep"]])
            continue
        kind = part["kind"]
        text = str(part["text"]).strip()
        if kind not in rules_body.KINDS:
            wrong[f"part_{at}"] = "没有这种段落"
            continue
        if not text:
            continue
        try:
            runs = rules_body.runs_of(text, frame.asked, frame.figures)
        except (rules_body.Unreadable, InvalidInput, NotVisible) as trouble:
            wrong[f"part_{at}"] = str(trouble)
        else:
            blocks.append({"kind": kind, "runs": runs})
    if wrong:
        raise InvalidInput(f"还有 {len(wrong)} 段要改，改好就能存", fields=wrong, code="part_unreadable")
    if not blocks:
        raise InvalidInput("正文是空的。请至少写一段。", code="body_empty")
    return rules_body.swept({"blocks": blocks, "figures": frame.figures})


def period_of(words: str) -> Period | None:
    """Return a period from its code or name; None when there is none."""
    return parse_period(words) if words else None


def default_day(period: Period | None) -> dt.date:
    """Return the day figures of a period are taken: its last day, or today while it runs."""
    today = clock.today()
    return min(period.end, today) if period else today
