"""Open zip containers (docx, xlsx, ofd) with suspicion.

The directory is judged before anything is unpacked; sizes are counted while unpacking, because a directory can
lie; an XML part that declares a document type or an entity is refused, whatever it says.
"""

from __future__ import annotations

import itertools
import re
import stat
import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.limits import DEFAULT, MEGA, Limits

_BAD_NAME = re.compile("[\x00-\x1f\\\\:\u202a-\u202e\u2066-\u2069]")
_NESTED = (
    ".zip",
    ".rar",
    ".7z",
    ".gz",
    ".tgz",
    ".tar",
    ".xz",
    ".bz2",
    ".jar",
    ".docx",
    ".xlsx",
    ".pptx",
    ".ofd",
)
_DECLARATION = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype", b"<!entity")
_WIDE = tuple(word.decode().encode(code) for word in _DECLARATION for code in ("utf-16-le", "utf-16-be"))


class Package:
    """A checked container. ``read`` and ``xml`` give one part each and keep count of what was unpacked."""

    def __init__(self, data: bytes, name: str, limits: Limits = DEFAULT) -> None:
        self.name, self.limits = name, limits
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as broken:
            raise self._damaged() from broken
        self._check_directory(infos)
        self._entries = {info.filename.lstrip("/").lower(): info for info in infos if not info.is_dir()}
        self._unpacked: dict[str, int] = {}

    def names(self) -> list[str]:
        """All parts, as spelt in the container."""
        return [info.filename.lstrip("/") for info in self._entries.values()]

    def __contains__(self, part: str) -> bool:
        return part.lstrip("/").lower() in self._entries

    def read(self, part: str) -> bytes:
        """One part's bytes; raises ``Unreadable`` when it is missing, damaged or too large."""
        info = self._entries.get(part.lstrip("/").lower())
        if info is None:
            raise Unreadable(
                "damaged", f"“{self.name}”里缺少必要的部分“{part}”，文件不完整。请重新取一份原件。"
            )
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as stream:
                while piece := stream.read(1 << 18):
                    size += len(piece)
                    if self._others(part) + size > self.limits.zip_bytes:
                        raise self._too_large()
                    if size > MEGA and size > self.limits.zip_ratio * max(info.compress_size, 1):
                        raise self._bomb(info.filename)
                    pieces.append(piece)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            NotImplementedError,
        ) as broken:
            raise self._damaged() from broken
        data = b"".join(pieces)
        self._unpacked[part] = size
        if part.lower().endswith((".xml", ".rels", ".vml")):
            self.refuse_declarations(data, part)
        return data

    def xml(self, part: str) -> Any:
        """One part parsed: the root element (lxml)."""
        return self.parse(self.read(part), part)

    def parse(self, data: bytes, part: str) -> Any:
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as broken:
            raise Unreadable(
                "damaged", f"“{self.name}”里的“{part}”写坏了，没法读全。请重新取一份原件。"
            ) from broken
        if root is None or root.getroottree().docinfo.internalDTD is not None:
            raise self._declaration(part)
        self._refuse_depth(root, part)
        return root

    def refuse_declarations(self, data: bytes, part: str) -> None:
        if any(word in data for word in _DECLARATION):
            raise self._declaration(part)
        if b"\x00" in data[:4096] and any(word in data for word in _WIDE):
            raise self._declaration(part)

    def check_all(self) -> None:
        """Unpack everything once, for a container that a library will open by itself."""
        for name in self.names():
            self.read(name)

    def _others(self, part: str) -> int:
        return sum(size for name, size in self._unpacked.items() if name != part)

    def _refuse_depth(self, root: Any, part: str) -> None:
        depth = deepest = 0
        for event, _ in etree.iterwalk(root, events=("start", "end")):
            depth += 1 if event == "start" else -1
            deepest = max(deepest, depth)
        if deepest > self.limits.xml_depth:
            raise Unreadable(
                "too_deep",
                f"“{self.name}”的“{part}”嵌套了 {deepest} 层，超过 {self.limits.xml_depth} 层，不像正常文件。请另存一份再上传。",
            )

    def _check_directory(self, infos: list[zipfile.ZipInfo]) -> None:
        if len(infos) > self.limits.zip_entries:
            raise Unreadable(
                "too_many_entries",
                f"“{self.name}”里有 {len(infos):,} 个部件，超过 {self.limits.zip_entries:,} 个，不像正常文件。请另存一份再上传。",
            )
        seen: set[str] = set()
        for info in infos:
            self._check_entry(info)
            key = info.filename.lstrip("/").lower()
            if key in seen:
                raise self._unsafe("有重名的部件")
            seen.add(key)
        if sum(info.file_size for info in infos) > self.limits.zip_bytes:
            raise self._too_large()
        self._check_overlap(infos)

    def _check_entry(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        # OFD writers are known to begin names with one slash; anything else that leaves the folder is refused.
        bare = name.removeprefix("/")
        if (
            bare.startswith("/")
            or ".." in bare.split("/")
            or _BAD_NAME.search(info.orig_filename)
            or len(name) > 240
        ):
            raise self._unsafe("部件名指向文件夹之外，或含有不该有的字符")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise self._unsafe("含有指向别处的链接")
        if info.flag_bits & 0x1:
            raise Unreadable("encrypted", f"“{self.name}”加了密码，打不开。请取消密码后另存，再上传。")
        if info.file_size > MEGA and info.file_size > self.limits.zip_ratio * max(info.compress_size, 1):
            raise self._bomb(name)
        if name.lower().endswith(_NESTED) and "/embeddings/" not in name.lower():
            raise self._unsafe("里面还套着别的压缩包或文档")

    def _check_overlap(self, infos: list[zipfile.ZipInfo]) -> None:
        ends = sorted((info.header_offset, info.header_offset + 30 + info.compress_size) for info in infos)
        for (_, end), (start, _) in itertools.pairwise(ends):
            if end > start:
                raise self._unsafe("部件互相重叠")

    def _damaged(self) -> Unreadable:
        return Unreadable(
            "damaged", f"“{self.name}”的内部结构坏了，没法读全。多半是没有传完，请重新取一份原件。"
        )

    def _too_large(self) -> Unreadable:
        limit = self.limits.zip_bytes // MEGA
        return Unreadable("too_large", f"“{self.name}”展开后超过 {limit} MB。请去掉大图片或拆成几份再上传。")

    def _bomb(self, part: str) -> Unreadable:
        return Unreadable(
            "unsafe_archive",
            f"“{self.name}”里的“{part[:60]}”压缩比超过 {self.limits.zip_ratio} 倍，像是恶意构造的文件，没有打开。",
        )

    def _unsafe(self, why: str) -> Unreadable:
        return Unreadable(
            "unsafe_archive",
            f"“{self.name}”{why}，不是正常软件保存的文件，没有打开。请用 Office 或 WPS 另存一份。",
        )

    def _declaration(self, part: str) -> Unreadable:
        return Unreadable(
            "doctype",
            f"“{self.name}”的“{part}”含有文档类型声明，可能夹带外部内容，没有打开。请用 Office 或 WPS 另存一份。",
        )
