"""The people of every story, and the small makers: one province, two cities, two counties each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dugai.ledger import deadlines, services_entry
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.entries import NewMeasure, NewProblem, NewTarget, NewTask
from dugai.ledger.models import Inspection, Problem, Task
from dugai.people import services as people
from dugai.people.models import Organisation, User
from dugai.people.states import Kind, Level, Role

PASSWORD = "江源-2026-Pass"


@dataclass
class Cast:
    """Organisations and people of 江源省 (region codes 99…), by the names the tests use."""

    province: Organisation
    city: Organisation
    county: Organisation
    county_office: Organisation
    county_bureau: Organisation
    neighbour: Organisation
    neighbour_office: Organisation
    neighbour_bureau: Organisation
    city_office: Organisation
    city_bureau: Organisation
    province_office: Organisation
    province_bureau: Organisation
    users: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        """Return a person by name: `cast.county_clerk`."""
        try:
            return self.users[name]
        except KeyError:
            raise AttributeError(name) from None


def make_cast() -> Cast:
    """Make the organisations and one person for each role."""

    def unit(
        code: str, name: str, kind: str, level: str, parent: Organisation | None, line: str = ""
    ) -> Organisation:
        return people.add_organisation(
            actor=None,
            parent=parent,
            code=code,
            name=name,
            kind=kind,
            level=level,
            region_code=code[:6],
            line=line,
        )

    province = unit("990000", "江源省", Kind.REGION, Level.PROVINCE, None)
    city = unit("990100", "朔岭市", Kind.REGION, Level.CITY, province)
    other_city = unit("990200", "临砚市", Kind.REGION, Level.CITY, province)
    county = unit("990121", "望渡县", Kind.REGION, Level.COUNTY, city)
    neighbour = unit("990122", "雁回县", Kind.REGION, Level.COUNTY, city)
    cast = Cast(
        province=province,
        city=city,
        county=county,
        neighbour=neighbour,
        province_office=unit("990000ZG", "江源省整改办", Kind.OFFICE, Level.PROVINCE, province),
        province_bureau=unit("990000ZJ", "江源省住建厅", Kind.DEPARTMENT, Level.PROVINCE, province, "住建"),
        city_office=unit("990100ZG", "朔岭市整改办", Kind.OFFICE, Level.CITY, city),
        city_bureau=unit("990100ZJ", "朔岭市住建局", Kind.DEPARTMENT, Level.CITY, city, "住建"),
        county_office=unit("990121ZG", "望渡县整改办", Kind.OFFICE, Level.COUNTY, county),
        county_bureau=unit("990121ZJ", "望渡县住建局", Kind.DEPARTMENT, Level.COUNTY, county, "住建"),
        neighbour_office=unit("990122ZG", "雁回县整改办", Kind.OFFICE, Level.COUNTY, neighbour),
        neighbour_bureau=unit("990122ZJ", "雁回县住建局", Kind.DEPARTMENT, Level.COUNTY, neighbour, "住建"),
    )
    discipline = unit("990000JW", "江源省纪委监委", Kind.DISCIPLINE, Level.PROVINCE, province)
    supervision = unit("990000DC", "江源省委督查室", Kind.SUPERVISION, Level.PROVINCE, province)
    other_office = unit("990200ZG", "临砚市整改办", Kind.OFFICE, Level.CITY, other_city)
    for username, name, organisation, role in (
        ("province_clerk", "周明远", cast.province_office, Role.OFFICE_CLERK),
        ("province_reviewer", "秦岚", cast.province_office, Role.OFFICE_REVIEWER),
        ("province_manager", "郑克", cast.province_office, Role.OFFICE_MANAGER),
        ("city_clerk", "何晓", cast.city_office, Role.OFFICE_CLERK),
        ("city_reviewer", "罗平", cast.city_office, Role.OFFICE_REVIEWER),
        ("other_city_reviewer", "丁然", other_office, Role.OFFICE_REVIEWER),
        ("county_office_clerk", "魏青", cast.county_office, Role.OFFICE_CLERK),
        ("county_office_reviewer", "曹静", cast.county_office, Role.OFFICE_REVIEWER),
        ("county_clerk", "孟晴", cast.county_bureau, Role.UNIT_CLERK),
        ("county_reviewer", "许诚", cast.county_bureau, Role.UNIT_REVIEWER),
        ("neighbour_clerk", "方宁", cast.neighbour_bureau, Role.UNIT_CLERK),
        ("neighbour_office_clerk", "田野", cast.neighbour_office, Role.OFFICE_CLERK),
        ("city_bureau_clerk", "江月", cast.city_bureau, Role.UNIT_CLERK),
        ("verifier", "沈岩", cast.province_bureau, Role.VERIFIER),
        ("leader", "陆文", cast.province, Role.LEADER),
        ("city_leader", "钱川", cast.city, Role.LEADER),
        ("supervisor", "杜衡", supervision, Role.SUPERVISOR),
        ("discipline", "严正", discipline, Role.DISCIPLINE),
        ("public", "公众", cast.province, Role.PUBLIC),
        ("system_admin", "系统员", cast.province, Role.SYSTEM_ADMIN),
        ("security_admin", "安全员", cast.province, Role.SECURITY_ADMIN),
        ("audit_admin", "审计员", cast.province, Role.AUDIT_ADMIN),
    ):
        cast.users[username] = people.add_user(
            actor=None,
            username=username,
            name=name,
            organisation=organisation,
            role=role,
            password=PASSWORD,
            must_change_password=False,
        )
    return cast


def deadline(text: str = "2026年12月底前", issued: dt.date = dt.date(2026, 1, 10)) -> dict[str, Any]:
    """Return a deadline as it is stored, read from its wording."""
    return deadlines.to_json(parse_deadline(text, issued=issued))


def make_inspection(cast: Cast, code: str = "JY3") -> Inspection:
    """Register the provincial inspection the stories are about."""
    return services_entry.open_inspection(
        actor=cast.province_clerk,
        object_=cast.province,
        code=code,
        name="第三轮中央生态环境保护督察",
        level="central",
        type="routine",
        round=3,
        batch=1,
        fed_back_on=dt.date(2026, 1, 10),
    )


def make_problem(
    cast: Cast,
    inspection: Inspection | None = None,
    number: int = 1,
    owners: tuple[Organisation, ...] = (),
    when: str = "2026年12月底前",
    targets: tuple[NewTarget, ...] = (NewTarget("管网", "公里", Decimal("6.4")),),
    home: Organisation | None = None,
) -> Problem:
    """Register one problem of 朔岭市 with one measure and a task for each owner (望渡县住建局 by default)."""
    inspection = inspection or make_inspection(cast)
    entry = NewProblem(
        number=number,
        home=home or cast.city,
        lead=cast.city_bureau,
        columns={
            "title": "老城区污水管网改造滞后",
            "text": "督察发现，望渡县老城区污水管网缺口较大，部分生活污水直排柳汀河。",
            "kind": "report",
            "source": "central_inspection",
            "source_class": "central",
            "deadline": deadline(when),
        },
        parts={"supervising": (cast.province_bureau,), "accepting": (cast.province_bureau,)},
        measures=(
            NewMeasure(
                number=number,
                columns={"text": "改造老城区污水管网 6.4 公里。", "deadline": deadline(when)},
                tasks=tuple(
                    NewTask(owner=owner, deadline=deadline(when), targets=targets)
                    for owner in owners or (cast.county_bureau,)
                ),
            ),
        ),
    )
    (problem,) = services_entry.register_problems(
        actor=cast.province_clerk, inspection_id=inspection.pk, problems=[entry]
    )
    return problem


def task_of(problem: Problem) -> Task:
    """Return the first task of a problem."""
    found: Task = (
        Task.objects.unscoped("a test looks at its own row").filter(problem=problem).order_by("pk")[0]
    )
    return found
