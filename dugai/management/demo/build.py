"""Builds the demo once; a second call finds it and only returns the accounts."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

from django.db import transaction

from dugai.journal import sequencing
from dugai.kernel import clock, planner
from dugai.kernel.months import Period, PeriodKind
from dugai.ledger import services_entry, services_sample, standing, tallies
from dugai.ledger.models import Inspection
from dugai.ledger.states import InspectionLevel, InspectionType
from dugai.management.demo import acts, evidence, indicators, letters, releases
from dugai.management.demo.closeouts import Closing
from dugai.management.demo.ledger import Writer
from dugai.management.demo.months import Months
from dugai.management.demo.places import ACCOUNTS, SCALES, Builder, Region, Scale
from dugai.people import services as people
from dugai.people.models import Organisation, User
from dugai.people.states import Kind, Level, Role

PASSWORD = "Jiangyuan-2026"  # noqa: S105  printed on purpose: the demo holds nothing worth hiding
SEED = 20260601
BATCH = 200
PLAN_UP_TO = 1000
"""Problems of one province up to which its plan is approved too; nobody looks at a larger snapshot."""
Tell = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody how far it is."""
    del stage, done, total


def accounts() -> list[tuple[str, str, str]]:
    """Return (username, label, password) of the accounts to print."""
    return [(username, label, PASSWORD) for username, _, _, label in ACCOUNTS]


def ensure(*, scale: str = "office", seed: int = SEED, tell: Tell = silent) -> list[tuple[str, str, str]]:
    """Build the demo if the site is empty; return its accounts."""
    if not built():
        build(SCALES[scale], seed, tell)
    return accounts()


def built() -> bool:
    """Say whether the demo is there."""
    return User.objects.filter(username=ACCOUNTS[0][0]).exists()


def occupied() -> bool:
    """Say whether anything is here that a demo must not be mixed with."""
    return Organisation.objects.exists()


def build(scale: Scale, seed: int, tell: Tell) -> None:
    """Build organisations, people, ledger and months of reports through the services of their rooms."""
    builder = Builder(seed)
    today = clock.today()
    with transaction.atomic():
        provinces = _provinces(scale, builder, tell)
        users = add_accounts(provinces[0], builder)
        add_clerks(provinces[:1], builder)
    share = scale.problems // len(provinces)
    months = _months_before(today, scale.months)
    begun = (months[0] if months else today) - dt.timedelta(days=15)
    inspections = []
    with clock.standing_at(acts.moment(begun, 0)):
        for number, province in enumerate(provinces):
            writer = Writer(seed + number, today, users["sheng-lingdao"])
            clerk = users["sheng-jingban"] if number == 0 else _clerk_of(province, builder)
            inspections.append(register(clerk, province, writer, share, tell, number * share, scale.problems))
        acts.split_tasks(users, provinces[0].below[0])
    if scale.problems <= PLAN_UP_TO * len(provinces):
        with clock.standing_at(acts.moment(begun, -3)):
            acts.approve_plan(users, inspections[0], provinces[0])
    with transaction.atomic():
        acts.set_nodes(users, today)
        acts.ask_for_changes(users, today)
    closing = Closing(users, provinces[0].below[0], today, begun)
    if months:
        turn = Months(users, provinces[0].below[0], seed, tell)
        for number, day in enumerate(months):
            closing.begin_before(Period.of(PeriodKind.MONTH, day).end)
            turn.past(day, number, len(months))
            _sample(Period.of(PeriodKind.MONTH, day).end)
        closing.begin_before(today)
        turn.special(today)
        turn.present(today)
        tell("rounds", len(months), len(months))
    evidence.add_evidence(users, seed, today)
    with transaction.atomic():
        indicators.add_indicators(users, provinces[0], today)
    with transaction.atomic():
        closing.run()
    with transaction.atomic():
        letters.add_letters(users, inspections[0], provinces[0].below[0], today, seed)
    standing.roll_day(today)
    tallies.fold()
    services_sample.sample_day(today)
    with transaction.atomic():
        releases.release(users, provinces[0].organisation, inspections[0], share)
    tell("journal", 0, 1)
    sequencing.append_all()  # else the first minute of the site would be spent on it
    sequencing.sign_head()
    planner.refresh()


def _sample(day: dt.date) -> None:
    """Keep the counts of a day gone by as they stood when it ended."""
    with clock.standing_at(acts.moment(day, 0)):
        standing.roll_day(day)
        services_sample.sample_day(day)


def _provinces(scale: Scale, builder: Builder, tell: Tell) -> list[Region]:
    if scale.provinces == 1:
        return [builder.province(scale, "990000", "江源省", None)]
    nation = people.add_organisation(
        actor=None,
        parent=None,
        code="990000GJ",
        name="演示国",
        kind=Kind.REGION,
        level=Level.NATION,
        region_code="",
    )
    provinces = []
    for number in range(1, scale.provinces + 1):
        name = "江源省" if number == 1 else f"演示第{number}省"
        provinces.append(builder.province(scale, f"99{number:02d}00", name, nation))
        tell("organisations", number, scale.provinces)
    return provinces


def _months_before(today: dt.date, count: int) -> list[dt.date]:
    """Return a day in each of the last `count` whole months, the oldest first."""
    found = []
    day = today.replace(day=1)
    for _ in range(count):
        day = (day - dt.timedelta(days=1)).replace(day=1)
        found.append(day.replace(day=15))
    return found[::-1]


def register(
    clerk: User, province: Region, writer: Writer, count: int, tell: Tell, done: int, total: int
) -> Inspection:
    """Open the province's inspection and register its problems in batches."""
    year = clock.today().year
    inspection = services_entry.open_inspection(
        actor=clerk,
        object_=province.organisation,
        code=f"JY{province.organisation.region_code}-3",
        name=f"第三轮督察（{province.organisation.name}）",
        level=InspectionLevel.CENTRAL,
        type=InspectionType.ROUTINE,
        round=3,
        batch=2,
        present_from=dt.date(year - 1, 5, 20),
        present_until=dt.date(year - 1, 6, 20),
        fed_back_on=dt.date(year - 1, 10, 15),
    )
    problems = writer.problems(province, count)
    while batch := list(itertools.islice(problems, BATCH)):
        services_entry.register_problems(actor=clerk, inspection_id=inspection.pk, problems=batch)
        done += len(batch)
        tell("problems", done, total)
    return inspection


def add_accounts(province: Region, builder: Builder) -> dict[str, User]:
    """Add the printed accounts; all share one printed password."""
    city, county = province.below[0], province.below[0].below[0]
    discipline = _special(province.organisation, "JW", "纪委监委", Kind.DISCIPLINE)
    supervision = _special(province.organisation, "DC", "委督查室", Kind.SUPERVISION)
    where: dict[str, Organisation] = {
        "province": province.organisation,
        "province-office": province.office,
        "province-bureau": province.bureaus["住建"],
        "city": city.organisation,
        "city-office": city.office,
        "county-office": county.office,
        "county-bureau": county.bureaus["住建"],
        "discipline": discipline,
        "supervision": supervision,
    }
    return {
        username: people.add_user(
            actor=None,
            username=username,
            name=builder.person(),
            title=label,
            organisation=where[place],
            role=role,
            password=PASSWORD,
            must_change_password=False,
        )
        for username, place, role, label in ACCOUNTS
    }


def add_clerks(provinces: list[Region], builder: Builder) -> None:
    """Add a clerk for every other unit, without a password: they show the tree alive and cannot sign in."""
    taken = set(User.objects.values_list("organisation", flat=True))
    for province in provinces:
        for region in [province, *province.below, *province.counties()]:
            for unit in [region.office, *region.bureaus.values(), *region.towns]:
                if unit.pk not in taken:
                    role = Role.OFFICE_CLERK if unit == region.office else Role.UNIT_CLERK
                    people.add_user(
                        actor=None,
                        username=f"u{unit.code.lower()}",
                        name=builder.person(),
                        organisation=unit,
                        role=role,
                    )


def _clerk_of(province: Region, builder: Builder) -> User:
    return people.add_user(
        actor=None,
        username=f"clerk{province.organisation.region_code}",
        name=builder.person(),
        organisation=province.office,
        role=Role.OFFICE_CLERK,
    )


def _special(parent: Organisation, mark: str, name: str, kind: str) -> Organisation:
    return people.add_organisation(
        actor=None,
        parent=parent,
        code=f"{parent.code}{mark}",
        name=f"{parent.name}{name}",
        kind=kind,
        level=parent.level,
        region_code=parent.region_code,
    )
