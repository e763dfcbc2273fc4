"""Flowing text: txt with its many ways of losing a table, html as a saved page, csv."""

from __future__ import annotations

import csv
import io
from html import escape

from dugai.intake.samples.paper import Grid, Line, Paper, TCell, spread

FLATTENINGS = ("tabs", "spaces", "glued", "cell_a_line", "labelled")


def txt(paper: Paper, flattening: str = "tabs", *, wrap: int = 0) -> str:
    """Plain text; ``flattening`` says how tables lost their lines, ``wrap`` breaks lines at that many characters."""
    parts: list[str] = []
    for element in paper.elements:
        if isinstance(element, Line):
            parts += _wrapped(element.text, wrap)
        else:
            parts += flatten(element, flattening)
    return "\n".join(parts) + "\n"


def flatten(grid: Grid, how: str) -> list[str]:
    """The lines that a table becomes."""
    rows = filled(grid)
    if how == "labelled":
        head, body = rows[0], rows[1:]
        return [f"{name}：{value}" for row in body for name, value in zip(head, row, strict=True) if value]
    if how == "cell_a_line":
        return [value for row in rows for value in row if value]
    joint = {"tabs": "\t", "spaces": " ", "glued": ""}[how]
    return [joint.join(value.replace("\n", "") for value in row) for row in rows]


def filled(grid: Grid) -> list[list[str]]:
    """The full grid, covered positions empty."""
    width = len(grid.widths)
    rows = [[""] * width for _ in grid.rows]
    for r, c, cell in spread(grid):
        rows[r][c] = cell.text
    return rows


def _wrapped(text: str, width: int) -> list[str]:
    return [text[i : i + width] for i in range(0, len(text), width)] if width and text else [text]


def html(paper: Paper, *, site: bool = True) -> str:
    """A saved page; with ``site`` the article stands among menus and links."""
    body: list[str] = []
    title = ""
    for element in paper.elements:
        if isinstance(element, Line):
            if element.style == "title" and not title:
                title = element.text
                body.append(f"<h1>{escape(element.text)}</h1>")
            elif element.style == "heading":
                body.append(f"<h3>{escape(element.text)}</h3>")
            else:
                body.append(f"<p>&emsp;&emsp;{escape(element.text)}</p>")
        else:
            body.append(_table(element))
    article = "\n".join(body)
    if site:
        menu = "".join(
            f"<li><a href='#'>{word}</a></li>" for word in ("首页", "机构概况", "政务公开", "互动交流")
        )
        article = (
            f"<div class='nav'><ul>{menu}</ul></div><div class='main'><div id='zoom'>{article}</div></div>"
            f"<div class='foot'><p>主办单位：江源省示例网站</p><p><a href='#'>网站地图</a></p></div>"
        )
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{escape(title)}</title></head><body>{article}</body></html>"


def _table(grid: Grid) -> str:
    rows = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in grid.rows)
    return f"<table border='1'><tbody>{rows}</tbody></table>"


def _cell(cell: TCell) -> str:
    spans = (f" rowspan='{cell.rowspan}'" if cell.rowspan > 1 else "") + (
        f" colspan='{cell.colspan}'" if cell.colspan > 1 else ""
    )
    return f"<td{spans}>" + "<br>".join(escape(line) for line in cell.text.split("\n")) + "</td>"


def csv_text(paper: Paper) -> str:
    """All tables as csv, lines as rows of one cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    for element in paper.elements:
        if isinstance(element, Line):
            writer.writerow([element.text])
        else:
            writer.writerows(filled(element))
    return out.getvalue()
