"""Organisations and people of the demo province, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from dugai.management.demo.words import BUREAUS, CITIES, FAMILY, FIRST, GIVEN, SECOND, TOWNS
from dugai.people import services as people
from dugai.people.models import Organisation
from dugai.people.states import Kind, Level, Role


@dataclass(frozen=True)
class Scale:
    """How large a demo is: cities, counties of each, bureaus of each region, townships of each county."""

    provinces: int
    cities: int
    counties: int
    bureaus: int
    towns: int
    problems: int
    months: int


SCALES = {
    "office": Scale(provinces=1, cities=1, counties=3, bureaus=5, towns=2, problems=150, months=2),
    "province": Scale(provinces=1, cities=14, counties=9, bureaus=10, towns=8, problems=4400, months=1),
    "nation": Scale(provinces=31, cities=10, counties=9, bureaus=8, towns=0, problems=88_000, months=0),
}


@dataclass
class Region:
    """A region with its office, its bureaus by line, and what stands below."""

    organisation: Organisation
    office: Organisation
    bureaus: dict[str, Organisation]
    towns: list[Organisation] = field(default_factory=list)
    below: list[Region] = field(default_factory=list)

    def counties(self) -> list[Region]:
        """Return the lowest regions under this one."""
        return [self] if not self.below else [county for region in self.below for county in region.counties()]


class Builder:
    """Draws names from a seed and adds the organisations through the service of the room."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  a demo needs repeatable, not secret, numbers
        self.used: set[str] = set()

    def province(self, scale: Scale, code: str, name: str, parent: Organisation | None) -> Region:
        """Build one province with its cities and counties; names come once a province, as there are too few."""
        self.used.clear()
        region = self._region(code, name, Level.PROVINCE, parent, scale, "厅")
        for number in range(1, scale.cities + 1):
            city_name = CITIES[number - 1] + "市" if scale.provinces == 1 else self._fresh() + "市"
            city_code = f"{code[:2]}{number:02d}00" if scale.provinces == 1 else f"{code[:4]}{number:02d}"
            city = self._region(city_code, city_name, Level.CITY, region.organisation, scale, "局")
            for count in range(1, scale.counties + 1):
                county_code = (
                    f"{city_code[:4]}{20 + count:02d}" if scale.provinces == 1 else f"{city_code}{count:02d}"
                )
                suffix = "区" if count == 1 else "县"
                county = self._region(
                    county_code, self._fresh() + suffix, Level.COUNTY, city.organisation, scale, "局"
                )
                for at in range(scale.towns):
                    county.towns.append(self._town(county.organisation, at))
                city.below.append(county)
            region.below.append(city)
        return region

    def person(self) -> str:
        """Draw a name."""
        return self.random.choice(FAMILY) + self.random.choice(GIVEN)

    def _region(
        self, code: str, name: str, level: str, parent: Organisation | None, scale: Scale, ending: str
    ) -> Region:
        organisation = _add(parent, code, name, Kind.REGION, level)
        office = _add(organisation, f"{code}ZG", f"{name}整改办", Kind.OFFICE, level)
        bureaus = {
            line: _add(
                organisation,
                f"{code}{mark}",
                f"{name}{full}{ending}",
                Kind.DEPARTMENT,
                level,
                line,
                f"{name}{line}{ending}",
            )
            for mark, line, full in BUREAUS[: scale.bureaus]
        }
        return Region(organisation, office, bureaus)

    def _town(self, county: Organisation, at: int) -> Organisation:
        name = TOWNS[at % len(TOWNS)]
        return _add(
            county, f"{county.code}{at + 1:03d}", f"{county.name}{name}政府", Kind.DEPARTMENT, Level.TOWNSHIP
        )

    def _fresh(self) -> str:
        while True:
            name = self.random.choice(FIRST) + self.random.choice(SECOND)
            if name[0] != name[1] and name not in self.used:
                self.used.add(name)
                return name


def _add(
    parent: Organisation | None, code: str, name: str, kind: str, level: str, line: str = "", short: str = ""
) -> Organisation:
    return people.add_organisation(
        actor=None,
        parent=parent,
        code=code,
        name=name,
        short_name=short,
        kind=kind,
        level=level,
        region_code=code[:6],
        line=line,
    )


ACCOUNTS: tuple[tuple[str, str, str, str], ...] = (
    ("xian-tianbao", "county-bureau", Role.UNIT_CLERK, "县住建局填报人"),
    ("xian-shenhe", "county-bureau", Role.UNIT_REVIEWER, "县住建局审核人"),
    ("xian-zhenggaiban", "county-office", Role.OFFICE_CLERK, "县整改办经办"),
    ("shi-jingban", "city-office", Role.OFFICE_CLERK, "市整改办经办"),
    ("shi-shenhe", "city-office", Role.OFFICE_REVIEWER, "市整改办审核"),
    ("sheng-jingban", "province-office", Role.OFFICE_CLERK, "省整改办经办"),
    ("sheng-shenhe", "province-office", Role.OFFICE_REVIEWER, "省整改办审核"),
    ("sheng-guanli", "province-office", Role.OFFICE_MANAGER, "省整改办管理"),
    ("sheng-yanshou", "province-bureau", Role.VERIFIER, "省住建厅督导验收"),
    ("sheng-lingdao", "province", Role.LEADER, "省领导"),
    ("shi-lingdao", "city", Role.LEADER, "市领导"),
    ("ducha", "supervision", Role.SUPERVISOR, "省委督查室"),
    ("jijian", "discipline", Role.DISCIPLINE, "省纪委监委"),
    ("gongzhong", "province", Role.PUBLIC, "公众（只读）"),
    ("xitong", "province", Role.SYSTEM_ADMIN, "系统管理员"),
    ("anquan", "province", Role.SECURITY_ADMIN, "安全管理员"),
    ("shenji", "province", Role.AUDIT_ADMIN, "审计管理员"),
)
"""(username, where, role, label): the accounts the demo prints, one or more a role."""
