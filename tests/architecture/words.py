"""What may not stand in a file, whatever it does: hidden scripts, unescaped text, another machine's path."""

import ast
import ipaddress
import re
from urllib.parse import urlsplit

from tests.architecture.house import Source, calls, dotted, line_of

LONGEST = 450
IN_TEMPLATES = {
    "a script inside the page": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "a style inside the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=\s*[\"'{]", re.IGNORECASE),
    "an event attribute": re.compile(r"\s(on[a-z]+|hx-on[:a-z-]*)\s*=\s*[\"'{]", re.IGNORECASE),
    "a script address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*(safe|safeseq)\b|{%\s*autoescape\s+off"),
}
# A letter of each stands in brackets, so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w./$}-])/(?:[w]ork|[r]oot|[h]ome|[U]sers)/")
REGISTRY = re.compile(r"pypi[.]org|python[h]osted[.]org|registry[.]npmjs|deb[.]debian")
# Hosts that only name a vocabulary and are never opened.
VOCABULARIES = ("w3.org", "openxmlformats.org", "microsoft.com", "ofdspec.org", "purl.org", "json-schema.org")
RESERVED = (".test", ".example", ".invalid", ".localhost", "example.com", "example.org", "example.net")
ADDRESS = re.compile(r"\b(?:https?|wss?|ftp|smtp|postgres(?:ql)?|redis)://[^\s\"'<>\\)]+")
BARE_NOQA = re.compile(r"noqa(:\s*([A-Z]+\d+[,\s]*)*)?")
CHECKING = re.compile(r"(^|_)(assert|check|expect|verify|refuse[sd]?|must)")


def templates_hold_no_behaviour(source: Source) -> list[str]:
    """A script, a style, a handler or unescaped text in a template."""
    if not source.path.endswith((".html", ".svg")):
        return []
    return [
        f"{source.path}:{line_of(source.text, match)} {what}"
        for what, pattern in IN_TEMPLATES.items()
        for match in pattern.finditer(source.text)
    ]


def nothing_is_marked_safe(source: Source) -> list[str]:
    """`mark_safe` and its relatives: format_html escapes what it is given, these do not."""
    if not source.path.endswith(".py"):
        return []
    return [
        source.at(node, f"{name}: text that is not escaped")
        for node in ast.walk(source.tree)
        for name in [dotted(node).rsplit(".", 1)[-1] if isinstance(node, ast.Name | ast.Attribute) else ""]
        if name in {"mark_safe", "SafeString", "SafeText"}
    ]


def edges_never_touch_tables(source: Source) -> list[str]:
    """A manager of rows, a connection or a transaction in a page or in the API."""
    if source.room not in {"web", "api"} or not source.path.endswith(".py"):
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            found.append(source.at(node, f".{node.attr} in {source.room}/"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db"):
            if all(alias.name.endswith("Error") for alias in node.names):
                continue  # what went wrong below may be put into words above
            found.append(source.at(node, f"{node.module} in {source.room}/"))
    return found


def files_hold_one_subject(source: Source) -> list[str]:
    """A file longer than 450 lines."""
    if not source.path.endswith((".py", ".html", ".js", ".css", ".sh")) or "/migrations/" in source.path:
        return []
    count = source.text.count("\n")
    return [f"{source.path}:1 {count} lines, more than {LONGEST}"] if count > LONGEST else []


def no_machine_is_named(source: Source) -> list[str]:
    """The path of one machine, or the address of a package registry."""
    return [
        f"{source.path}:{line_of(source.text, match)} {match[0]}"
        for pattern in (MACHINE_PATH, REGISTRY)
        for match in pattern.finditer(source.text)
    ]


def imports_inside_functions_have_reasons(source: Source) -> list[str]:
    """A function that imports, and says nowhere beside its imports, or on the line above them, why."""
    if not source.path.endswith(".py"):
        return []
    lines = ["", *source.text.splitlines()]
    optional = {
        node for block in ast.walk(source.tree) if _may_do_without(block) for node in ast.walk(block)
    }  # a try with `except ImportError` says by itself why it is there
    found = []
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        imports = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
        imports = [node for node in imports if node not in optional]
        comments = [lines[node.lineno].partition("#")[2] for node in imports]
        comments += [
            lines[node.lineno - 1].strip() for node in imports if lines[node.lineno - 1].strip()[:1] == "#"
        ]
        if imports and not any(BARE_NOQA.sub("", comment).strip(" #") for comment in comments):
            found.append(source.at(imports[0], f"{function.name} imports, and gives no reason"))
    return found


def _may_do_without(block: ast.AST) -> bool:
    return isinstance(block, ast.Try) and any(
        handler.type is not None and dotted(handler.type) in {"ImportError", "ModuleNotFoundError"}
        for handler in block.handlers
    )


def tests_speak_to_this_machine_only(source: Source) -> list[str]:
    """An address in the tests that is neither loopback nor a name that is reserved for examples."""
    if not source.path.startswith("tests/") or not source.path.endswith(".py"):
        return []
    found = []
    for match in ADDRESS.finditer(source.text):
        host = _host(match[0])
        if host is not None and not _is_harmless(host):
            found.append(f"{source.path}:{line_of(source.text, match)} {host}")
    return found


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _is_harmless(host: str) -> bool:
    if "{" in host or host in {"localhost", "testserver"} or "." not in host:
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        named = VOCABULARIES + RESERVED
        return any(host == name.lstrip(".") or host.endswith("." + name.lstrip(".")) for name in named)


def tests_assert(source: Source) -> list[str]:
    """A test that cannot fail: no assert, nothing expected to raise, no helper that checks."""
    if not source.path.startswith("tests/") or "/test_" not in source.path:
        return []
    found = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
            continue
        names = [dotted(call.func).rsplit(".", 1)[-1] for call in calls(node)]
        checks = any(name in {"raises", "warns"} or CHECKING.search(name) for name in names)
        if not checks and not any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
            found.append(source.at(node, f"{node.name} asserts nothing"))
    return found
