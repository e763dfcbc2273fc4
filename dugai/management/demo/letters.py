"""信访 of the demo: three batches for one city, answered, sent back, staged, late. Nothing here happened anywhere."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING

from dugai.complaints import services, services_handle
from dugai.complaints.entries import NewLetter
from dugai.complaints.services_handle import Answer
from dugai.complaints.states import Grade, Verdict
from dugai.kernel import clock
from dugai.management.demo import acts
from dugai.people.models import User
from dugai.people.states import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.complaints.models import Letter
    from dugai.ledger.models import Inspection
    from dugai.management.demo.places import Region

BATCHES = ((26, 24), (12, 22), (4, 16))
"""(days ago handed over, letters) of each batch."""
MATTERS = (
    (
        "住建",
        ("water",),
        "{town}老街生活污水经雨水口直排河道，夏天气味大。",
        "老街 {n} 户接错管，污水混入雨水口",
        "已封堵错接口 {n} 处，新接支管 {m} 米",
    ),
    (
        "住建",
        ("dust", "noise"),
        "{town}安置房工地夜间施工，扬尘和噪声影响休息。",
        "工地 {n} 次在 22 时以后浇筑，裸土未盖",
        "责令停止夜间施工，覆盖裸土 {m} 平方米",
    ),
    (
        "生态环境",
        ("air", "water"),
        "{town}一家塑料加工点气味刺鼻，废水流进水沟。",
        "加工点无环评手续，有破碎清洗设备 {n} 台",
        "断电停产，拆除设备 {n} 台，立案处罚 {n} 万元",
    ),
    (
        "生态环境",
        ("noise",),
        "{town}一处选砂场机器昼夜响。",
        "夜间噪声超过标准 {n} 分贝",
        "加装隔声房，限定作业时段，复测达标",
    ),
    (
        "自然资源",
        ("ecology", "dust"),
        "{town}采石场停产后没有复绿，山体裸露。",
        "采石场 {m} 亩未治理，堆料未盖",
        "已平整 {n} 亩，补种苗木，余下按方案推进",
    ),
    (
        "水务",
        ("water",),
        "{town}河段漂浮垃圾和水草，几个月没人管。",
        "河段 {m} 米有漂浮物，保洁间隔 {n} 天",
        "清捞河道 {m} 米，改为每天保洁",
    ),
    (
        "农业农村",
        ("livestock", "water"),
        "{town}养猪场粪水流到田里。",
        "养殖场存栏 {m} 头，贮存池渗漏",
        "清运粪污 {n} 车，重建防渗池",
    ),
    (
        "城管",
        ("fumes",),
        "{town}集贸市场旁几家饭馆油烟直排。",
        "{n} 家饭馆净化器停用",
        "责令 {n} 家清洗并开启净化器，逐家复查",
    ),
    (
        "城管",
        ("garbage",),
        "{town}路边垃圾点满了没人清。",
        "垃圾点 {n} 处清运不及时",
        "增设桶位 {n} 个，调整清运为每日两次",
    ),
)
STANDING = (Verdict.TRUE, Verdict.TRUE, Verdict.MOSTLY, Verdict.PARTLY, Verdict.PARTLY, Verdict.UNTRUE)
NO_FAULT = "现场查看并走访周边 {n} 户，没有发现反映的情况"


class Letters:
    """Writes the letters of one city through the services of the room."""

    def __init__(self, users: Mapping[str, User], inspection: Inspection, city: Region, seed: int) -> None:
        self.users, self.inspection, self.city = users, inspection, city
        self.random = random.Random(seed)  # noqa: S311  drawn samples need a seed, not secrecy
        clerks = User.objects.filter(
            organisation__path__startswith=city.organisation.path, role=Role.UNIT_CLERK, is_active=True
        )
        self.clerks = {user.organisation_id: user for user in clerks.order_by("pk")}
        self.drawn: dict[str, tuple[str, str]] = {}

    def run(self, today: dt.date) -> None:
        """Open the batches on their days; what is old is answered, what is new waits."""
        for number, (back, count) in enumerate(BATCHES, 1):
            with clock.standing_at(acts.moment(today, back)):
                batch = services.open_batch(
                    actor=self.users["shi-jingban"],
                    inspection_id=self.inspection.pk,
                    region=self.city.organisation,
                    number=number,
                    handed_on=clock.today(),
                )
                entries = [self._entry(number, at) for at in range(1, count + 1)]
                rows = services.enter_letters(
                    actor=self.users["shi-jingban"], batch_id=batch.pk, letters=entries
                )
            with clock.standing_at(acts.moment(today, max(back - 7, 1))):
                for at, row in enumerate(rows):
                    self._handle(row, at, back)

    def _entry(self, number: int, at: int) -> NewLetter:
        county = self.random.choice(self.city.below)
        fitting = [one for one in MATTERS if one[0] in county.bureaus]
        line, types, matter, found, done = self.random.choice(fitting)
        n, m = self.random.randint(2, 9), self.random.randint(3, 30) * 10
        town = (
            self.random.choice(county.towns).name.removesuffix("政府")
            if county.towns
            else county.organisation.name
        )
        way = self.random.choice("DX")
        day = clock.today().strftime("%Y%m%d")
        code = f"{way}3JY{day}{number * 100 + at:04d}"
        self.drawn[code] = (found.format(n=n, m=m), done.format(n=n, m=m))
        return NewLetter(
            number=code,
            region=county.organisation,
            summary=matter.format(town=town),
            types=types,
            grade=self.random.choices((Grade.ORDINARY, Grade.KEY, Grade.HARD), (80, 15, 5))[0],
            lead=county.bureaus[line],
        )

    def _handle(self, row: Letter, at: int, back: int) -> None:
        """Take a letter as far as its age says: the last third of a new batch has not been signed for."""
        clerk = self.clerks.get(row.lead_id or 0)
        fresh = back < 7
        if clerk is None or (fresh and at % 3 == 0) or (not fresh and at % 11 == 5):
            return
        services_handle.take_letter(actor=clerk, letter_id=row.pk)
        if fresh and at % 3 == 1:
            return
        services_handle.answer_letter(actor=clerk, letter_id=row.pk, answer=self._answer(row, at))
        reviewer = self.users["shi-shenhe"]
        if fresh or at % 7 == 3:
            return
        if at % 9 == 4:
            services_handle.send_back_letter(
                actor=reviewer, letter_id=row.pk, reason="只写了已整改，请写明做了什么、量是多少、谁去看过。"
            )
        elif at % 5 == 2:
            services_handle.stage_letter(
                actor=reviewer,
                letter_id=row.pk,
                follow_up=clock.today() + dt.timedelta(days=30 + at),
                opinion="临时措施到位，余下按方案推进。",
            )
        else:
            services_handle.close_letter(actor=reviewer, letter_id=row.pk, opinion="同意办结。")

    def _answer(self, row: Letter, at: int) -> Answer:
        verdict = self.random.choice(STANDING)
        found, done = self.drawn[row.number]
        if verdict == Verdict.UNTRUE:
            return Answer(
                verdict=verdict,
                findings=f"经查，{NO_FAULT.format(n=self.random.randint(3, 12))}。反映情况不属实。",
                handling="已向周边群众说明，并纳入日常巡查。",
            )
        held = at % 6 == 0
        return Answer(
            verdict=verdict,
            findings=f"经查，{found}。反映情况{verdict.label}。",
            handling=f"{done}。",
            persons=1 if held else None,
            person_times=1 if held else None,
            accountability="约谈监管责任人 1 人。" if held else "",
        )


def add_letters(
    users: Mapping[str, User], inspection: Inspection, city: Region, today: dt.date, seed: int
) -> None:
    """Add the letters of the demo."""
    Letters(users, inspection, city, seed).run(today)
