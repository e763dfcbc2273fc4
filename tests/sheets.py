"""Workbooks of the 整改措施清单 for the tests: drawn up as officials do, with a title row and merged cells."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import xlsxwriter

SHARED = Path(__file__).resolve().parents[2] / "shared"


def find_document(name: str) -> Path | None:
    """Return a document of the reference shelf beside the checkout, or None when it is not there."""
    for folder in (SHARED, Path(__file__).resolve().parents[1].parent.parent / "shared"):
        path = folder / "corpus" / "documents" / name
        if path.exists():
            return path
    return None


def workbook(
    headers: list[str],
    rows: list[list[Any]],
    *,
    title: str = "整改措施清单",
    merge: tuple[int, ...] = (),
    sheet: str = "措施清单",
) -> bytes:
    """Return an xlsx file: a title row, the header, the rows; columns in `merge` join equal neighbours."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet(sheet)
    if len(headers) > 1:
        page.merge_range(0, 0, 0, len(headers) - 1, title)
    for column, header in enumerate(headers):
        page.write_string(1, column, header)
    for column in range(len(headers)):
        at = 0
        while at < len(rows):
            end = at
            if column in merge:
                while (
                    end + 1 < len(rows)
                    and rows[end + 1][column] == rows[at][column]
                    and rows[end + 1][0] == rows[at][0]
                ):
                    end += 1
            value = rows[at][column]
            if end > at:
                page.merge_range(2 + at, column, 2 + end, column, value)
            elif isinstance(value, dt.date):
                page.write_datetime(2 + at, column, value, book.add_format({"num_format": "yyyy-mm-dd"}))
            elif isinstance(value, str):
                page.write_string(2 + at, column, value)
            else:
                page.write(2 + at, column, value)
            at = end + 1
    book.close()
    return buffer.getvalue()


def annex_rows(text: str) -> list[dict[str, str]]:
    """Read the annex 整改任务完成情况 of the document: one row a measure, every word as it stands there."""
    annex = text[text.index("整改任务完成情况\n\n一、") :]
    rows: list[dict[str, str]] = []
    category = ""
    for block in re.split(r"\n(?=[一二三]、[^\n]+问题\n|问题[一二三四五六七八九十]+：)", annex):
        heading = re.match(r"([一二三]、[^\n]+问题)\s*$", block.strip())
        if heading:
            category = heading[1]
            continue
        found = re.match(
            r"问题([一二三四五六七八九十]+)：(.*?)\n\s*整改时限：(.*?)。\s*\n\s*整改措施：(.*)",
            block,
            re.DOTALL,
        )
        if not found:
            continue
        number, words, deadline, rest = found.groups()
        overall, _, measures = rest.partition("。")
        for part in re.finditer(r"措施序号(\d+)：([^。]+)。(.*?)(?=措施序号\d+：|\Z)", measures, re.DOTALL):
            told = re.sub(r"\n+（下转三版）.*", "", part[3], flags=re.DOTALL)
            rows.append(
                {
                    "category": category,
                    "number": f"问题{number}",
                    "problem": joined(words),
                    "deadline": deadline,
                    "overall": overall,
                    "measure_number": f"措施序号{part[1]}",
                    "status": part[2],
                    "narrative": joined(told),
                }
            )
    return rows


def joined(text: str) -> str:
    """Join the lines of a column that the page break had parted."""
    return re.sub(r"\n+", "", text).strip()


def annex_workbook(rows: list[dict[str, str]]) -> bytes:
    """Draw up the workbook an office would keep for the annex: problem cells merged over their measures."""
    headers = [
        "问题序号",
        "大类",
        "督察反馈问题",
        "整改时限",
        "整改措施总体状态",
        "措施序号",
        "整改措施",
        "状态",
        "主体责任单位",
    ]
    units = {"措施序号7": "市发展改革委、市工业和信息化局", "措施序号11": "市自然资源和规划局，市应急管理局"}
    lines = [
        [
            row["number"],
            row["category"],
            row["problem"],
            row["deadline"],
            row["overall"],
            row["measure_number"],
            row["narrative"],
            row["status"],
            units.get(row["measure_number"], "市委、市人民政府"),
        ]
        for row in rows
    ]
    return workbook(headers, lines, title="整改任务完成情况清单", merge=(0, 1, 2, 3, 4))
