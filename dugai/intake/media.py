"""Which files may come in as documents, by name; whether the content agrees is found out in the cage. Pure."""

from __future__ import annotations

from pathlib import PurePath

from dugai.intake.readers.sniff import ACCEPTED, EXTENSIONS
from dugai.kernel.errors import InvalidInput

_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA = {
    "text": "text/plain",
    "csv": "text/csv",
    "html": "text/html",
    "mhtml": "multipart/related",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "rtf": "application/rtf",
}
SUFFIXES = {suffix: kind for kind, suffixes in EXTENSIONS.items() for suffix in suffixes}


def media_type(name: str, head: bytes) -> str:
    """Return the media type of a document by the ending of its name.

    Raises `InvalidInput` for an ending that no reader takes. The bytes are not believed or disbelieved here: the
    reader holds them against the name, in the cage, and a disagreement is a reading that failed.
    """
    del head
    kind = SUFFIXES.get(PurePath(name).suffix.lower())
    if kind is None:
        message = f"“{name}”不是读得了的格式。可以传 {ACCEPTED}。"
        raise InvalidInput(message, fields={"file": message})
    return MEDIA[kind]
