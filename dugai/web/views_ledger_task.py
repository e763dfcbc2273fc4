"""分解与往前赶: a task is split among units below, and given an earlier date of one's own."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dugai.kernel import clock
from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, require
from dugai.ledger import policy, queries, rollup, rules, services_change, services_task, sheet_row
from dugai.ledger.entries import NewTarget, NewTask
from dugai.ledger.queries_plan import printed
from dugai.web.forms_ledger import InternalDueForm
from dugai.web.ledger_units import Names
from dugai.web.places import go

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.ledger.models import Task
    from dugai.web.frame import SignedInRequest

ROWS_FIRST, ROWS_MORE, ROWS_MOST = 2, 3, 200
ROW_NAMES = ("owner", "title", "deadline", "person")
MAY_NOT_SPLIT = "只有承担任务的单位或整改办可以分解任务"


@require_http_methods(["GET", "POST"])
def task_split(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Split a task: a row a unit, the sum of each quantity written out beside the total."""
    task = queries.get_task(request.user, task_id)
    require(policy.may_split(request.user, task), MAY_NOT_SPLIT, error=Forbidden)
    targets = list(task.targets.order_by("pk"))
    lines = _lines(request, targets)
    note = request.POST.get("note", "").strip()
    said = ""
    if request.method == "POST" and "more" not in request.POST:
        try:
            services_task.split_task(
                actor=request.user,
                task_id=task.pk,
                seen_version=int(request.POST.get("seen_version") or 0),
                shares=_shares(request, task, lines),
                note=note,
            )
        except DomainError as refusal:
            said = refusal.message
        else:
            messages.success(request, "已分解。上级任务的进展从现在起由下级汇总。")
            return go("task", task_id=task.pk)
    context = {
        "task": task,
        "targets": [_sum(target, lines, at) for at, target in enumerate(targets)],
        "lines": lines,
        "note": note,
        "said": said,
        "seen": request.POST.get("seen_version") or task.version,
        "deadline": printed(task.deadline),
        "blocked": _blocked(task),
    }
    return render(request, "ledger/task_split.html", context, status=422 if said else 200)


@require_http_methods(["GET", "POST"])
def task_internal_due(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Set the earlier date of a task."""
    task = queries.get_task(request.user, task_id)
    require(policy.may_split(request.user, task), "只有承担任务的单位或整改办可以设内部时限", error=Forbidden)
    form = InternalDueForm(
        request.POST or None, initial={"day": task.internal_due, "seen_version": task.version}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services_change.set_internal_due(actor=request.user, task_id=task.pk, **data)
        except DomainError as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已设内部时限，到期会提前提醒。" if data["day"] else "已取消内部时限。")
            return go("task", task_id=task.pk)
    context = {"form": form, "task": task, "deadline": printed(task.deadline)}
    return render(request, "ledger/task_internal_due.html", context, status=422 if form.errors else 200)


def _blocked(task: Task) -> str:
    """Say why the task cannot be split, or nothing."""
    if not task.is_leaf:
        return "这项任务已经分解过。要再分，请打开下级任务。"
    return "" if task.closure == "open" else "任务已进入验收，不能再分解。"


def _lines(request: SignedInRequest, targets: list[Any]) -> list[dict[str, Any]]:
    typed = {name: request.POST.getlist(f"s_{name}") for name in ROW_NAMES}
    amounts = [request.POST.getlist(f"s_amount_{target.pk}") for target in targets]
    count = min(len(typed["owner"]), ROWS_MOST)
    lines: list[dict[str, Any]] = [
        {name: (values[at] if at < len(values) else "") for name, values in typed.items()}
        | {"amounts": [(column[at] if at < len(column) else "") for column in amounts]}
        for at in range(count)
    ]
    extra = ROWS_MORE if "more" in request.POST else 0 if count else ROWS_FIRST
    lines += [dict.fromkeys(ROW_NAMES, "") | {"amounts": [""] * len(targets)} for _ in range(extra)]
    for line in lines:
        line["cells"] = list(zip(targets, line["amounts"], strict=True))
    return lines


def _sum(target: Any, lines: list[dict[str, Any]], at: int) -> dict[str, Any]:
    """Write the sum of one quantity out: 19＋11＋7＝37，与总数 38 差 1 处."""
    amounts = [amount for line in lines if (amount := _amount(line["amounts"][at])) is not None]
    total = sum(amounts, Decimal(0))
    whole = rules.Quantity(target.amount, target.done, target.unit, target.name)
    parts = [[rules.Quantity(amount, Decimal(0), target.unit, target.name)] for amount in amounts]
    findings = rollup.split_conserves([whole], parts) if amounts else ()
    words = "＋".join(rules.plain(amount) for amount in amounts)
    return {
        "target": target,
        "total": rules.plain(target.amount),
        "words": f"{words}＝{rules.plain(total)}" if words else "",
        "finding": findings[0].message if findings else "",
    }


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _shares(request: SignedInRequest, task: Task, lines: list[dict[str, Any]]) -> list[NewTask]:
    names = Names(request.user)
    shares = []
    for at, line in enumerate(lines, 1):
        if not line["owner"].strip():
            continue
        try:
            owner = names.one("owner", line["owner"], task.owner.path)
        except InvalidInput as unknown:
            raise InvalidInput(f"第 {at} 行：{unknown.message}") from unknown
        deadline: dict[str, Any] = {}
        if line["deadline"].strip():
            deadline, says = sheet_row.read_deadline(line["deadline"].strip(), clock.today())
            require(not says, f"第 {at} 行的时限“{line['deadline']}”：{says}", code="deadline_unread")
        quantities = []
        for target, text in line["cells"]:
            if not text.strip():
                continue
            amount = _amount(text)
            if amount is None or amount < 0:
                raise InvalidInput(
                    f"第 {at} 行的{target.name}“{text}”不是数字。请只写数字，单位是{target.unit}。"
                )
            quantities.append(NewTarget(target.name, target.unit, amount))
        shares.append(
            NewTask(
                owner=owner,
                title=line["title"].strip(),
                deadline=deadline,
                person=line["person"].strip()[:60],
                targets=tuple(quantities),
            )
        )
    return shares
