"""Who changes, who asks, who decides: only services write, and each file of a room keeps to its own work."""

import ast

from tests.architecture.house import KINDS, Source, calls, dotted

# Methods of rows and querysets that write, and that no other common class has.
ALWAYS = frozenset(
    {"abulk_create", "abulk_update", "acreate", "adelete", "aget_or_create", "asave", "aupdate"}
    | {"aupdate_or_create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
)
# Methods that pictures, workbooks, dicts and digests have as well, but there with something in the brackets.
WITHOUT_POSITION = frozenset({"save", "create", "delete", "update"})
JOURNAL_DOORS = frozenset({"change", "insert_many", "record", "record_many"})
READS = frozenset(
    {"objects", "_base_manager", "_default_manager", "all", "filter", "exclude", "first", "last", "latest"}
    | {
        "annotate",
        "aggregate",
        "exists",
        "values_list",
        "in_bulk",
        "raw",
        "execute",
        "unscoped",
        "visible_to",
    }
)
SQL_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "COPY")
CLOCKS = frozenset({"now", "today", "utcnow", "monotonic", "time_ns", "perf_counter"})
IMPURE_MODULES = frozenset({"django", "os", "pathlib", "random", "secrets", "socket", "subprocess", "time"})


def only_services_write(source: Source) -> list[str]:
    """A write outside a service, a migration or a command."""
    if source.kind == "services" or source.room in {"management", "migrations"}:
        return []
    doors = _imported_from(source, "dugai.journal.services") & JOURNAL_DOORS
    found = []
    for call in calls(source.tree):
        if isinstance(call.func, ast.Name) and call.func.id in doors:
            found.append(source.at(call, f"{call.func.id}() outside a service"))
        elif isinstance(call.func, ast.Attribute) and _writes(call, call.func):
            found.append(source.at(call, f".{call.func.attr}() outside a service"))
    return found


def _imported_from(source: Source, module: str) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }


def _writes(call: ast.Call, method: ast.Attribute) -> bool:
    if isinstance(method.value, ast.Call) and dotted(method.value.func) == "super":
        return False  # a row that looks after itself while somebody saves it
    if method.attr in ALWAYS:
        return True
    if method.attr in {"execute", "executemany"} and call.args:
        return _first_words(call.args[0]).lstrip().upper().startswith(SQL_WRITES)
    return method.attr in WITHOUT_POSITION and not call.args


def _first_words(statement: ast.expr) -> str:
    if isinstance(statement, ast.JoinedStr) and statement.values:
        statement = statement.values[0]
    return statement.value if isinstance(statement, ast.Constant) and isinstance(statement.value, str) else ""


def services_keep_their_shape(source: Source) -> list[str]:
    """A public service that does not take its actor by keyword, is not atomic, or leaves no trace.

    A function that neither names an actor nor writes is a helper of the services beside it, and is let be.
    """
    if source.kind != "services":
        return []
    others = _other_services(source)
    functions = {node.name: node for node in source.tree.body if isinstance(node, ast.FunctionDef)}
    found = []
    for name, function in functions.items():
        if name.startswith("_"):
            continue
        reached = _reached(function, functions)
        positions, keywords = function.args.posonlyargs + function.args.args, function.args.kwonlyargs
        named = {argument.arg for argument in positions + keywords}
        if "actor" not in named and not any(_changes(one, others) for one in reached):
            continue
        if positions or [argument.arg for argument in keywords][:1] != ["actor"]:
            found.append(source.at(function, f"{name}: the first argument is actor, and all are by keyword"))
        if not any(_is_atomic(one) or _asks_a_service(one, others) for one in reached):
            found.append(source.at(function, f"{name}: not in a transaction"))
        if not any(_records(one) or _asks_a_service(one, others) for one in reached):
            found.append(source.at(function, f"{name}: records nothing"))
    return found


def _reached(start: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    """The function and the helpers of its own file that it calls, near and far."""
    seen, waiting = {start.name: start}, [start]
    while waiting:
        for call in calls(waiting.pop()):
            name = dotted(call.func)
            if name in functions and name not in seen:
                seen[name] = functions[name]
                waiting.append(functions[name])
    return list(seen.values())


def _is_atomic(function: ast.FunctionDef) -> bool:
    marks = [*function.decorator_list]
    marks += [
        item.context_expr for node in ast.walk(function) if isinstance(node, ast.With) for item in node.items
    ]
    names = (dotted(mark.func if isinstance(mark, ast.Call) else mark) for mark in marks)
    return any(name.rsplit(".", 1)[-1] == "atomic" for name in names)


def _records(function: ast.FunctionDef) -> bool:
    return any(dotted(call.func).rsplit(".", 1)[-1] in {"record", "record_many"} for call in calls(function))


def _other_services(source: Source) -> set[str]:
    """The names under which this file knows services of its own or other rooms, or their functions."""
    names = set()
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("dugai."):
            continue
        inside = (node.module or "").split(".")[-1].startswith(
            "services"
        ) and node.module != "dugai.journal.services"
        names |= {
            alias.asname or alias.name for alias in node.names if inside or alias.name.startswith("services")
        }
    return names


def _changes(function: ast.FunctionDef, others: set[str]) -> bool:
    if _records(function) or _asks_a_service(function, others):
        return True
    return any(
        (isinstance(call.func, ast.Attribute) and _writes(call, call.func))
        or dotted(call.func).rsplit(".", 1)[-1] in JOURNAL_DOORS
        for call in calls(function)
    )


def _asks_a_service(function: ast.FunctionDef, others: set[str]) -> bool:
    """Whether it hands its actor to another service: `ledger.close_problem(actor=actor, …)`."""
    return any(
        dotted(call.func).split(".")[0] in others and any(keyword.arg == "actor" for keyword in call.keywords)
        for call in calls(function)
    )


def queries_ask_who_is_looking(source: Source) -> list[str]:
    """A public query whose first argument is not the viewer, and whose name does not say it is for everyone."""
    if source.kind != "queries":
        return []
    functions = {node.name: node for node in source.tree.body if isinstance(node, ast.FunctionDef)}
    found = []
    for name, function in functions.items():
        if name.startswith(("_", "public_")) or not any(map(_reads_a_table, _reached(function, functions))):
            continue
        positions = function.args.posonlyargs + function.args.args
        if not positions or positions[0].arg != "viewer":
            found.append(source.at(function, f"{name}: the first argument is viewer, or the name public_…"))
    return found


def _reads_a_table(function: ast.FunctionDef) -> bool:
    """Whether it asks a manager or a queryset; working on values given does not count."""
    names = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    return bool(names & READS)


def policy_speaks_in_sentences(source: Source) -> list[str]:
    """A public function of a policy that is not called `may_…`."""
    if source.kind != "policy":
        return []
    return [
        source.at(node, f"{node.name}: a policy is called may_…")
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith(("_", "may_"))
    ]


def rules_are_pure(source: Source) -> list[str]:
    """A clock, a file, chance or Django itself in rules or states; states may use Django's lists of choices."""
    if source.kind not in {"rules", "states"}:
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {node.module or ""}
        else:
            names = set()
        found += [
            source.at(node, f"imports {name}")
            for name in sorted(names)
            if name.split(".")[0] in IMPURE_MODULES
            and not (
                source.kind == "states" and name.startswith("django.db.models")
            )  # Django's lists of choices
        ]
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            if called == "open" or called.rsplit(".", 1)[-1] in CLOCKS:
                found.append(source.at(node, f"calls {called}()"))
    return found


def files_of_a_room_keep_their_order(source: Source) -> list[str]:
    """A file that imports one above it in its own room, also when a file was split in two (`models_task`)."""
    if not source.kind:
        return []
    found = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(f"dugai.{source.room}"):
            continue
        below = (node.module or "").split(".")[2:3] or [alias.name for alias in node.names]
        for name in below:
            kind = name.split("_", 1)[0]
            if kind in KINDS and KINDS.index(kind) < KINDS.index(source.kind):
                found.append(source.at(node, f"{source.kind} import {name}, which stands above them"))
    return found
