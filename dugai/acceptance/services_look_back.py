"""回头看: a draw that anyone can repeat, and a visit with three questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.acceptance import policy, queries_after, queries_case, rules
from dugai.acceptance.models import LookBack, LookBackPlan
from dugai.acceptance.services_again import propose_after_look_back
from dugai.acceptance.states import LookBackState
from dugai.journal.services import Draft, change, insert_many, record, record_many, require_version, shown
from dugai.kernel import canonical, clock
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require
from dugai.kernel.months import add_months
from dugai.people import queries as people

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from dugai.acceptance.entries import Answers
    from dugai.acceptance.models import CloseoutCase
    from dugai.people.models import Organisation, User

PLAN = (
    *("region", "title", "seed", "share_percent", "closed_until", "population", "population_digest"),
    *("due", "planned_by"),
)
LONGEST_SEED = 80


@transaction.atomic
def plan_look_back(
    *,
    actor: User,
    region_id: int,
    title: str,
    seed: str,
    due: dt.date,
    visitor_ids: Sequence[int],
    share_percent: int | None = None,
) -> LookBackPlan:
    """Draw among the problems of a region that were closed long enough ago, and assign the visitors in turn.

    Share and age come from the rules of the region unless a larger share is asked for. The draw follows
    from the seed and the ids (`rules.draw`); both are in the event.
    """
    region = people.get_organisation(actor, region_id)
    allowed = policy.may_plan_look_back(actor, region)
    require(allowed, "回头看由管本地区的整改办或督查机构安排", code="may_not_plan", error=Forbidden)
    _require_words(title, seed, due)
    if LookBackPlan.objects.filter(region=region, title=title.strip()[:120]).exists():
        message = "本地区已经有这个名称的回头看，请换一个"
        raise InvalidInput(message, code="title_taken", fields={"title": message})
    values = queries_after.look_back_rules(actor, region)
    share = share_percent if share_percent is not None else int(values["share_percent"])
    if not int(values["share_percent"]) <= share <= 100:
        message = f"抽查比例按规则不低于 {values['share_percent']}%，最多 100%"
        raise InvalidInput(message, code="share_wrong", fields={"share_percent": message})
    closed_until = add_months(clock.today(), -int(values["after_months"]))
    cases = queries_after.closed_cases(actor, region, closed_until)
    require(cases, f"{closed_until} 以前没有销号的问题可抽", code="nothing_to_draw")
    keys = [case.pk for case in cases]
    drawn = set(rules.draw(seed.strip(), keys, share_percent=share, minimum=int(values["minimum"])))
    plan = LookBackPlan(
        region=region,
        title=title.strip()[:120],
        seed=seed.strip(),
        share_percent=share,
        closed_until=closed_until,
        population=len(keys),
        population_digest=canonical.sha256(canonical.dump(keys).encode()),
        due=due,
        planned_by=actor.person,
        planned_at=clock.now(),
    )
    plan.save(force_insert=True)
    after = {**shown(plan, *PLAN), "drawn": sorted(drawn)}
    record(actor=actor, kind="look_back_plan.drawn", subject=plan, after=after)
    visitors = [people.get_organisation(actor, key) for key in dict.fromkeys(visitor_ids)]
    items = [
        LookBack(plan=plan, case=case, visitor_unit=_visitor(case, visitors, turn))
        for turn, case in enumerate(case for case in cases if case.pk in drawn)
    ]
    insert_many(items)
    drafts = [
        Draft("look_back.assigned", item, after=shown(item, "plan", "case", "visitor_unit", "state"))
        for item in items
    ]
    record_many(actor=actor, drafts=drafts)
    return plan


@transaction.atomic
def record_look_back(*, actor: User, item_id: int, seen_version: int, answers: Answers) -> LookBack:
    """Answer 反弹, 到位, 稳固. What came back, or is not in place, is proposed to be reopened."""
    item = queries_case.get_look_back(actor, item_id, lock=True)
    allowed = policy.may_visit_back(actor, item)
    require(allowed, "由安排的回访单位填，申请单位自己不能填", code="may_not_visit", error=Forbidden)
    require_version(item, seen_version)
    require(item.state == LookBackState.PLANNED, "这一项已经回访过", code="visited_already")
    require(answers.findings.strip(), "请写回访看到的情况", code="findings_missing")
    if answers.visited_on > clock.today():
        message = "回访日期还没有到"
        raise InvalidInput(message, code="date_ahead", fields={"visited_on": message})
    require(not (answers.rebound and answers.stable), "问题反弹就不是稳固，请核对", code="answers_differ")
    before, after = change(
        item,
        state=LookBackState.DONE,
        rebound=answers.rebound,
        in_place=answers.in_place,
        stable=answers.stable,
        findings=answers.findings.strip(),
        visited_on=answers.visited_on,
        visited_by=actor.person,
    )
    record(
        actor=actor,
        kind="look_back.recorded",
        subject=item,
        before=before,
        after=after,
        reason=answers.findings.strip(),
    )
    if answers.rebound or not answers.in_place:
        word = "问题反弹" if answers.rebound else "整改没有到位"
        why = f"“{item.plan.title}”发现{word}：{answers.findings.strip()}"
        propose_after_look_back(actor=actor, problem=item.case.problem, reason=why)
    return item


def _require_words(title: str, seed: str, due: dt.date) -> None:
    wrong = {}
    if not title.strip():
        wrong["title"] = "请写名称，如“2026年第四季度回头看”"
    if not seed.strip() or len(seed.strip()) > LONGEST_SEED:
        wrong["seed"] = f"请写抽取种子（1 到 {LONGEST_SEED} 字），事先公布的最好"
    if due < clock.today():
        wrong["due"] = "完成期限早于今天"
    if wrong:
        raise InvalidInput("；".join(wrong.values()), code="plan_incomplete", fields=wrong)


def _visitor(case: CloseoutCase, visitors: Sequence[Organisation], turn: int) -> Organisation:
    """Return the next unit in turn that did not apply, does not lead, and oversees the place."""
    own = {case.applicant_unit_id, case.problem.lead_id}
    fit = [
        unit for unit in visitors if unit.pk not in own and queries_after.public_oversees(unit, case.problem)
    ]
    if not fit:
        raise Refused(
            f"{case.problem.code} 没有合适的回访单位：要管着当地，也不是申请或牵头单位。", code="no_visitor"
        )
    return fit[turn % len(fit)]
