"""Every kind of event in words, for histories and messages. A kind without a line here fails the tests."""

from __future__ import annotations

from typing import Any

from dugai.ledger import labels_row
from dugai.ledger.states import Closure, Progress
from dugai.progress.states import ReportState

WORDS: dict[str, str] = {
    "access.refused": "越权访问被拒绝",
    "change.approved": "同意调整申请",
    "change.refused": "不同意调整申请",
    "change.requested": "申请调整",
    "change.resubmitted": "重新申请调整",
    "change.returned": "退回调整申请",
    "change.withdrawn": "撤回调整申请",
    "deputy.appointed": "指定代理人",
    "deputy.revoked": "收回代理",
    "file.stored": "存入文件",
    "group.added": "设立领导小组或专组",
    "group_member.added": "加入小组",
    "group_member.retired": "离开小组",
    "import.accepted": "导入入账",
    "import.discarded": "放弃导入",
    "import.staged": "读入待导入的表格",
    "inspection.opened": "登记督察",
    "ledger.exported": "导出整改措施清单",
    "measure.added": "登记措施",
    "measure.edited": "修改措施",
    "milestone.met": "节点完成",
    "milestone.moved": "节点随时限调整",
    "milestone.set": "设定节点",
    "organisation.added": "增加单位",
    "organisation.closed": "停用单位",
    "organisation.edited": "修改单位信息",
    "organisation.reopened": "恢复单位",
    "participation.ended": "不再承担分工",
    "participation.set": "确定分工",
    "password.changed": "修改密码",
    "password.reset": "重置密码",
    "people.exported": "导出单位与人员",
    "plan.approved": "审定整改方案",
    "plan.drafted": "起草整改方案",
    "plan.opened": "建立整改方案",
    "plan.returned": "退回整改方案",
    "plan.revised": "修订整改方案",
    "plan.submitted": "报送整改方案",
    "plan.superseded": "方案由新版取代",
    "problem.edited": "修改问题",
    "problem.lead_changed": "更换牵头单位",
    "problem.linked": "关联问题",
    "problem.registered": "问题入账",
    "recovery_code.used": "使用恢复码登录",
    "release.corrected": "更正发布",
    "release.made": "发布文稿",
    "release.withdrawn": "撤回发布",
    "report.adopted": "采纳报告",
    "report.file_attached": "报告附上文件",
    "report.file_removed": "报告去掉文件",
    "report.owed": "列入本轮应报",
    "report.passed_up": "审核通过并上报",
    "report.reopened": "重新开放填报",
    "report.sent_back": "退回报告",
    "report.started": "开始填报",
    "report.submitted": "报送进展",
    "report.withdrawn": "撤回报告",
    "round.called": "发起调度",
    "round.caught_up": "补列应报任务",
    "round.closed": "调度关账",
    "round.opened": "调度开始填报",
    "round.reminded": "催报",
    "session.closed": "退出登录",
    "session.confirmed": "再次确认身份",
    "session.ended": "结束会话",
    "session.opened": "登录",
    "sign_in.failed": "登录失败",
    "sign_in.locked": "账号被锁定",
    "sign_in.released": "账号解锁",
    "site.added": "登记点位",
    "site.edited": "修改点位",
    "target.changed": "调整目标量",
    "target.progressed": "更新完成量",
    "target.set": "设定目标量",
    "task.assigned": "交办任务",
    "task.deadline_changed": "调整任务时限",
    "task.milestones_set": "设定任务节点",
    "task.progressed": "更新任务进展",
    "task.rolled_up": "由下级任务推算进展",
    "task.split": "分解任务",
    "text.annotated": "给数据项加备注",
    "text.approved": "核准文稿",
    "text.checked": "核对文稿",
    "text.corrected": "文稿由更正稿取代",
    "text.discarded": "作废文稿",
    "text.drafted": "起草文稿",
    "text.overruled": "认定核对结果可以照发",
    "text.refreshed": "刷新文稿数据",
    "text.released": "文稿已发布",
    "text.saved": "修改文稿",
    "text.sent_back": "退回文稿",
    "text.submitted": "文稿送审",
    "text.withdrawn": "文稿撤回发布",
    "text_file.attached": "文稿附上文件",
    "text_file.removed": "文稿去掉文件",
    "text_template.set": "修改文稿模板",
    "token.made": "生成接口令牌",
    "token.revoked": "收回接口令牌",
    "totp.cleared": "清除动态口令",
    "totp.switched_off": "停用动态口令",
    "totp.switched_on": "启用动态口令",
    "user.added": "增加账号",
    "user.disabled": "停用账号",
    "user.edited": "修改账号",
    "user.enabled": "启用账号",
    "user.post_changed": "调整岗位",
    "view.deleted": "删掉视图",
    "view.saved": "保存视图",
    "webhook.added": "登记推送地址",
}

KEY = frozenset(
    {
        "problem.registered",
        "problem.lead_changed",
        "change.approved",
        "change.refused",
        "plan.approved",
        "report.sent_back",
        "task.split",
        "task.deadline_changed",
        "round.closed",
    }
)
"""Decisions, and what moved a promise: they stand out in a history."""

FIELDS = {
    "progress": ("进展", Progress),
    "closure": ("闭环状态", Closure),
    "state": ("状态", ReportState),
}
LONGEST = 120


def words_of(kind: str) -> str:
    """Return what happened in an event of `kind`."""
    return WORDS.get(kind, kind)


def details(body: dict[str, Any]) -> str:
    """Return what changed and why, in words, from the body of an event; empty when the kind says it all."""
    before, after = body.get("before") or {}, body.get("after") or {}
    parts = [_changed(name, before.get(name), after.get(name)) for name in FIELDS]
    parts += [_amount(before, after), _deadline(before.get("deadline"), after.get("deadline"))]
    parts += [str(after[name]) for name in ("name", "period", "receipt") if isinstance(after.get(name), str)]
    if body.get("reason"):
        parts.append(str(body["reason"]))
    return " · ".join(part[:LONGEST] for part in parts if part)


def _changed(name: str, old: Any, new: Any) -> str:
    word, enum = FIELDS[name]
    values = {str(value): label for value, label in enum.choices}
    if new not in values or old == new:
        return ""
    return f"{word}由“{values[old]}”到“{values[new]}”" if old in values else f"{word}“{values[new]}”"


def _amount(before: dict[str, Any], after: dict[str, Any]) -> str:
    if "done" in after:
        return f"完成量由 {before.get('done', 0)} 到 {after['done']}"
    if "amount" in after:
        return f"{after.get('name', '')} {after['amount']} {after.get('unit', '')}".strip()
    return ""


def _deadline(old: Any, new: Any) -> str:
    if not isinstance(new, dict) or not new:
        return ""
    words = labels_row.deadline_words(new)
    if isinstance(old, dict) and old and old != new:
        return f"时限由“{labels_row.deadline_words(old)}”到“{words}”"
    return f"时限 {words}" if words else ""
