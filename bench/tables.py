"""The figures as a Markdown table: each beside the floor of the same run, its ratio, and its target."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

PAGES = {
    "list": "台账列表，三个条件",
    "page100": "列表第 100 页（按键翻页）",
    "cockpit": "驾驶舱（今天）",
    "board": "地区 × 状态",
    "problem": "问题页",
    "round": "调度轮次",
    "search": "中文检索（污水处理厂）",
    "submit": "报送",
    "adopt": "采纳",
}
TARGETS: Mapping[str, Mapping[int, int]] = {
    "list": {100_000: 60, 1_000_000: 100},
    "page100": {100_000: 80, 1_000_000: 120},
    "cockpit": {100_000: 50, 1_000_000: 100},
    "board": {100_000: 50, 1_000_000: 100},
    "search": {100_000: 150, 1_000_000: 300},
}
"""Milliseconds at 100k and at 10^6 (table C8 of the comparison with the peers)."""

RECORDS_A_SECOND = 1500
FLAT = 1.5


def written(results: Sequence[Any], first: Sequence[Any], *, command: str, started: str) -> str:
    """Return the whole report as Markdown."""
    parts = [
        f"`{command}`，{started}，{machine()}",
        pages(results),
        growth(results),
        work(results),
        searches(results),
    ]
    parts += [
        f"空目录到第一页：{row['seconds']} 秒（其中建站 {row['init']} 秒，{row['engine']}）" for row in first
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def machine() -> str:
    """Return what the figures were measured on."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} 核 {model}，Python {platform.python_version()}，测完时负载 {load}"


def pages(results: Sequence[Any]) -> str:
    """Return one line for each page, engine and size (milliseconds).

    The processor time is that of the web process, a page's mean: other work on the machine hardly
    changes it. What PostgreSQL does in its own processes is not in it.
    """
    head = "| 页面 | 引擎 | 条数 | 中位数 [轮次最低–最高] | p95 | 网页进程处理器 | 基线 | 比 | 查询 | 目标 |"
    lines = [head, "|---|---|---|---|---|---|---|---|---|---|"]
    for name, word in PAGES.items():
        for row in results:
            found = row["pages"].get(name)
            if found is None:
                continue
            target = TARGETS.get(name, {}).get(row["size"])
            verdict = f"≤ {target}：{'达到' if found['median'] <= target else '**未达到**'}" if target else ""
            ratio = f"{found['median'] / found['floor']:.1f}" if found["floor"] else "–"
            lines.append(
                f"| {word} | {row['engine']} | {row['size']:,} | {found['median']:.1f} "
                f"[{found['lowest']:.1f}–{found['highest']:.1f}] | {found['p95']:.1f} "
                f"| {found.get('cpu', '')} | {found['floor']:.2f} | {ratio} "
                f"| {found.get('queries', '')} | {verdict} |"
            )
    return "\n".join(lines)


def growth(results: Sequence[Any]) -> str:
    """Return how much slower each page is at the largest size than at the smallest, by engine."""
    lines = []
    for engine in dict.fromkeys(row["engine"] for row in results):
        rows = sorted((row for row in results if row["engine"] == engine), key=lambda row: int(row["size"]))
        if len(rows) < 2:
            continue
        small, large = rows[0], rows[-1]
        grown = {name: large["pages"][name]["median"] / small["pages"][name]["median"] for name in PAGES}
        listed = "，".join(f"{PAGES[name]} {value:.2f}" for name, value in grown.items())
        over = [PAGES[name] for name, value in grown.items() if value > FLAT]
        verdict = f"超过 {FLAT} 倍的：{'、'.join(over)}" if over else f"都在 {FLAT} 倍以内"
        worked = "，".join(
            f"{PAGES[name]} {large['pages'][name]['cpu'] / small['pages'][name]['cpu']:.2f}"
            for name in PAGES
            if small["pages"][name].get("cpu")
        )
        lines.append(
            f"{engine}，{small['size']:,} → {large['size']:,} 条的倍数：{listed}。{verdict}。"
            f"按网页进程的处理器时间：{worked}。"
        )
    return "\n\n".join(lines)


def work(results: Sequence[Any]) -> str:
    """Return what loading, rounds, imports and exports took."""
    lines = [
        "| 工作 | 引擎 | 条数 | 秒 | 处理器秒 | 每秒（处理器） | 峰值内存 MiB | 目标 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in results:
        lines += _work_of(row)
    return "\n".join(lines)


def _work_of(row: Any) -> Iterable[str]:
    load, opened = row["load"], row["round_opened"]
    rate = load["records"] / load["cpu"]
    met = "达到" if rate >= RECORDS_A_SECOND else "**未达到**"
    size = f"{row['engine']} | {row['size']:,}"
    goal = f"≥ {RECORDS_A_SECOND:,}：{met}"
    yield f"| 登记 | {size} | {load['seconds']} | {load['cpu']} | {rate:,.0f} |  | {goal} |"
    yield f"| 发起全国调度 | {size} | {opened['seconds']} |  |  |  |  |"
    for name, word, limit in (("import", "Excel 导入", 0), ("export", "Excel 导出", 300)):
        found = row.get(name)
        if found is None:
            continue
        if "failed" in found:
            yield f"| {word} | {size} | 没有完成：{found['failed']} |  |  |  |  |"
            continue
        verdict = f"≤ {limit} MiB：{'达到' if found['peak_mib'] <= limit else '**未达到**'}" if limit else ""
        each = f"{found['rows'] / found['cpu']:,.0f}"
        yield (
            f"| {word} {found['rows']:,} 行 | {size} | {found['seconds']} | {found['cpu']} | {each} "
            f"| {found['peak_mib']} | {verdict} |"
        )
    yield f"| 网页进程 | {size} |  |  |  | {row['web_peak_mib']} |  |"


def searches(results: Sequence[Any]) -> str:
    """Return whether the search found all that LIKE finds."""
    lines = []
    for row in results:
        found = row["search_found"]
        same = "一条不少" if found["found"] == found["like"] else f"**相差 {found['like'] - found['found']}**"
        lines.append(
            f"- 检索索引（{row['engine']}，{row['size']:,}）：找到 {found['found']:,}，"
            f"逐行 LIKE {found['like']:,}，{same}；"
            f"前 50 条 {found['find_ms']} ms，计数（到 1000 为止）{found['count_ms']} ms。"
        )
    return "\n".join(lines)
