"""What reading costs: against bare extraction, many documents in parallel, scanned pages a minute.

    python -m bench.intake_speed               # the table, 200 documents in parallel
    python -m bench.intake_speed --many 1000   # the full parallel run
    python -m bench.intake_speed --scans 6     # recognise that many pages (needs the ocr extra)

The promise: a text document costs less than twice its bare extraction plus 50 ms a page.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import ofdkit
import openpyxl
import pypdfium2
from selectolax.lexbor import LexborHTMLParser
from tqdm import tqdm

from bench.intake_measures import show
from dugai.intake import samples
from dugai.intake.readers import ocr, read_bytes, read_file_caged
from dugai.intake.samples.ledger import draw
from dugai.intake.samples.papers import make

_TIMES = 7


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--many", type=int, default=200, help="documents for the parallel run")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scans", type=int, default=0, help="pages to recognise")
    order = parser.parse_args()
    print(against_bare())
    print()
    print(in_parallel(order.many, order.workers))
    if order.scans:
        print()
        print(scans(order.scans))


def _long(form: str, kind: str) -> bytes:
    """A long document: nine problems, or 120 complaints."""
    rng = random.Random(7)
    paper = make(kind, draw(rng, problems=9, cases=120), rng)
    return samples.written(paper, form)


def _docx(data: bytes) -> int:
    document = docx.Document(io.BytesIO(data))
    text = [p.text for p in document.paragraphs]
    text += [c.text for t in document.tables for r in t.rows for c in r.cells]
    return len("".join(text))


def _xlsx(data: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return sum(
        len(str(v))
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for v in row
        if v is not None
    )


def _pdf(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    return sum(len(page.get_textpage().get_text_range()) for page in document)


BARE: dict[str, Callable[[bytes], int]] = {
    "txt": lambda data: len(data.decode()),
    "html": lambda data: len(LexborHTMLParser(data).text() or ""),
    "docx": _docx,
    "xlsx": _xlsx,
    "csv": lambda data: len(data.decode()),
    "pdf": _pdf,
    "ofd": lambda data: len(ofdkit.extract_text(data)),
}


def _median(work: Callable[[], object]) -> float:
    """Median milliseconds of a few runs after one to warm up."""
    work()
    times = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        work()
        times.append(1_000 * (time.perf_counter() - began))
    return statistics.median(times)


def against_bare() -> str:
    """One line a format and kind of document."""
    rows = []
    for form, bare in BARE.items():
        for kind in ("disclosure", "complaints"):
            data = _long(form, kind)
            name = f"a.{form}"
            source = read_bytes(data, name)
            plain = _median(lambda data=data, bare=bare: bare(data))  # type: ignore[misc]
            ours = _median(lambda data=data, name=name: read_bytes(data, name))  # type: ignore[misc]
            with tempfile.NamedTemporaryFile(suffix=f".{form}") as file:
                file.write(data)
                file.flush()
                caged = _median(lambda file=file: read_file_caged(file.name))  # type: ignore[misc]
            allowed = 2 * plain + 50 * source.pages
            kept = "yes" if ours < allowed else "NO"
            rows.append([form, kind, source.pages, len(source.text), plain, ours, caged, allowed, kept])
    head = [
        "format",
        "kind",
        "pages",
        "characters",
        "bare ms",
        "read ms",
        "in the cage ms",
        "allowed ms",
        "kept",
    ]
    return show(head, [[f"{v:.1f}" if isinstance(v, float) else v for v in row] for row in rows])


def in_parallel(many: int, workers: int) -> str:
    """Documents of all text formats through the cage, and the parent's memory at a quarter and at the end."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for at in range(min(many, 70)):
            form = tuple(BARE)[at % len(BARE)]
            sample = samples.draw_sample(at, samples.KINDS[at % len(samples.KINDS)], form)
            path = Path(folder) / sample.name
            path.write_bytes(sample.data)
            paths.append(path)
        files = [paths[at % len(paths)] for at in range(many)]
        early = 0
        began = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            results = pool.map(lambda path: len(read_file_caged(path).text), files)
            for at, _ in enumerate(tqdm(results, total=many, unit="document", disable=None)):
                if at == many // 4:
                    early = _memory()
        took = time.perf_counter() - began
    growth = (_memory() - early) / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (
        f"{many} documents, {workers} at a time: {took:.1f} s, {many / took:.1f} a second; "
        f"parent grew by {growth:.1f} MB after the first quarter; largest child {child:.0f} MB"
    )


def _memory() -> int:
    """Highest resident size so far in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def scans(pages: int) -> str:
    """Recognised pages a minute, one process."""
    if not ocr.installed():
        return "scans: the ocr extra is not installed, nothing measured"
    rows = []
    for kind in ("disclosure", "complaints"):
        done = 0
        read_bytes(samples.draw_sample(1, "accountability", "scan-clean").data, "a.pdf")
        began = time.perf_counter()
        for seed in range(pages):
            if done >= pages:
                break
            done += read_bytes(samples.draw_sample(seed, kind, "scan-clean").data, "a.pdf").pages
        took = time.perf_counter() - began
        rows.append([kind, done, took / done, 60 * done / took])
    return show(["scan", "pages", "seconds a page", "pages a minute"], rows)


if __name__ == "__main__":
    main()
