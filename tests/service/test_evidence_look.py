"""What a file says of itself is read in a cage; whatever the file does, the page gets an answer (D10, F20)."""

from __future__ import annotations

import io
import random
import struct
import tempfile
import zlib
from decimal import Decimal

import pypdfium2
import pytest
from PIL import Image

from dugai.evidence import derived, look, queries, services, services_look
from dugai.evidence.models import Derivative, Reading
from dugai.evidence.services import Claim
from dugai.evidence.states import ReadingState
from dugai.files import services as files
from dugai.files import store
from dugai.journal.models import Event
from dugai.kernel.cage import MEGA, Cage
from dugai.kernel.errors import NotVisible, Refused
from tests.cast import Cast, make_problem
from tests.pictures import WGS_WANGDU, photo


def seen(data: bytes, media: str = "image/jpeg", cage: Cage = look.LIMITS) -> look.Look:
    with tempfile.TemporaryFile() as stream:
        stream.write(data)
        stream.seek(0)
        return look.look(stream, media=media, size=len(data), cage=cage)


def test_time_place_and_camera_are_read():
    found = seen(photo(taken="2026:05:03 09:30:00", zone="+08:00"))
    assert (found.state, found.width, found.height, found.camera) == (
        ReadingState.READ,
        640,
        480,
        "Jiangyuan P-1",
    )
    assert found.taken_at is not None
    assert found.taken_at.isoformat() == "2026-05-03T01:30:00+00:00"
    assert found.zone_given
    assert abs(found.latitude - Decimal(str(WGS_WANGDU[0]))) < Decimal("0.00001")
    assert abs(found.longitude - Decimal(str(WGS_WANGDU[1]))) < Decimal("0.00001")


def test_without_a_zone_the_time_is_chinas_and_the_south_is_negative():
    found = seen(photo(zone="", place=(-26.5, -103.25)))
    assert (found.zone_given, found.latitude, found.longitude) == (
        False,
        Decimal("-26.5"),
        Decimal("-103.25"),
    )
    assert found.taken_at.isoformat() == "2026-05-03T01:30:00+00:00"


def test_small_pictures_are_upright_and_carry_nothing():
    found = seen(photo(size=(800, 400), orientation=6))
    assert [(one.kind, one.width < one.height) for one in found.drawn] == [("thumb", True), ("preview", True)]
    for one in found.drawn:
        with Image.open(io.BytesIO(one.data)) as picture:
            assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
        assert b"Jiangyuan" not in one.data


def test_png_and_webp_and_transparency():
    out = io.BytesIO()
    Image.new("RGBA", (90, 60), (0, 0, 0, 0)).save(out, "PNG")
    found = seen(out.getvalue(), "image/png")
    with Image.open(io.BytesIO(found.drawn[0].data)) as picture:
        assert picture.getpixel((10, 10)) == (255, 255, 255)
    assert seen(photo(form="WEBP"), "image/webp").taken_at is not None


def test_a_pdf_tells_its_pages():
    document = pypdfium2.PdfDocument.new()
    for _ in range(3):
        document.new_page(300, 400)
    out = io.BytesIO()
    document.save(out)
    document.close()
    found = seen(out.getvalue(), "application/pdf")
    assert (found.state, found.pages, len(found.drawn)) == (ReadingState.READ, 3, 2)


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it has billions of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "media", "words"),
    [
        (bomb(), "image/png", "百万像素"),
        (photo()[:400], "image/jpeg", "损坏"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "image/jpeg", "损坏"),
        (photo(), "image/png", "损坏"),
        (b"%PDF-1.7 nothing", "application/pdf", "PDF"),
        (b"", "image/jpeg", "损坏"),
    ],
    ids=["bomb", "cut", "empty jpeg", "another format", "no pdf", "nothing"],
)
def test_a_bad_file_is_named_and_not_read(data: bytes, media: str, words: str):
    found = seen(data, media)
    assert (found.state, found.drawn) == (ReadingState.UNREADABLE, ())
    assert words in found.reason


def test_spoiled_pictures_never_break_the_reader():
    """Thirty pictures with flipped bytes: an answer each time, and no drawing from a picture that was refused."""
    dice, good = random.Random(20), photo(size=(160, 120))
    for _ in range(30):
        data = bytearray(good)
        for _ in range(dice.randrange(1, 30)):
            data[dice.randrange(2, len(data))] = dice.randrange(256)
        found = seen(bytes(data))
        assert found.state in {ReadingState.READ, ReadingState.UNREADABLE}
        assert bool(found.drawn) == (found.state == ReadingState.READ)


def test_other_files_are_not_looked_into():
    assert seen(b"text", "text/plain").state is ReadingState.NOTHING


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "os.abort()",
        "os.kill(os.getpid(), 9)",
        "x = []\nwhile True: x.append(bytearray(10**7))",
    ],
    ids=["hangs", "aborts", "is killed", "eats memory"],
)
def test_whatever_happens_to_the_child_there_is_an_answer(monkeypatch, code: str):
    start = (
        "import os, sys, json; sys.path.insert(0, sys.argv[1]); from dugai.kernel.cage_child import limit\n"
    )
    monkeypatch.setattr(look, "START", f"{start}limit(json.loads(sys.argv[2]))\n{code}")
    found = seen(photo(), cage=Cage(cpu=1, wall=5.0, memory=300 * MEGA))
    assert (found.state, found.drawn) == (ReadingState.UNREADABLE, ())
    assert "未能解析" in found.reason


# ---------- kept ----------


def a_picture(cast: Cast, data: bytes | None = None):
    problem = make_problem(cast)
    kept = files.store_file(actor=cast.county_clerk, name="a.jpg", stream=io.BytesIO(data or photo()))
    return services.add_evidence(
        actor=cast.county_clerk, problem_id=problem.pk, file_id=kept.pk, claim=Claim("photos", "before")
    )


@pytest.mark.django_db
def test_what_was_read_is_kept_once_and_drawn_again_when_lost(cast: Cast):
    one = a_picture(cast)
    for _ in range(2):
        services_look.look_into(actor=None, sha256=one.file.blob_id)
    assert (Reading.objects.count(), Derivative.objects.count()) == (1, 2)
    assert Event.objects.filter(kind="reading.made").count() == 1
    picture = queries.picture(cast.verifier, one.pk, "thumb")
    (store.root() / derived._key(Derivative.objects.get(kind="thumb").sha256)).write_bytes(b"forged")
    with pytest.raises(NotVisible):
        queries.picture(cast.verifier, one.pk, "thumb")
    services_look.look_into(actor=None, sha256=one.file.blob_id)
    assert queries.picture(cast.verifier, one.pk, "thumb") == picture
    with pytest.raises(NotVisible):
        queries.picture(cast.neighbour_clerk, one.pk, "thumb")


@pytest.mark.django_db
def test_a_bad_picture_is_kept_with_the_reason(cast: Cast):
    one = a_picture(cast, photo()[:400])
    assert services_look.look_into(actor=None, sha256=one.file.blob_id) is ReadingState.UNREADABLE
    assert "损坏" in Reading.objects.get().reason
    _, stream = queries.open_file(cast.county_clerk, one.pk)
    with stream:
        assert stream.read() == photo()[:400]


@pytest.mark.django_db
def test_a_damaged_blob_is_marked_and_shows_no_picture(cast: Cast):
    one = a_picture(cast)
    services_look.look_into(actor=None, sha256=one.file.blob_id)
    (store.root() / store.key_of(one.file.blob_id)).write_bytes(b"forged")
    services_look.look_into(actor=None, sha256=one.file.blob_id)
    assert Event.objects.filter(kind="file.damaged").count() == 1
    with pytest.raises(NotVisible):
        queries.picture(cast.county_clerk, one.pk, "preview")
    with pytest.raises(Refused):
        queries.open_file(cast.county_clerk, one.pk)
    with pytest.raises(Refused, match="不能采纳"):
        services.review_evidence(actor=cast.verifier, evidence_id=one.pk, act="accept")
