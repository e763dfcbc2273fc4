"""How the architecture tests read the house: files, their syntax trees, and which room's which file they are."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("services", "queries", "policy", "models", "rules", "states")


@dataclass(frozen=True)
class Source:
    """One file: its path from the top of the repository, with forward slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def kind(self) -> str:
        """Which of a room's files this is; `models_task.py` and `models/task.py` are models too. "" for others."""
        parts = Path(self.path).with_suffix("").parts
        if len(parts) < 3 or parts[0] != "dugai":
            return ""
        stem = parts[2].split("_", 1)[0]
        return stem if stem in KINDS else ""

    @property
    def room(self) -> str:
        parts = self.path.split("/")
        return parts[1] if len(parts) > 2 else ""

    def at(self, node: ast.AST, message: str) -> str:
        """Return one finding, as `path:line message`."""
        return f"{self.path}:{getattr(node, 'lineno', 1)} {message}"


Check = Callable[[Source], list[str]]


def committed(*suffixes: str) -> Iterator[Source]:
    """Every file git holds or would hold, whose name ends so; all text files when no ending is given."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in sorted(set(listed.stdout.decode().split("\0")) - {""}):
        path = ROOT / name
        if path.is_file() and (not suffixes or path.suffix in suffixes):
            try:
                yield Source(name, path.read_text(encoding="utf-8"))
            except UnicodeDecodeError:
                if suffixes:
                    raise


def house(*suffixes: str) -> Iterator[Source]:
    """The same, of the product alone and without migrations, which makemigrations writes."""
    for source in committed(*suffixes):
        if source.path.startswith("dugai/") and source.room != "migrations":
            yield source


def dotted(node: ast.AST) -> str:
    """`a.b.c` for names and attributes, and the last name alone where something else stands before it."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def line_of(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1
