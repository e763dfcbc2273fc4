"""What differs between two versions of a plan: rows added, taken away, and cells changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Rows = Mapping[str, Mapping[str, Any]]
"""Rows of a snapshot by key (`problem:3`, `measure:7`, `task:9`), each column to printed value."""

LABELS = {
    "title": "问题摘要",
    "text": "原文",
    "goal": "整改目标",
    "requirement": "整改要求",
    "standard": "整改标准",
    "deadline": "整改时限",
    "lead": "牵头单位",
    "owner": "责任单位",
    "parts": "分工",
    "targets": "量化目标",
    "name": "名称",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed cell, or a row that came or went (`column` empty): what was and what is, as printed."""

    key: str
    name: str
    column: str
    before: str
    after: str

    @property
    def label(self) -> str:
        """Return the Chinese name of the column, or what happened to the row."""
        if self.column:
            return LABELS.get(self.column, self.column)
        return "新增" if self.after else "取消"


def apply_patches(base: Rows, *patches: Rows) -> dict[str, Mapping[str, Any]]:
    """Return the rows of a version from its base and the patches that follow, oldest first."""
    rows = dict(base)
    for patch in patches:
        rows.update(patch)
    return rows


def differences(before: Rows, after: Rows) -> tuple[Difference, ...]:
    """Compare two snapshots row by row in the order of the newer one; rows that went come last."""
    found: list[Difference] = []
    for key, row in after.items():
        old = before.get(key)
        if old is None:
            found.append(
                Difference(key, str(row.get("name", key)), "", "", str(row.get("text") or row.get("name")))
            )
            continue
        found.extend(
            Difference(
                key, str(row.get("name", key)), column, _print(old.get(column)), _print(row.get(column))
            )
            for column in dict.fromkeys([*old, *row])
            if old.get(column) != row.get(column)
        )
    found.extend(
        Difference(key, str(row.get("name", key)), "", str(row.get("text") or row.get("name")), "")
        for key, row in before.items()
        if key not in after
    )
    return tuple(found)


def _print(value: Any) -> str:
    return "、".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value or "")
