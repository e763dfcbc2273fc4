"""Plain text: the encoding is found, the characters stay as they are."""

from __future__ import annotations

import codecs
import re

from dugai.intake.blocks import Block, SourceText
from dugai.intake.readers.builder import Cleaner
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.limits import DEFAULT, Limits

# Characters that any page of Chinese prose is full of, simplified and traditional; they tell GB from Big5.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方"
    "后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应"
    "开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命"
    "此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求"
    "老頭基資邊流路級少圖山統接知較將組見計別她手角期根論運農指幾九區強放決西被幹做必戰先回則任取據處理府整改"
    "环境督察问题责任单位时限措施完成群众信访属实办结省市县区局委厅，。、；：（）“”《》这個這為國時來們會發動過說產種後經"
)
_CHINESE = re.compile("[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")
_BROKEN = re.compile("\ufffd+")
_LINES = re.compile(r"\r\n|\r|\n")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A copy may lose a few bytes; more than this share and the encoding is not what we think.
_DAMAGE = 0.002
_LEAST_FIT = 0.1  # share of everyday characters below which a guess at the encoding is wrong


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> SourceText:
    """A text file as it is: one paragraph block a line, line ends kept."""
    text, broken = decode(data, name)
    if len(text) > limits.text_chars:
        raise Unreadable("too_much_text", f"“{name}”的文字超过 {limits.text_chars:,} 字。请拆成几份再导入。")
    notes: list[str] = []
    cleaner = Cleaner()
    # Form feeds and other breaks count as line ends to the cleaner; here only what is harmful goes.
    if cleaner(text) != _LINES.sub("\n", text):
        text = "".join(
            piece if _LINES.fullmatch(piece) else cleaner_line(piece)
            for piece in re.split(r"(\r\n|\r|\n)", text)
        )
        notes = cleaner.notes()
    blocks: list[Block] = []
    at = 0
    for piece in re.split(r"(\r\n|\r|\n)", text):
        if piece.strip() and not _LINES.fullmatch(piece):
            blocks.append(Block("paragraph", piece, at, at + len(piece)))
        at += len(piece)
    if not blocks:
        raise Unreadable("no_text", f"“{name}”里没有文字，只有空白。请看一眼是不是传错了文件。")
    if len(blocks) > limits.blocks:
        raise Unreadable(
            "too_many_parts", f"“{name}”有 {len(blocks):,} 行，超过 {limits.blocks:,} 行。请拆成几份再导入。"
        )
    skipped = (f"有 {broken} 处字节坏了，显示为“\ufffd”，请对照原件",) if broken else ()
    return SourceText(name, "txt", text, tuple(blocks), not broken, skipped, 1, tuple(notes))


def cleaner_line(line: str) -> str:
    """One line without harmful characters, its own breaks (form feed, NEL) as spaces."""
    return Cleaner()(line).replace("\n", " ")


def decode(data: bytes, name: str) -> tuple[str, int]:
    """Text and the number of damaged places; raises ``Unreadable`` when no encoding fits."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _lenient(data[len(mark) :], encoding if encoding == "utf-8" else _wide(mark), name)
    if b"\x00" in data[:65536]:
        encoding = "utf-16-le" if data[1:4096:2].count(0) >= data[0:4096:2].count(0) else "utf-16-be"
        text, broken = _lenient(data, encoding, name)
        if _fit(text) < _LEAST_FIT:
            raise _unknown(name)
        return text, broken
    try:
        return data.decode("utf-8"), 0
    except UnicodeDecodeError:
        pass
    text, broken = _replace(data, "utf-8")
    if broken and broken <= max(1, int(len(text) * _DAMAGE)) and _CHINESE.search(text):
        return text, broken
    return _legacy(data, name)


def _wide(mark: bytes) -> str:
    return {
        codecs.BOM_UTF16_LE: "utf-16-le",
        codecs.BOM_UTF16_BE: "utf-16-be",
        codecs.BOM_UTF32_LE: "utf-32-le",
        codecs.BOM_UTF32_BE: "utf-32-be",
    }[mark]


def _legacy(data: bytes, name: str) -> tuple[str, int]:
    """GB18030 or Big5, whichever reads like Chinese."""
    best: tuple[float, str, int] | None = None
    for encoding in ("gb18030", "big5"):
        text, broken = _replace(data, encoding)
        if broken > max(2, int(len(text) * _DAMAGE)):
            continue
        fit = _fit(text)
        if best is None or fit > best[0]:
            best = (fit, text, broken)
    if best is None or best[0] < _LEAST_FIT:
        raise _unknown(name)
    return best[1], best[2]


def _unknown(name: str) -> Unreadable:
    return Unreadable(
        "encoding", f"“{name}”的文字编码认不出来，读出来是乱码。请用记事本打开，另存为 UTF-8 再上传。"
    )


def _fit(text: str) -> float:
    """Share of everyday characters among all that are not ASCII, 0..1."""
    wide = [c for c in text[:200_000] if ord(c) > 127]
    if not wide:
        return 1.0
    return sum(c in _COMMON for c in wide) / len(wide) - 3 * len(_PRIVATE.findall(text[:200_000])) / len(wide)


def _lenient(data: bytes, encoding: str, name: str) -> tuple[str, int]:
    text, broken = _replace(data, encoding)
    if broken > max(2, int(len(text) * _DAMAGE)):
        raise Unreadable(
            "encoding", f"“{name}”开头说是 {encoding} 编码，里面有 {broken} 处对不上。请另存为 UTF-8 再上传。"
        )
    return text, broken


def _replace(data: bytes, encoding: str) -> tuple[str, int]:
    """The text and the number of places that did not decode; a place may be several bytes long."""
    text = data.decode(encoding, "replace")
    if "\ufffd" not in text:
        return text, 0
    honest = data.count("\ufffd".encode(encoding)) if encoding.startswith("utf") else 0
    return text, max(0, len(_BROKEN.findall(text)) - honest)
