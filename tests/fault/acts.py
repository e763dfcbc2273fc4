"""The acts a doomed writer repeats."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

from dugai.files import services as files
from dugai.kernel import clock
from dugai.ledger import services_entry, services_task
from dugai.ledger.entries import NewMeasure, NewProblem, NewTarget, NewTask
from dugai.ledger.models import Inspection, Task
from dugai.people.models import Organisation, User
from tests.cast import deadline


def one_problem(number: int) -> Iterator[tuple[str, int]]:
    """Register a problem, split its task in two, adopt progress on one half; yield each act once it is done."""
    clerk = User.objects.select_related("organisation__parent").get(username="province_clerk")
    units = {row.code: row for row in Organisation.objects.all()}
    bureau = units["990100ZJ"]
    entry = NewProblem(
        number=number,
        home=units["990100"],
        lead=bureau,
        columns={
            "title": f"问题 {number}",
            "text": "污水直排。",
            "kind": "report",
            "source": "central_inspection",
            "source_class": "central",
            "deadline": deadline(),
        },
        measures=(
            NewMeasure(
                number=number,
                columns={"text": "改造管网 6 公里。", "deadline": deadline()},
                tasks=(NewTask(owner=bureau, targets=(NewTarget("管网", "公里", Decimal(6)),)),),
            ),
        ),
    )
    inspection = Inspection.objects.get()
    (problem,) = services_entry.register_problems(actor=clerk, inspection_id=inspection.pk, problems=[entry])
    yield "problem", problem.pk
    task = Task.objects.unscoped("the writer's own row").get(problem=problem)
    shares = [
        NewTask(owner=units[code], targets=(NewTarget("管网", "公里", Decimal(3)),))
        for code in ("990121ZJ", "990122ZJ")
    ]
    child, _ = services_task.split_task(actor=clerk, task_id=task.pk, seen_version=1, shares=shares)
    yield "split", problem.pk
    target = child.targets.get()
    services_task.apply_progress(
        actor=clerk,
        task_id=child.pk,
        progress="in_progress",
        done={target.pk: Decimal(1)},
        reported_on=clock.today(),
    )
    yield "progressed", problem.pk


def one_file(stream: io.BytesIO) -> str:
    """Store a file; return its digest."""
    clerk = User.objects.select_related("organisation").get(username="county_clerk")
    return files.store_file(actor=clerk, name="佐证.txt", stream=stream).blob_id
