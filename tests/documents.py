"""Documents for the stories of intake: annexes drawn by the house's own generator, set in the units of the cast."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from dugai.files import services as files
from dugai.intake import media, services_reading
from dugai.intake.models import Document, Proposal
from dugai.management import working
from tests.cast import make_inspection

if TYPE_CHECKING:
    from dugai.ledger.models import Inspection
    from dugai.people.models import User
    from tests.cast import Cast

ANNEX = """朔岭市公开第三轮中央生态环境保护督察反馈意见整改情况

现将整改情况公开如下。

一、生活污水直排问题
问题一：望渡县老城区污水管网缺口较大，部分生活污水直排柳汀河。
整改时限：2026年12月底前
整改情况：正在整改。
措施序号1：正在整改。改造老城区污水管网6.4公里，已完成2.1公里。
措施序号2：已完成。封堵沿河排污口11处，建立巡查台账。

二、矿山生态破坏问题
问题二：雁回县历史遗留矿山修复推进不力，督察时仍有19处未动工。
整改时限：2027年6月底前
整改情况：正在整改。
措施序号3：正在整改。完成19处历史遗留矿山生态修复。

中共朔岭市委员会 朔岭市人民政府
2026年3月30日
"""


def bring(
    cast: Cast,
    text: str | bytes = ANNEX,
    name: str = "整改情况.txt",
    *,
    inspection: Inspection | None = None,
    actor: User | None = None,
    lead: Any = None,
) -> Document:
    """Bring a document of 朔岭市 in and let the worker read it; 朔岭市住建局 leads where nobody is printed."""
    actor = actor or cast.city_clerk
    data = text.encode() if isinstance(text, str) else text
    kept = files.store_file(actor=actor, name=name, stream=io.BytesIO(data), recognise=media.media_type)
    document = services_reading.start_reading(
        actor=actor,
        file=kept,
        inspection_id=(inspection or make_inspection(cast)).pk,
        home_id=cast.city.pk,
        lead_id=(lead or cast.city_bureau).pk,
    )
    while working.run_one({"intake.read": working.HANDLERS["intake.read"]}) is not None:
        pass
    document.refresh_from_db()
    return document


def proposals(document: Document) -> list[Proposal]:
    """Return all proposals of a document as they are now."""
    return list(Proposal.objects.filter(document=document).order_by("ordinal"))


def the(document: Document, kind: str, number: int) -> Proposal:
    """Return the one proposal of a kind and printed number."""
    (found,) = [row for row in proposals(document) if row.kind == kind and row.values["number"] == number]
    return found
