"""Evidence of the demo: a few pictures drawn by the program, reviewed as people would; nothing is photographed."""

from __future__ import annotations

import datetime as dt
import io
import random
from decimal import Decimal
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from dugai.evidence import queries, services, services_look
from dugai.evidence.services import Claim
from dugai.evidence.states import Phase
from dugai.files import services as files
from dugai.kernel import clock
from dugai.ledger.models import Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.evidence.models import Evidence
    from dugai.people.models import User

WHY = "the demo chooses among its own tasks"
PROBLEMS = 2
SIZE = (960, 720)
LATITUDE, LONGITUDE = 26.123456, 103.654321
EXIF_PART, GPS_PART, TAKEN, ZONE = 0x8769, 0x8825, 0x9003, 0x9011


def add_evidence(users: Mapping[str, User], seed: int, today: dt.date) -> int:
    """Hand in pictures before and after and a report for the county bureau's first problems; return how many."""
    clerk, draw = users["xian-tianbao"], random.Random(seed)  # noqa: S311  drawn from a seed, not for secrets
    tasks = Task.objects.unscoped(WHY).filter(owner=clerk.organisation).order_by("pk")
    problems = list(dict.fromkeys(tasks.values_list("problem", flat=True)))[:PROBLEMS]
    count = 0
    for number, problem_id in enumerate(problems):
        pictures = [
            _picture(clerk, problem_id, phase, draw, today, stray=number == 1 and phase is Phase.AFTER)
            for phase in (Phase.BEFORE, Phase.AFTER)
        ]
        services.pair_evidence(actor=clerk, evidence_id=pictures[0].pk, other_id=pictures[1].pk)
        paper = _paper(clerk, problem_id)
        count += 3
        _review(users["sheng-shenhe"], pictures, paper, first=number == 0)
    return count


def _review(reviewer: User, pictures: list[Evidence], paper: Evidence, *, first: bool) -> None:
    """Accept the first problem's pictures; send the second one's stray picture back, and let its paper wait."""
    if first:
        for one in (*pictures, paper):
            services.review_evidence(
                actor=reviewer, evidence_id=one.pk, act="accept", opinion="与现场核查一致。"
            )
        return
    services.review_evidence(
        actor=reviewer,
        evidence_id=pictures[1].pk,
        act="send_back",
        opinion="照片定位不在点位上，请到现场重拍。",
    )


def _picture(
    clerk: User, problem_id: int, phase: Phase, draw: random.Random, today: dt.date, *, stray: bool
) -> Evidence:
    day = today - dt.timedelta(days=120 if phase is Phase.BEFORE else 6)
    taken = dt.datetime.combine(day, dt.time(9, 30), tzinfo=clock.SHANGHAI)
    shift = 0.08 if stray else 0.0002
    data = _drawn(phase, draw, taken, (LATITUDE + shift, LONGITUDE))
    stored = files.store_file(actor=clerk, name=f"{phase.label}.jpg", stream=io.BytesIO(data))
    made = services.add_evidence(
        actor=clerk,
        problem_id=problem_id,
        file_id=stored.pk,
        claim=Claim(
            "photos",
            phase,
            title=f"沿河段{phase.label}",
            at=taken,
            place="柳汀河北岸",
            latitude=Decimal(str(LATITUDE)),
            longitude=Decimal(str(LONGITUDE)),
        ),
    )
    services_look.look_into(actor=None, sha256=stored.blob_id)
    return queries.get_evidence(clerk, made.pk)


def _paper(clerk: User, problem_id: int) -> Evidence:
    words = "责任单位自查报告（演示）\n\n对照整改目标逐条自查，措施已经落实，数据见对照表。\n"
    stored = files.store_file(actor=clerk, name="自查报告.txt", stream=io.BytesIO(words.encode()))
    made = services.add_evidence(
        actor=clerk, problem_id=problem_id, file_id=stored.pk, claim=Claim("self_report")
    )
    services_look.look_into(actor=None, sha256=stored.blob_id)
    return made


def _drawn(phase: Phase, draw: random.Random, taken: dt.datetime, place: tuple[float, float]) -> bytes:
    """Draw a river bank: bare heaps before, trees after; the same hills in both."""
    after = phase is Phase.AFTER
    picture = Image.new("RGB", SIZE, "#c9d8e2" if after else "#d5d3cb")
    pen = ImageDraw.Draw(picture)
    width, height = SIZE
    pen.polygon(
        [(0, 330), (220, 180), (470, 320), (700, 210), (width, 340), (width, height), (0, height)], "#8fa58a"
    )
    pen.rectangle((0, 380, width, height), "#86a86b" if after else "#a08a6c")
    pen.polygon([(0, 560), (width, 500), (width, 640), (0, 700)], "#5f8fa8" if after else "#6b6a58")
    for _ in range(26):
        x, y = draw.randrange(20, width - 40), draw.randrange(390, 490)
        if after:
            pen.rectangle((x + 8, y + 22, x + 12, y + 40), "#5b4a35")
            pen.ellipse((x - 6, y - 14, x + 26, y + 26), draw.choice(("#3f7a45", "#4d8a4a", "#356b3d")))
        else:
            pen.polygon(
                [(x, y + 40), (x + 30, y), (x + 64, y + 40)], draw.choice(("#7c6a52", "#8a765b", "#6d5c47"))
            )
    exif = Image.Exif()
    exif[0x0110] = "JY-DEMO"
    inner, gps = exif.get_ifd(EXIF_PART), exif.get_ifd(GPS_PART)
    inner[TAKEN], inner[ZONE] = taken.strftime("%Y:%m:%d %H:%M:%S"), "+08:00"
    gps[1], gps[3] = "N", "E"
    gps[2], gps[4] = (_parts(degrees) for degrees in place)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(round(degrees * 3600, 3), 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, round(seconds, 3)
