"""The inside of the cage. Started by ``cage.py``; reads the file from standard input, answers on standard output."""

from __future__ import annotations

import json
import os
import sys

from dugai.kernel.cage_child import isolate, limit


def main() -> None:
    """Read one file under limits and leave."""
    order = json.loads(sys.argv[2])
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the answer
    isolate()
    limit(order)
    try:
        message = _read(order["name"], recognise=order["recognise"])
    except MemoryError:
        message = _heavy(order["name"])
    answer.write(message)
    answer.flush()
    os._exit(0)  # no teardown: a broken library may hang in it


def _read(name: str, *, recognise: bool) -> bytes:
    # Parsers load only once the limits hold.
    from dugai.intake.readers import Unreadable, ocr, read_bytes
    from dugai.intake.readers.cage import pack

    if not recognise:
        ocr.switch_off()
    try:
        message = pack(read_bytes(sys.stdin.buffer.read(), name))
    except Unreadable as refusal:
        message = {"code": refusal.code, "message": refusal.message}
    message["asked"] = ocr.asked()
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _heavy(name: str) -> bytes:
    words = f"“{name}”太复杂，读的时候内存不够。请拆成几份再上传。"
    return json.dumps({"code": "too_complex", "message": words}).encode()
