"""Which events another system may be told of."""

from __future__ import annotations

from dugai.kernel.choices import Choices


class WebhookKind(Choices):
    """Events of subjects in the API, where the receiver reads the rest with its own token."""

    PROBLEM_REGISTERED = "problem.registered", "问题登记"
    TASK_ASSIGNED = "task.assigned", "任务下达"
    TASK_SPLIT = "task.split", "任务分解"
    TASK_PROGRESSED = "task.progressed", "任务进展"
    REPORT_SUBMITTED = "report.submitted", "月报报送"
    REPORT_SENT_BACK = "report.sent_back", "月报退回"
    REPORT_ADOPTED = "report.adopted", "月报采纳"
    ROUND_OPENED = "round.opened", "调度开始"
    ROUND_CLOSED = "round.closed", "调度关账"
    PLAN_APPROVED = "plan.approved", "方案审定"
    PLAN_PUBLISHED = "plan.published", "方案公开"
    CHANGE_REQUESTED = "change.requested", "申请调整"
    CHANGE_APPROVED = "change.approved", "同意调整"
    CHANGE_REFUSED = "change.refused", "不同意调整"
