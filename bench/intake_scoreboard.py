"""How well documents are read and understood, by format and by damage, on drawn samples with known truth.

    python -m bench.intake_scoreboard --seeds 20                 # every text format, every damage
    python -m bench.intake_scoreboard --seeds 2 --scans          # pictures too (slow; the ocr extra)
    python -m bench.intake_scoreboard --corpus ../shared/corpus  # the annotated papers, by their own scorer
    python -m bench.intake_scoreboard --marked tests/unit/intake/marked --corpus ../shared/corpus  # only these, by it
    python -m bench.intake_scoreboard --keep docs/reference/intake-history.csv   # one line of history

The seeds start at 1000, so that no document of the tests is among them.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import json
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bench.intake_measures import Tally, character_errors, reading, show, understanding
from dugai.intake import samples
from dugai.intake.readers import Unreadable, read_bytes
from dugai.intake.samples.damage import DAMAGES
from dugai.intake.samples.marked import parse

FIRST_SEED = 1_000
KINDS = ("problems", "measures", "fields", "figures", "complaints", "defects")
# Newspaper columns are for running text; a table across a page is set over its whole width.
PROSE = ("disclosure", "accountability")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, help="documents of each kind (default 5)")
    parser.add_argument("--forms", nargs="*", help="only these formats")
    parser.add_argument("--kinds", nargs="*", default=samples.KINDS, help="only these kinds of document")
    parser.add_argument("--damage", nargs="*", help="only these kinds of damage")
    parser.add_argument("--scans", action="store_true", help="pictures of pages too")
    parser.add_argument("--corpus", type=Path, help="folder with documents, gold records and score.py")
    parser.add_argument(
        "--marked", type=Path, help="folder of marked documents to score instead (with --corpus)"
    )
    parser.add_argument("--keep", type=Path, help="append the means of this run to that table")
    parser.add_argument("--json", type=Path, help="also write the numbers there")
    order = parser.parse_args()
    if order.seeds < 1:
        parser.error("--seeds must be 1 or more")
    scorer = order.corpus / "score.py" if order.corpus else None
    if order.marked:
        if scorer is None:
            parser.error("--marked needs --corpus: its scorer counts")
        print(marked_scores(order.marked, scorer))
        return
    board = Board(scorer)
    forms = order.forms or [f for f in samples.FORMS if order.scans or not _is_picture(f)]
    jobs = [(form, None) for form in forms]
    jobs += [("txt", name) for name in (DAMAGES if order.damage is None else order.damage)]
    for form, damage in tqdm(jobs, unit="group", disable=None):
        for seed in range(FIRST_SEED, FIRST_SEED + order.seeds):
            for kind in (k for k in order.kinds if k in PROSE or not form.endswith("columns")):
                board.run(seed, kind, form, damage)
    print(board.table())
    papers = annotated(order.corpus, board) if order.corpus else {}
    if papers:
        print()
        print(show(["annotated papers", "F1"], list(papers.items())))
    if order.keep:
        keep(order.keep, order.seeds, board.numbers(), papers)
    if order.json:
        order.json.write_text(json.dumps(board.numbers(), ensure_ascii=False, indent=1), encoding="utf-8")


class Board:
    """The tallies of one run, by group: a format, or a damage."""

    def __init__(self, scorer: Path | None) -> None:
        self.read: dict[str, Tally] = defaultdict(Tally)
        self.letters: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.facts: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
        self.official: dict[str, Any] = {}
        self.refused: dict[str, int] = defaultdict(int)
        self.understand = _understand()
        self.scorer = _load(scorer) if scorer else None

    def run(self, seed: int, kind: str, form: str, damage: str | None) -> None:
        """One document."""
        sample = samples.draw_sample(seed, kind, form, damage)
        group = f"{form} + {damage}" if damage else form
        if damage and not sample.paper.damage:
            return
        try:
            source = read_bytes(sample.data, sample.name)
        except Unreadable as refusal:
            self.refused[f"{group}: {refusal.code}"] += 1
            return
        self.read[group].add(reading(sample.paper, source))
        errors, letters = character_errors(sample.paper, source)
        self.letters[group][0] += errors
        self.letters[group][1] += letters
        if self.understand is None:
            return
        record = self.understand(source)
        for name, tally in understanding(sample.truth, record).items():
            self.facts[group][name].add(tally)
        if self.scorer is not None:
            total = self.official.setdefault(group, self.scorer.Tally())
            for name, tally in self.scorer.score_record(sample.truth, record).t.items():
                if name in self.scorer.MAIN:
                    total.add(tally)

    def numbers(self) -> dict[str, dict[str, float | None]]:
        found: dict[str, dict[str, float | None]] = {}
        for group in self.read:
            errors, letters = self.letters[group]
            row: dict[str, float | None] = {"blocks": self.read[group].f1, "cer": errors / max(letters, 1)}
            row |= {name: self.facts[group][name].f1 for name in KINDS if group in self.facts}
            if group in self.official:
                row["corpus_f1"] = self.official[group].row()["f1"]
            found[group] = row
        return found

    def table(self) -> str:
        numbers = self.numbers()
        names = list(dict.fromkeys(name for row in numbers.values() for name in row))
        text = show(
            ["format", *names], [[group, *(row.get(n) for n in names)] for group, row in numbers.items()]
        )
        refusals = "".join(f"\nrefused {count}: {what}" for what, count in sorted(self.refused.items()))
        absent = (
            ""
            if self.understand
            else "\nonly the reading was measured: this checkout has no dugai.intake.understand"
        )
        return text + refusals + absent


def marked_scores(folder: Path, scorer_at: Path) -> str:
    """Every form of every marked document, by the scorer of the annotated papers."""
    scorer = _load(scorer_at)
    understand = _understand()
    if understand is None:
        return "this checkout has no dugai.intake.understand"
    total = {kind: scorer.Tally() for kind in scorer.KINDS if kind != "figure_names"}
    forms = 0
    for path in sorted(folder.glob("*.txt")):
        case = parse(path.read_text(encoding="utf-8"))
        for form in case.forms:
            source = read_bytes(samples.written(case.paper, form), case.name + samples.FORMS[form])
            for kind, tally in scorer.score_record(case.gold, understand(source)).t.items():
                if kind in total:
                    total[kind].add(tally)
            forms += 1
    together = scorer.Tally()
    for kind in scorer.MAIN:
        together.add(total[kind])
    rows = [
        [kind, t.gold, t.row()["precision"], t.row()["recall"], t.row()["f1"]]
        for kind, t in total.items()
        if t.gold or t.pred
    ]
    rows.append(
        ["main kinds together", together.gold, *(together.row()[k] for k in ("precision", "recall", "f1"))]
    )
    return f"{forms} documents\n\n" + show(["kind", "gold", "precision", "recall", "F1"], rows)


def annotated(corpus: Path, board: Board) -> dict[str, float | None]:
    """Return the F1 by kind over the annotated papers, as their own scorer counts."""
    if board.understand is None or board.scorer is None:
        return {}
    total: dict[str, Any] = {}
    for gold in sorted((corpus / "gold").glob("*.json")):
        paper = next((corpus / "documents").glob(f"{gold.stem}.*"))
        record = board.understand(read_bytes(paper.read_bytes(), paper.name))
        truth = json.loads(gold.read_text(encoding="utf-8"))
        for name, tally in board.scorer.score_record(truth, record).t.items():
            total.setdefault(name, board.scorer.Tally()).add(tally)
    return {name: tally.row()["f1"] for name, tally in total.items() if tally.row()["f1"] is not None}


def keep(
    table: Path, seeds: int, numbers: dict[str, dict[str, float | None]], papers: dict[str, float | None]
) -> None:
    """Append one line: the day, what was drawn, and the mean of each column over all groups."""
    means = {}
    for name in ("blocks", "cer", *KINDS):
        given = [value for row in numbers.values() if (value := row.get(name)) is not None]
        means[name] = f"{sum(given) / len(given):.4f}" if given else ""
    marked = {
        name: papers.get(name)
        for name in ("problems", "measures", "figures", "arithmetic_verdicts", "defects")
    }
    row = {
        "day": time.strftime("%Y-%m-%d"),
        "commit": _commit(),
        "seeds": str(seeds),
        "groups": str(len(numbers)),
        **means,
        **{f"paper_{name}": "" if value is None else f"{value:.4f}" for name, value in marked.items()},
    }
    fresh = not table.exists()
    with table.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(row)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607  git as this machine has it
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def _is_picture(form: str) -> bool:
    return form.startswith("scan") or form in {"image", "photo", "ofd-image"}


def _understand() -> Any:
    if importlib.util.find_spec("dugai.intake.understand") is None:
        return None
    return importlib.import_module("dugai.intake.understand").understand


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("corpus_scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
