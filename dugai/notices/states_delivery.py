"""通知的发送: channels, how far a delivery has come, and the groups a person chooses by."""

from __future__ import annotations

from dugai.kernel.choices import Choices


class Channel(Choices):
    """Ways to a person beside the page, where everything stands anyway."""

    MAIL = "mail", "邮件"
    ROBOT = "robot", "机器人"


class DeliveryState(Choices):
    """From the intention to an end. What may have arrived is never sent again by itself."""

    QUEUED = "queued", "等待"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发出"
    PARKED = "parked", "发不出"
    UNSURE = "unsure", "结果不明"
    DROPPED = "dropped", "不再发"


STUCK = frozenset({DeliveryState.PARKED, DeliveryState.UNSURE})
"""A person of the installation has to look."""


class NoticeGroup(Choices):
    """What a person chooses by: a handful of groups, not every kind of event."""

    REVIEW = "review", "等我审核审批的"
    RETURNED = "returned", "退回和审批结果"
    ASSIGNED = "assigned", "交办和时限变化"
    ROUND = "round", "调度轮次和催报"
    DUE = "due", "到期提醒"
    ACCOUNT = "account", "账户安全"
    WORK = "work", "其他工作通知"


class When(Choices):
    """When a group reaches a person on one channel."""

    NOW = "now", "随时发"
    DAILY = "daily", "每日汇总"
    OFF = "off", "不发"


class RobotKind(Choices):
    """Whose robot: decides the shape of what is sent."""

    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"


DIGEST, VERIFY, TRIAL, DUE_TODAY = "digest", "verify", "trial", "due"
"""What is sent that is no single event: the daily digest, the letter that proves an address, a trial, and the
reminders of one day together."""

SPECIAL = {DIGEST: "每日汇总", VERIFY: "邮箱确认信", TRIAL: "试发", DUE_TODAY: "到期提醒"}

GROUP_OF: dict[str, NoticeGroup] = {
    "report.submitted": NoticeGroup.REVIEW,
    "report.passed_up": NoticeGroup.REVIEW,
    "change.requested": NoticeGroup.REVIEW,
    "change.resubmitted": NoticeGroup.REVIEW,
    "plan.submitted": NoticeGroup.REVIEW,
    "report.sent_back": NoticeGroup.RETURNED,
    "report.adopted": NoticeGroup.RETURNED,
    "report.reopened": NoticeGroup.RETURNED,
    "change.approved": NoticeGroup.RETURNED,
    "change.refused": NoticeGroup.RETURNED,
    "change.returned": NoticeGroup.RETURNED,
    "plan.approved": NoticeGroup.RETURNED,
    "plan.returned": NoticeGroup.RETURNED,
    "task.assigned": NoticeGroup.ASSIGNED,
    "task.deadline_changed": NoticeGroup.ASSIGNED,
    "problem.registered": NoticeGroup.ASSIGNED,
    "problem.lead_changed": NoticeGroup.ASSIGNED,
    "round.opened": NoticeGroup.ROUND,
    "round.reminded": NoticeGroup.ROUND,
    "round.closed": NoticeGroup.ROUND,
    "task.due_soon": NoticeGroup.DUE,
    "round.due_soon": NoticeGroup.DUE,
    "deputy.appointed": NoticeGroup.ACCOUNT,
    "deputy.revoked": NoticeGroup.ACCOUNT,
    "password.reset": NoticeGroup.ACCOUNT,
    "user.post_changed": NoticeGroup.ACCOUNT,
    "closeout.applied": NoticeGroup.ASSIGNED,
    "closeout.step_passed": NoticeGroup.ASSIGNED,
    "closeout.checked": NoticeGroup.ASSIGNED,
    "closeout.verified": NoticeGroup.ASSIGNED,
    "closeout.objected": NoticeGroup.ASSIGNED,
    "closeout_proposal.made": NoticeGroup.ASSIGNED,
    "look_back.assigned": NoticeGroup.ASSIGNED,
    "closeout.returned": NoticeGroup.RETURNED,
    "closeout.dismissed": NoticeGroup.RETURNED,
    "closeout.upheld": NoticeGroup.RETURNED,
    "closeout.reopened": NoticeGroup.RETURNED,
    "closeout_proposal.approved": NoticeGroup.RETURNED,
    "closeout_proposal.refused": NoticeGroup.RETURNED,
    "evidence.returned": NoticeGroup.RETURNED,
    "evidence.accepted": NoticeGroup.RETURNED,
    "evidence.revoked": NoticeGroup.RETURNED,
}

DEFAULTS: dict[NoticeGroup, When] = {
    NoticeGroup.REVIEW: When.DAILY,
    NoticeGroup.RETURNED: When.NOW,
    NoticeGroup.ASSIGNED: When.NOW,
    NoticeGroup.ROUND: When.NOW,
    NoticeGroup.DUE: When.DAILY,
    NoticeGroup.ACCOUNT: When.NOW,
    NoticeGroup.WORK: When.DAILY,
}
"""What holds until a person chooses: decisions about one's own work at once, the rest once a day."""


def group_of(kind: str) -> NoticeGroup:
    """Return the group of a kind of event; a kind nobody sorted is other work."""
    return GROUP_OF.get(kind, NoticeGroup.WORK)
