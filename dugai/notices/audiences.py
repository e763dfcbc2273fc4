"""Who hears of what: one line for each kind of event. The rooms do not notify; they only record.

An audience is a function from an event to the people concerned. Whoever did it does not hear of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.acceptance import rules
from dugai.acceptance.states import MotionKind
from dugai.notices.audiences_closeout import CLOSEOUT
from dugai.notices.news import WHY, News, Notice, active, offices_of
from dugai.people.models import Organisation
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Kind, Role
from dugai.progress.models import Report
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    from dugai.ledger.models import Problem
    from dugai.notices.news import People

DECIDING = (Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER)
TO_FILL = (ReportState.OWED, ReportState.DRAFT, ReportState.RETURNED)
LONGEST = 60


def report_reviewers(news: News) -> People:
    """Return those who review at the desk the report lies on."""
    desk = news.subject.at_desk_of_id
    return active(organisation=desk, role__in=[*OFFICE_ROLES, Role.UNIT_REVIEWER]) if desk else []


def report_unit(news: News) -> People:
    """Return the reporter and those who fill in for the unit that owes the report."""
    reporter = [news.subject.reporter_id] if news.subject.reporter_id else []
    return [*reporter, *active(organisation=news.subject.owner_id, role__in=UNIT_ROLES)]


def task_unit(news: News) -> People:
    """Return those who fill in for the unit that has the task."""
    return active(organisation=news.subject.owner_id, role__in=UNIT_ROLES)


def problem_lead(news: News) -> People:
    """Return those of the lead unit, and the leader who supervises the problem."""
    leader = [news.subject.leader_id] if news.subject.leader_id else []
    return [*leader, *active(organisation=news.subject.lead_id, role__in=UNIT_ROLES)]


def round_units(news: News) -> People:
    """Return those who fill in for the units that owe a report in the round."""
    owners = Report.objects.unscoped(WHY).filter(round=news.subject.pk).order_by().values("owner")
    return active(organisation__in=owners, role__in=UNIT_ROLES)


def reminded_units(news: News) -> People:
    """Return those who fill in for the units that the reminder names."""
    named = [unit["id"] for unit in news.after.get("units", []) if isinstance(unit, dict)]
    return active(organisation__in=named, role__in=UNIT_ROLES)


def owing_units(news: News) -> People:
    """Return those who fill in for the units that have not handed in yet."""
    owed = Report.objects.unscoped(WHY).filter(round=news.subject.pk, state__in=TO_FILL)
    return active(organisation__in=owed.order_by().values("owner"), role__in=UNIT_ROLES)


def round_offices(news: News) -> People:
    """Return the offices of every region inside the round's range."""
    inside = Organisation.objects.below(news.subject.region).filter(kind=Kind.OFFICE).values("pk")
    return active(organisation__in=inside, role__in=OFFICE_ROLES)


def change_deciders(news: News) -> People:
    """Return those who decide on changes in the region the problem belongs to."""
    return offices_of(news.subject.problem.home, DECIDING)


def change_requester(news: News) -> People:
    """Return who asked for the change."""
    return [news.subject.requested_by_id]


def plan_deciders(news: News) -> People:
    """Return those who approve plans of the organisation that owes the plan."""
    return offices_of(news.subject.plan.organisation, DECIDING)


def plan_submitter(news: News) -> People:
    """Return who submitted the version of the plan."""
    return [news.subject.submitted_by_id] if news.subject.submitted_by_id else []


def text_reviewers(news: News) -> People:
    """Return those who approve texts in the office that drafted it."""
    return active(organisation=news.subject.office_id, role__in=DECIDING)


def text_writers(news: News) -> People:
    """Return who began the text and who wrote its last edition."""
    return [news.subject.author_id, news.subject.editor_id]


def region_people(news: News) -> People:
    """Return the office of a reading's region and the leaders of the region."""
    leaders = active(organisation=news.subject.region_id, role=Role.LEADER)
    return [*offices_of(news.subject.region, OFFICE_ROLES), *leaders]


def deputy_pair(news: News) -> People:
    """Return both people of a deputising."""
    return [news.subject.principal_id, news.subject.deputy_id]


def the_user(news: News) -> People:
    """Return the person the account belongs to."""
    return [news.subject.pk]


AUDIENCES: dict[str, Notice] = {
    "report.submitted": Notice(report_reviewers, "{}：有新的报告等您单位审核", "report"),
    "report.passed_up": Notice(report_reviewers, "{}：下级审核通过，等您单位审核", "report"),
    "report.sent_back": Notice(report_unit, "{}：报告被退回，请按意见修改后再报", "report"),
    "report.adopted": Notice(report_unit, "{}：报告已采纳", "report"),
    "report.reopened": Notice(report_unit, "{}：准予补报", "report"),
    "round.opened": Notice(round_units, "{}开始填报", "my_reports"),
    "round.reminded": Notice(reminded_units, "{}催报：您单位还有没报的任务", "my_reports"),
    "round.due_soon": Notice(owing_units, "{}{left}截止，您单位还有没报的任务", "my_reports"),
    "round.closed": Notice(round_offices, "{}已关账", "round"),
    "task.assigned": Notice(task_unit, "交办给您单位：{}", "task"),
    "task.deadline_changed": Notice(task_unit, "{}：整改时限已调整", "task"),
    "task.due_soon": Notice(task_unit, "{}：{left}到期", "task"),
    "problem.registered": Notice(problem_lead, "新入账的问题由您牵头或督办：{}", "problem"),
    "problem.lead_changed": Notice(problem_lead, "{}：牵头单位已更换", "problem"),
    "change.requested": Notice(change_deciders, "{}：有调整申请等您单位审批", "change"),
    "change.resubmitted": Notice(change_deciders, "{}：补充后的调整申请等您单位审批", "change"),
    "change.approved": Notice(change_requester, "{}：您的调整申请已同意", "change"),
    "change.refused": Notice(change_requester, "{}：您的调整申请没有同意，意见见申请", "change"),
    "change.returned": Notice(change_requester, "{}：您的调整申请被退回，请补充", "change"),
    "plan.submitted": Notice(plan_deciders, "{}：整改方案等您单位审定", "plan_version"),
    "plan.approved": Notice(plan_submitter, "{}：您报送的整改方案已审定", "plan_version"),
    "plan.returned": Notice(plan_submitter, "{}：您报送的整改方案被退回，请修改", "plan_version"),
    "text.submitted": Notice(text_reviewers, "{}：有文稿等您核准", "text"),
    "text.sent_back": Notice(text_writers, "{}：文稿被退回，请按意见修改", "text"),
    "text.approved": Notice(text_writers, "{}：文稿已核准，可以发布", "text"),
    "text.released": Notice(text_writers, "{}：文稿已发布", "text"),
    "indicator_reading.fell_behind": Notice(region_people, "{}，没有达到目标", "indicator_reading"),
    "indicator_reading.worsened": Notice(region_people, "{}，比上年同期或基年变坏", "indicator_reading"),
    "deputy.appointed": Notice(deputy_pair, "{}：代理已设定", "deputies"),
    "deputy.revoked": Notice(deputy_pair, "{}：代理已收回", "deputies"),
    "password.reset": Notice(the_user, "您的密码被管理员重置", "account"),
    "user.post_changed": Notice(the_user, "您的岗位已调整", "account"),
    **CLOSEOUT,
}


def title_of(news: News, words: str) -> str:
    """Return the title of a message: the words with what the subject is called."""
    subject = news.subject
    match news.event.subject_type:
        case "report":
            name = f"{subject.round.title} {subject.owner}“{subject.task.title[:LONGEST]}”"
        case "task" | "problem":
            name = f"{subject.code} {subject.title[:LONGEST]}"
        case "round" | "text":
            name = subject.title
        case "change_request":
            name = f"{subject.problem.code} {subject.problem.title[:LONGEST]}"
        case "plan_version":
            name = f"{subject.plan.title[:LONGEST]} 第 {subject.number} 版"
        case "closeout_case" | "look_back" | "closeout_proposal" | "evidence":
            problem = _problem_of(news)
            name = f"{problem.code} {problem.title[:LONGEST]}"
            words = _closeout_words(news, words)
        case "indicator_reading":
            name = f"{subject.region}{subject.indicator}（{subject.span.label}）{subject.shown}"
        case "deputy":
            name = f"{subject.deputy.name} 代理 {subject.principal.name}"
        case _:
            name = ""
    return words.replace("{left}", _left(news.after.get("days"))).replace("{}", name)


def _left(days: object) -> str:
    """Return how long still, as a reminder says it."""
    return "今天" if days == 0 else f"还有 {days} 天"


def page_of(news: News, page: str) -> str:
    """Return the name of the page a message leads to and its number: `task 12`; empty for none."""
    if page in {"", "my_reports", "account", "deputies"}:
        return page
    number = _problem_of(news).pk if page == "problem_closeout" else news.subject.pk
    return f"{page} {number}"


def _problem_of(news: News) -> Problem:
    """Return the problem that a case, a proposal, a look-back or a piece of evidence is about."""
    subject = news.subject
    problem: Problem = subject.case.problem if news.event.subject_type == "look_back" else subject.problem
    return problem


def _closeout_words(news: News, words: str) -> str:
    """Say which step or which decision waits."""
    subject = news.subject
    if "{motion}" in words:
        return words.replace("{motion}", MotionKind(subject.kind).label)
    if "{step}" in words:
        procedure = rules.read(subject.rules, subject.class_name)
        step = procedure.step(subject.waiting_for)
        return words.replace("{step}", step.label if step else "销号")
    return words
