"""An Excel import or export in a process of its own, so that its time and peak memory are its own.

python -m bench.sheets export --rows 50000 --folder DIR
python -m bench.sheets import --rows 20000 --folder DIR
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from pathlib import Path
from typing import Any

import django
import xlsxwriter

HEADERS = ("序号", "反馈问题", "措施序号", "整改措施", "完成时限", "牵头单位", "责任单位", "所属地区", "状态")
PER_PROBLEM = 5


def main() -> int:
    """Do the work and print what it took as JSON."""
    words = argparse.ArgumentParser()
    words.add_argument("work", choices=("import", "export"))
    words.add_argument("--rows", type=int, required=True)
    words.add_argument("--folder", type=Path, required=True)
    chosen = words.parse_args()
    django.setup()
    work = take_in if chosen.work == "import" else give_out
    json.dump(work(chosen.rows, chosen.folder), sys.stdout)
    return 0


def give_out(rows: int, folder: Path) -> dict[str, Any]:
    """Export the list as the export's own child process does, in constant memory."""
    from dugai.ledger import list_export  # noqa: PLC0415  models load after Django is set up
    from dugai.ledger.models import Inspection, Measure  # noqa: PLC0415  the same

    viewer = _national()
    inspection = Inspection.objects.order_by("pk")[0]
    there = Measure.objects.unscoped("how many there are").filter(problem__inspection=inspection).count()
    cut = list_export.measures_for

    def first_rows(actor: Any, filters: Any) -> Any:
        found = cut(actor, filters)
        return (
            found.filter(pk__lte=found.order_by("pk").values_list("pk", flat=True)[rows - 1])
            if there > rows
            else found
        )

    list_export.measures_for = first_rows
    start, cpu = time.perf_counter(), time.process_time()
    written = list_export.write_here(viewer, {"inspection": str(inspection.pk)}, folder / "list.xlsx")
    return {
        **_taken(start, cpu),
        "rows": written,
        "mib": round((folder / "list.xlsx").stat().st_size / 2**20, 1),
    }


def take_in(rows: int, folder: Path) -> dict[str, Any]:
    """Stage a workbook of `rows` measures and accept it, through the services of the import."""
    from dugai.ledger import services_entry  # noqa: PLC0415  models load after Django is set up
    from dugai.people.models import Organisation  # noqa: PLC0415  the same
    from dugai.staging import services as staging  # noqa: PLC0415  the same

    viewer = _national()
    root = Organisation.objects.get(parent=None)
    cities = list(
        Organisation.objects.filter(level="city", kind="region")
        .order_by("path")
        .values_list("name", flat=True)
    )
    place = folder / "list.xlsx"
    _write(place, rows, cities)
    inspection = services_entry.open_inspection(
        actor=viewer,
        object_=root,
        code=f"DR{time.time_ns()}",
        name="导入测速",
        level="central",
        type="routine",
        fed_back_on=dt.date(2026, 1, 1),
    )
    data = place.read_bytes()
    context = {"inspection": inspection.pk, "home": root.pk, "issued": "2026-01-10"}
    start, cpu = time.perf_counter(), time.process_time()
    batch = staging.stage(actor=viewer, kind="ledger", file_name="list.xlsx", data=data, context=context)
    staged = round(time.perf_counter() - start, 2)
    staging.accept(actor=viewer, batch_id=batch.pk, seen_version=batch.version)
    counts = {"read": batch.rows_read, "good": batch.rows_good, "rejected": batch.rows_rejected}
    return {**_taken(start, cpu), **counts, "rows": rows, "staged": staged}


def _taken(start: float, cpu: float) -> dict[str, float]:
    # not ru_maxrss: that one begins with the size of the process that started us
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    return {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu": round(time.process_time() - cpu, 2),
        "peak_mib": round(peak),
    }


def _national() -> Any:
    from dugai.people.models import User  # noqa: PLC0415  models load after Django is set up

    return User.objects.select_related("organisation__parent").get(username="national")


def _write(place: Path, rows: int, cities: list[str]) -> None:
    book = xlsxwriter.Workbook(str(place), {"constant_memory": True})
    page = book.add_worksheet("措施清单")
    page.write_row(0, 0, HEADERS)
    for number in range(rows):
        problem, city = number // PER_PROBLEM + 1, cities[(number // PER_PROBLEM) % len(cities)]
        bureau = f"{city}生态环境局"
        text = f"{city}第{problem}个问题：污水处理厂配套管网缺口较大，雨污混流，群众反映强烈。"
        measure = f"新建污水管网 {number % 9 + 1} 公里，改造泵站，建立长效管护机制，逐月报送进展。"
        date = f"2026年{number % 12 + 1}月底前"
        page.write_row(
            number + 1, 0, (problem, text, number + 1, measure, date, bureau, bureau, city, "正在整改")
        )
    book.close()


if __name__ == "__main__":
    raise SystemExit(main())
