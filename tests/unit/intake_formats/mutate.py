"""Spoil a file in the ways that disks, networks and attackers do; the seed gives the same spoilt file."""

import io
import random
import re
import zipfile

TOKENS = (b"<w:tbl>", b"</w:tbl>", b"<w:ins>", b"</w:p>", b"<w:fldChar/>", b"<w:numPr>", b"&lt;", b"&#0;", b"&amp", b"\x00", b"<!--", b"]]>",
          b"99999999999", b"-1", b"\xff\xfe", b"<a:b:c>", b'"', b"NaN", b"<row r='0'>", b"</c>", b"<mergeCell ref='A1:XFD9'/>")  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One spoilt copy: raw bytes, or a part inside the container."""
    if data[:2] == b"PK" and rng.random() < 0.8:
        return _inside(data, rng)
    return _raw(data, rng)


def _raw(data: bytes, rng: random.Random) -> bytes:
    body = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 40))):
        if not body:
            break
        at = rng.randrange(len(body))
        how = rng.randrange(7)
        if how == 0:
            body[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            body[at] = rng.randrange(256)
        elif how == 2:
            del body[at : at + rng.choice((1, 4, 100, 5_000))]
        elif how == 3:
            body[at:at] = rng.randbytes(rng.choice((1, 4, 100)))
        elif how == 4:
            body[at:at] = rng.choice(TOKENS)
        elif how == 5:
            start = rng.randrange(len(body))
            body[at:at] = body[start : start + rng.choice((4, 50, 500))]
        else:
            del body[at:]
    return bytes(body)


def _inside(data: bytes, rng: random.Random) -> bytes:
    """Change the XML of one part: tags taken out, doubled, swapped, or text spoilt."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = [info.filename for info in old.infolist()]
        chosen = rng.choice([n for n in names if n.endswith((".xml", ".rels"))] or names)
        for name in names:
            body = old.read(name)
            if name == chosen:
                if rng.random() < 0.1:
                    continue
                body = _tags(body, rng) if rng.random() < 0.7 else _raw(body, rng)
            new.writestr(name, body)
    return out.getvalue()


def _tags(body: bytes, rng: random.Random) -> bytes:
    pieces = re.split(rb"(<[^>]*>)", body)
    for _ in range(rng.choice((1, 2, 6))):
        if len(pieces) < 3:
            break
        at, other = rng.randrange(len(pieces)), rng.randrange(len(pieces))
        how = rng.randrange(5)
        if how == 0:
            pieces[at] = b""
        elif how == 1:
            pieces[at] *= rng.choice((2, 3, 60))
        elif how == 2:
            pieces[at], pieces[other] = pieces[other], pieces[at]
        elif how == 3:
            pieces[at] = rng.choice(TOKENS)
        else:
            pieces[at] = re.sub(
                rb'"[^"]*"', lambda m: rng.choice((b'""', b'"-1"', b'"99999999"', m.group(0))), pieces[at]
            )
    return b"".join(pieces)
