"""A plan is drafted, approved by somebody else, revised by approved changes; nothing original is lost."""

from __future__ import annotations

import datetime as dt

import pytest

from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, NotVisible, Refused
from dugai.ledger import (
    queries,
    queries_plan,
    services_change,
    services_edit,
    services_entry,
    services_plan,
    tallies,
)
from dugai.ledger.entries import NewMeasure
from dugai.ledger.models import ChangeRequest, Measure, Participation, PlanVersion, Problem, Task
from dugai.ledger.models_entry import Part
from tests.cast import Cast, deadline, make_problem, task_of

pytestmark = pytest.mark.django_db


def binding(cast: Cast, problem: Problem) -> PlanVersion:
    """Draft, submit and approve a plan of 朔岭市 that binds the problem."""
    version = services_plan.open_plan(
        actor=cast.city_clerk,
        inspection_id=problem.inspection_id,
        organisation=cast.city,
        title="朔岭市整改方案",
    )
    services_plan.submit_plan(actor=cast.city_clerk, version_id=version.pk, seen_version=1)
    return services_plan.approve_plan(
        actor=cast.city_reviewer, version_id=version.pk, seen_version=2, opinion="同意"
    )


def fresh(row):
    """Read a row again."""
    return type(row)._base_manager.get(pk=row.pk)


def test_a_plan_needs_another_person_to_approve(cast: Cast):
    problem = make_problem(cast)
    version = services_plan.open_plan(
        actor=cast.city_reviewer, inspection_id=problem.inspection_id, organisation=cast.city, title="方案"
    )
    services_plan.submit_plan(actor=cast.city_reviewer, version_id=version.pk, seen_version=1)
    with pytest.raises(Refused, match="另一个人"):
        services_plan.approve_plan(actor=cast.city_reviewer, version_id=version.pk, seen_version=2)
    with pytest.raises(Refused, match="审核或管理"):
        services_plan.approve_plan(actor=cast.city_clerk, version_id=version.pk, seen_version=2)
    assert fresh(version).state == "submitted"


def test_approval_freezes_what_binds(cast: Cast):
    problem = make_problem(cast)
    version = binding(cast, problem)
    rows = queries_plan.content_of(version)
    assert rows[f"problem:{problem.pk}"]["lead"] == "朔岭市住建局"
    assert rows[f"task:{task_of(problem).pk}"] == {
        "name": "任务 JY3-01-001-01",
        "text": "改造老城区污水管网 6.4 公里。",
        "owner": "望渡县住建局",
        "deadline": "2026年12月底前",
        "targets": ["管网 6.4 公里"],
    }
    assert (version.approved_by, version.submitted_by) == (cast.city_reviewer, cast.city_clerk)
    with pytest.raises(Refused, match="申请调整"):
        services_edit.edit_problem(actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, goal="改")
    services_edit.edit_problem(
        actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, note="已现场核对"
    )
    published = services_plan.publish_plan(actor=cast.city_reviewer, version_id=version.pk, seen_version=3)
    assert published.state == "published"


def test_a_plan_changed_after_submission_is_not_approved(cast: Cast):
    problem = make_problem(cast)
    version = services_plan.open_plan(
        actor=cast.city_clerk, inspection_id=problem.inspection_id, organisation=cast.city, title="方案"
    )
    services_plan.submit_plan(actor=cast.city_clerk, version_id=version.pk, seen_version=1)
    services_edit.edit_problem(
        actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, goal="污水不直排"
    )
    with pytest.raises(Refused, match="不一致"):
        services_plan.approve_plan(actor=cast.city_reviewer, version_id=version.pk, seen_version=2)
    services_plan.return_plan(
        actor=cast.city_reviewer, version_id=version.pk, seen_version=2, reason="台账改过"
    )
    services_plan.submit_plan(actor=cast.city_clerk, version_id=version.pk, seen_version=3)
    assert (
        services_plan.approve_plan(actor=cast.city_reviewer, version_id=version.pk, seen_version=4).state
        == "approved"
    )


def test_the_deadline_changes_only_by_request_and_approval(cast: Cast):
    problem = make_problem(cast)
    first = binding(cast, problem)
    task = task_of(problem)
    request = services_change.request_change(
        actor=cast.county_clerk,
        problem_id=problem.pk,
        task_id=task.pk,
        field="deadline",
        new={"text": "2027年6月底前"},
        reason="冻土期无法施工",
        seen_version=1,
    )
    assert fresh(task).due == dt.date(2026, 12, 31)
    with pytest.raises(Forbidden, match="审核或管理"):
        services_change.approve_change(actor=cast.city_clerk, change_id=request.pk, seen_version=1)
    services_change.approve_change(
        actor=cast.city_reviewer, change_id=request.pk, seen_version=1, opinion="同意"
    )
    task = fresh(task)
    assert (task.due, task.deadline["raw"]) == (dt.date(2027, 6, 30), "2027年6月底前")
    assert fresh(first).state == "superseded"
    second = queries_plan.binding_version(first.plan)
    assert (second.number, second.submitted_by, second.approved_by) == (
        2,
        cast.county_clerk,
        cast.city_reviewer,
    )
    earlier, found = queries_plan.compare(cast.city_reviewer, second)
    assert earlier == first
    assert [(one.name, one.label, one.before, one.after) for one in found] == [
        ("任务 JY3-01-001-01", "整改时限", "2026年12月底前", "2027年6月底前")
    ]
    assert queries_plan.extensions(problem) == {f"task:{task.pk}": 1}
    rows = queries_plan.changes_of(cast.city_reviewer, problem)
    assert queries_plan.original_deadline(rows) == deadline()
    assert tallies.stored() == tallies.recount()


def test_an_extension_is_counted_each_time_and_the_original_stays(cast: Cast):
    problem = make_problem(cast)
    measure = Measure.objects.visible_to(cast.city_clerk).get()
    for count, when in enumerate(("2027年3月底前", "2027年6月底前", "2027年5月底前"), 1):
        request = services_change.request_change(
            actor=cast.city_clerk,
            problem_id=problem.pk,
            measure_id=measure.pk,
            field="deadline",
            new={"text": when},
            reason="工期",
            seen_version=count,
        )
        services_change.approve_change(actor=cast.city_reviewer, change_id=request.pk, seen_version=1)
    assert queries_plan.extensions(problem) == {f"measure:{measure.pk}": 2}
    assert queries_plan.original_deadline(queries_plan.changes_of(cast.city_clerk, problem)) == deadline()
    assert fresh(task_of(problem)).deadline["raw"] == "2027年5月底前"


def test_a_request_that_is_refused_changes_nothing(cast: Cast):
    problem = make_problem(cast)
    request = services_change.request_change(
        actor=cast.city_clerk,
        problem_id=problem.pk,
        field="wording",
        new={"column": "goal", "text": "减半"},
        reason="试",
        seen_version=1,
    )
    with pytest.raises(Refused, match="要写意见"):
        services_change.refuse_change(
            actor=cast.city_reviewer, change_id=request.pk, seen_version=1, opinion=" "
        )
    services_change.refuse_change(
        actor=cast.city_reviewer, change_id=request.pk, seen_version=1, opinion="不降标准"
    )
    assert (fresh(problem).goal, fresh(problem).version) == ("", 1)
    with pytest.raises(Refused, match="没有别的操作"):
        services_change.approve_change(actor=cast.city_reviewer, change_id=request.pk, seen_version=2)


def test_a_request_is_returned_resubmitted_and_withdrawn(cast: Cast):
    problem = make_problem(cast)
    request = services_change.request_change(
        actor=cast.city_clerk,
        problem_id=problem.pk,
        field="deadline",
        new={"text": "2027年底前"},
        reason="一",
        seen_version=1,
    )
    with pytest.raises(Refused, match="没有办完"):
        services_change.request_change(
            actor=cast.city_clerk,
            problem_id=problem.pk,
            field="deadline",
            new={"text": "长期坚持"},
            reason="二",
            seen_version=1,
        )
    services_change.return_change(
        actor=cast.city_reviewer, change_id=request.pk, seen_version=1, opinion="附材料"
    )
    services_change.resubmit_change(
        actor=cast.city_clerk,
        change_id=request.pk,
        seen_version=2,
        new={"text": "2027年3月底前"},
        reason="已附",
    )
    with pytest.raises(Forbidden):
        services_change.withdraw_change(actor=cast.city_reviewer, change_id=request.pk, seen_version=3)
    services_change.withdraw_change(actor=cast.city_clerk, change_id=request.pk, seen_version=3)
    assert list(
        Event.objects.filter(kind__startswith="change.").order_by("pk").values_list("kind", flat=True)
    ) == [
        "change.requested",
        "change.returned",
        "change.resubmitted",
        "change.withdrawn",
    ]


@pytest.mark.parametrize(
    ("field", "new", "message"),
    [
        ("deadline", {"text": "尽快"}, "读不出日期"),
        ("deadline", {"text": "2027年6月31日前"}, "6月31日"),
        ("owner", {"organisation": 0}, "请选新的责任单位"),
        ("wording", {"column": "code", "text": "x"}, "没有这一项文字"),
        ("wording", {"column": "text", "text": " "}, "请写新的文字"),
        ("target", {"amount": "5"}, "量化目标"),
        ("colour", {}, "没有这种调整"),
    ],
)
def test_a_request_that_cannot_be_right_is_not_made(cast: Cast, field, new, message):
    problem = make_problem(cast)
    with pytest.raises(InvalidInput, match=message):
        services_change.request_change(
            actor=cast.city_clerk, problem_id=problem.pk, field=field, new=new, reason="试", seen_version=1
        )
    assert not ChangeRequest.objects.exists()


def test_a_task_passes_to_another_unit(cast: Cast):
    problem = make_problem(cast)
    task = task_of(problem)
    request = services_change.request_change(
        actor=cast.city_clerk,
        problem_id=problem.pk,
        task_id=task.pk,
        field="owner",
        new={"organisation": cast.neighbour_bureau.pk},
        reason="区划调整",
        seen_version=1,
    )
    services_change.approve_change(actor=cast.city_reviewer, change_id=request.pk, seen_version=1)
    assert queries.get_task(cast.neighbour_clerk, task.pk).owner == cast.neighbour_bureau
    with pytest.raises(NotVisible):
        queries.get_task(cast.county_clerk, task.pk)
    assert tallies.stored() == tallies.recount()


def test_a_target_changes_with_its_amount(cast: Cast):
    problem = make_problem(cast)
    task = task_of(problem)
    target = task.targets.get()
    request = services_change.request_change(
        actor=cast.county_clerk,
        problem_id=problem.pk,
        task_id=task.pk,
        field="target",
        new={"target": target.pk, "amount": "5.20"},
        reason="设计变更",
        seen_version=1,
    )
    assert (request.old["amount"], request.new["amount"]) == ("6.4", "5.2")
    services_change.approve_change(actor=cast.city_reviewer, change_id=request.pk, seen_version=1)
    target.refresh_from_db()
    assert str(target.amount.normalize()) == "5.2"


def test_the_value_must_still_be_the_one_to_be_replaced(cast: Cast):
    problem = make_problem(cast)
    request = services_change.request_change(
        actor=cast.city_clerk,
        problem_id=problem.pk,
        field="wording",
        new={"column": "goal", "text": "甲"},
        reason="试",
        seen_version=1,
    )
    services_edit.edit_problem(actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, goal="乙")
    with pytest.raises(Conflict, match="原值又变过"):
        services_change.approve_change(actor=cast.city_reviewer, change_id=request.pk, seen_version=1)


def test_there_is_exactly_one_lead(cast: Cast):
    problem = make_problem(cast)
    services_edit.add_part(
        actor=cast.city_clerk,
        problem_id=problem.pk,
        seen_version=1,
        organisation=cast.county_bureau,
        part="lead",
    )
    assert (
        Participation.objects.get(problem=problem, measure=None, part=Part.LEAD).organisation
        == cast.county_bureau
    )
    assert Participation.every.filter(problem=problem, part=Part.LEAD).count() == 2
    assert fresh(problem).lead == cast.county_bureau
    lead = Participation.objects.get(problem=problem, part=Part.LEAD)
    with pytest.raises(Refused, match="必须有一个"):
        services_edit.end_part(actor=cast.city_clerk, participation_id=lead.pk, seen_version=1, reason="试")


def test_a_part_ends_and_sight_ends_with_it(cast: Cast):
    problem = make_problem(cast)
    row = services_edit.add_part(
        actor=cast.city_clerk,
        problem_id=problem.pk,
        seen_version=1,
        organisation=cast.neighbour_bureau,
        part="cooperating",
    )
    assert queries.get_problem(cast.neighbour_clerk, problem.pk) == problem
    services_edit.end_part(actor=cast.city_clerk, participation_id=row.pk, seen_version=1, reason="职责划转")
    with pytest.raises(NotVisible):
        queries.get_problem(cast.neighbour_clerk, problem.pk)


def test_problems_are_linked_and_never_in_a_circle(cast: Cast):
    first = make_problem(cast)
    second = make_problem(cast, inspection=first.inspection, number=2)
    link = services_edit.link_problems(
        actor=cast.city_clerk, earlier_id=first.pk, later_id=second.pk, relation="analogy", reason="同类"
    )
    assert (link.earlier, link.later) == (first, second)
    with pytest.raises(Refused, match="绕回来"):
        services_edit.link_problems(
            actor=cast.city_clerk, earlier_id=second.pk, later_id=first.pk, relation="inherited"
        )
    with pytest.raises(Refused, match="不同的督察"):
        services_edit.link_problems(
            actor=cast.city_clerk, earlier_id=first.pk, later_id=second.pk, relation="carried_over"
        )


def test_tasks_follow_the_edited_date_of_their_measure(cast: Cast):
    problem = make_problem(cast)
    measure = Measure.objects.visible_to(cast.city_clerk).get()
    services_edit.edit_measure(
        actor=cast.city_clerk, measure_id=measure.pk, seen_version=1, deadline=deadline("2026年9月底前")
    )
    assert fresh(task_of(problem)).due == dt.date(2026, 9, 30)
    assert tallies.stored() == tallies.recount()


def test_the_internal_date_only_comes_forward(cast: Cast):
    task = task_of(make_problem(cast))
    with pytest.raises(InvalidInput, match="只能提前"):
        services_change.set_internal_due(
            actor=cast.county_clerk, task_id=task.pk, seen_version=1, day=dt.date(2027, 1, 1)
        )
    services_change.set_internal_due(
        actor=cast.county_clerk, task_id=task.pk, seen_version=1, day=dt.date(2026, 11, 30)
    )
    row = Task.objects.visible_to(cast.county_clerk).get()
    assert (row.internal_due, row.behind_from) == (dt.date(2026, 11, 30), dt.date(2026, 12, 1))


def test_measures_join_a_bound_plan_only_under_revision(cast: Cast):
    problem = make_problem(cast)
    version = binding(cast, problem)
    extra = [NewMeasure(number=2, columns={"text": "新建泵站", "deadline": deadline()})]
    with pytest.raises(Refused, match="新版"):
        services_entry.add_measures(
            actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, measures=extra
        )
    draft = services_plan.draft_next_version(
        actor=cast.city_clerk, plan_id=version.plan_id, reason="增补措施"
    )
    services_entry.add_measures(actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, measures=extra)
    services_plan.submit_plan(actor=cast.city_clerk, version_id=draft.pk, seen_version=1)
    services_plan.approve_plan(actor=cast.city_reviewer, version_id=draft.pk, seen_version=2)
    draft.refresh_from_db()
    _, found = queries_plan.compare(cast.city_clerk, draft)
    assert [(one.name, one.label, one.after) for one in found] == [("问题 1 措施 2", "新增", "新建泵站")]


def test_milestones_of_a_compound_deadline_move_with_it(cast: Cast):
    problem = make_problem(cast, when="2026年6月底前完成设计，2026年12月底前完工")
    task = task_of(problem)
    assert list(task.milestones.values_list("due", flat=True)) == [dt.date(2026, 6, 30)]
    request = services_change.request_change(
        actor=cast.county_clerk,
        problem_id=problem.pk,
        task_id=task.pk,
        field="deadline",
        new={"text": "2027年3月底前完成设计，2027年9月底前完工"},
        reason="征地",
        seen_version=1,
    )
    services_change.approve_change(actor=cast.city_reviewer, change_id=request.pk, seen_version=1)
    assert list(task.milestones.values_list("due", flat=True)) == [dt.date(2027, 3, 31)]
    assert fresh(task).behind_from == dt.date(2027, 4, 1)
