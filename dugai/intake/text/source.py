"""Plain text as a source, for callers that hold no file."""

from __future__ import annotations

from dugai.intake.blocks import Block, SourceText


def plain_source(name: str, text: str) -> SourceText:
    """One paragraph block a line; the text stays as it is."""
    blocks: list[Block] = []
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        if bare.strip():
            blocks.append(Block("paragraph", bare, at, at + len(bare)))
        at += len(line)
    return SourceText(name, "txt", text, tuple(blocks), complete=True, skipped=())
