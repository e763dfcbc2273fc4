"""The head of a page has at most four acts; the rest stands under 更多, reachable without script."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.cast import Cast, make_problem, task_of
from tests.web.test_ledger_pages import as_

pytestmark = pytest.mark.django_db
BUTTON = re.compile(r'<(?:a|button|summary) class="btn[ "]')


def head_of(page: str) -> tuple[str, str]:
    """Return the acts on the head of a page, and those under 更多."""
    (acts,) = re.findall(r'<div class="acts">(.*?)</div>\s*(?:</div>|</details></div>)', page, re.DOTALL)[:1]
    visible, _, hidden = acts.partition('<details class="more-acts"')
    return visible, hidden


@pytest.mark.parametrize("person", ["city_clerk", "city_reviewer", "county_clerk", "leader", "verifier"])
def test_no_head_has_more_than_four_buttons(cast: Cast, person: str):
    problem = make_problem(cast)
    task = task_of(problem)
    addresses = [
        reverse("tasks"),
        reverse("problems"),
        reverse("problem", args=[problem.pk]),
        reverse("task", args=[task.pk]),
        reverse("measure", args=[task.measure_id]),
    ]
    client = as_(cast.users[person])
    for address in addresses:
        visible, hidden = head_of(client.get(address).content.decode())
        assert len(BUTTON.findall(visible)) + bool(hidden) <= 4, address


def test_what_does_not_fit_is_under_more(cast: Cast):
    problem = make_problem(cast)
    client = as_(cast.city_clerk)
    visible, hidden = head_of(client.get(f"{reverse('tasks')}?lamp=ontrack").content.decode())
    assert ("登记问题" in visible, "导入清单" in visible, "导出本表" in visible) == (True, True, True)
    for word in ("导出措施清单", "进度图", "问题台账", "打印本页"):
        assert word in hidden
    assert "<summary" in hidden
    assert f"{reverse('gantt')}?lamp=ontrack" in hidden
    visible, hidden = head_of(client.get(reverse("problem", args=[problem.pk])).content.decode())
    assert ("修改" in visible, "分工与点位" in visible, "申请调整" in visible) == (True, True, True)
    for word in ("加措施", "导出清单", "进度图", "打印"):
        assert word in hidden
