"""Questions about notices and objections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.acceptance import notice_text as texts
from dugai.acceptance import policy, queries_case, rules
from dugai.acceptance.models import CaseMeasure
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden
from dugai.people.sealed import unseal

if TYPE_CHECKING:
    from dugai.acceptance.models import CloseoutCase, Objection
    from dugai.people.models import User


def notice_text(viewer: User, case: CloseoutCase, *, contact: str = "", channel: str = "") -> texts.Draft:
    """Return the notice of a case in sight as it would be published today."""
    procedure = rules.read(case.rules, case.class_name)
    step, today = procedure.notice, clock.today()
    span = step.days + step.objection_days
    works = queries_case.working_days(viewer, today, span) if step.working else None
    lines = CaseMeasure.objects.filter(case=case).select_related("measure").order_by("measure__number")
    return texts.draft(
        code=case.problem.code,
        problem=case.problem.text,
        goal=case.problem.goal,
        lead=case.problem.lead.name,
        lines=[texts.Line(line.measure.number, line.measure.text, line.claim) for line in lines],
        starts_on=today,
        until=rules.notice_end(today, step.days, works=works),
        objections_until=rules.notice_end(today, span, works=works),
        channel=channel or step.channel,
        contact=contact,
    )


def contact_of(viewer: User, objection: Objection) -> str:
    """Return who objected, for those who answer. Raises `Forbidden` for everyone else."""
    if not policy.may_see_contact(viewer, objection.case):
        raise Forbidden("只有答复异议的整改办审核人员可以看联系方式", code="may_not_see_contact")
    return unseal(objection.contact) if objection.contact else ""
