"""Spoilt files of every format: read, or refused with a type; never an untyped error, never a hang.

Tier K runs here in modest numbers; ``DUGAI_FUZZ=20`` multiplies them, ``DUGAI_FUZZ_SEED`` moves the seed. The pdf
and picture decoders are native code: they are tried in a child, so that a crash is seen and the tests go on.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dugai.intake import samples
from dugai.intake.readers import Limits, Unreadable, read_bytes
from dugai.intake.readers.docx_numbers import FORMATS
from dugai.intake.readers.sheet_values import shown
from tests.unit.intake_formats.conftest import sound
from tests.unit.intake_formats.mutate import mutated

TIMES = int(os.environ.get("DUGAI_FUZZ", "1"))
SEED = int(os.environ.get("DUGAI_FUZZ_SEED", "2024"))
ROOT = Path(__file__).parents[3]
# No database is touched here: the second run of the suite, on PostgreSQL, draws a tenth of the cheap ones.
CHEAP = 100 if os.environ.get("DUGAI_TEST_DATABASE_URL") else 1000


@pytest.mark.parametrize(
    ("form", "number"),
    [("docx", 150), ("xlsx", CHEAP), ("ofd", 120), ("csv", CHEAP), ("html", CHEAP), ("txt", CHEAP)],
)
def test_x01_to_x06_spoilt_files_are_read_or_refused(form, number):
    rng = random.Random(f"{SEED}/{form}")
    seeds = [samples.draw_sample(at, kind, form) for at in (1, 2) for kind in ("plan", "complaints")]
    outcomes = {"read": 0, "refused": 0, "mute": 0}
    for _ in range(number * TIMES):
        sample = rng.choice(seeds)
        data = mutated(sample.data, rng)
        began = time.monotonic()
        try:
            sound(read_bytes(data, sample.name))
            outcomes["read"] += 1
        except Unreadable as refusal:
            outcomes["refused" if refusal.code and "“" in refusal.message else "mute"] += 1
        assert time.monotonic() - began < 10
    assert outcomes["read"] + outcomes["refused"] == number * TIMES
    assert min(outcomes["read"], outcomes["refused"]) > 0


CHILD = """
import random, sys, json
from tests.unit.intake_formats.mutate import mutated
from dugai.intake import samples
from dugai.intake.readers import Unreadable, ocr, read_bytes
ocr.switch_off()
form, seed, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if form == "pdf":
    seeds = [samples.draw_sample(1, kind, form) for kind in ("plan", "closure")]
    files = [(s.data, s.name) for s in seeds]
else:
    import io
    from PIL import Image
    out = io.BytesIO()
    Image.effect_noise((60, 40), 80).convert("RGB").save(out, {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[form])
    files = [(out.getvalue(), "a." + form)]
counts = {}
for at in range(first, last):
    print(at, file=sys.stderr, flush=True)
    rng = random.Random(f"{seed}/{form}/{at}")
    data, name = rng.choice(files)
    try:
        read_bytes(mutated(data, rng), name)
        code = "read"
    except Unreadable as refusal:
        code = refusal.code
    counts[code] = counts.get(code, 0) + 1
print(json.dumps(counts))
"""


@pytest.mark.parametrize(("form", "number"), [("pdf", 200), ("jpg", CHEAP), ("png", CHEAP), ("webp", CHEAP)])
def test_x03_x05_native_decoders_do_not_crash(form, number):
    command = [sys.executable, "-c", CHILD, form, str(SEED), "0", str(number * TIMES)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60 + number * TIMES, check=False
    )
    assert done.returncode == 0, done.stderr[-300:]
    counts = json.loads(done.stdout)
    assert sum(counts.values()) == number * TIMES
    assert len(counts) > 1


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["a.txt", "a.csv", "a.html", "a.docx", "a.pdf", "a.ofd", "a.png", "a.doc", "a"]),
)
def test_any_bytes_under_any_name(data, name):
    unforeseen = ""
    try:
        sound(read_bytes(data, name))
    except Unreadable as refusal:
        unforeseen = refusal.message if refusal.__cause__ and "读不下去（" in refusal.message else ""
    assert not unforeseen


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_keeps_its_letters(text):
    try:
        source = sound(read_bytes(text.encode("utf-8", "replace"), "a.txt"))
    except Unreadable as refusal:
        source = None
        code = refusal.code
    if source is None:
        assert code in {"empty", "no_text", "unsupported", "extension_mismatch", "encoding"}
        return
    assert not set(source.text) & {chr(i) for i in range(9)}


@settings(max_examples=300, deadline=None)
@given(
    st.floats(allow_nan=True, allow_infinity=True) | st.integers(-(10**30), 10**30),
    st.sampled_from(
        ["General", "0.00", "yyyy-mm-dd", "0%", "#,##0", '0"件"', "[h]:mm", ";;;", "@", "\\", "0.0;;"]
    )
    | st.text(max_size=12),
)
def test_x08_any_number_in_any_format_shows(number, code):
    assert isinstance(shown(repr(number), code), str)


@settings(max_examples=200, deadline=None)
@given(st.integers(-100_000, 100_000), st.sampled_from(sorted(FORMATS)))
def test_x08_every_number_style_counts_anything(number, style):
    assert isinstance(FORMATS[style](number), str)


def test_limits_hold_for_every_format():
    few = Limits(text_chars=200)
    for form in ("txt", "html", "docx", "xlsx", "csv", "pdf", "ofd"):
        sample = samples.draw_sample(1, "plan", form)
        with pytest.raises(Unreadable) as caught:
            read_bytes(sample.data, sample.name, limits=few)
        assert caught.value.code == "too_much_text"
        assert "200 字" in caught.value.message
