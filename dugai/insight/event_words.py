"""Every kind of event in words, for histories and messages. A kind without a line here fails the tests."""

from __future__ import annotations

from typing import Any

from dugai.ledger import labels_row
from dugai.ledger.states import Closure, Progress
from dugai.progress.states import ReportState

WORDS: dict[str, str] = {
    "access.refused": "越权访问被拒绝",
    "calendar_day.set": "设定工作日或假日",
    "case_measure.checked": "核实措施落实情况",
    "case_measure.claimed": "申报措施完成情况",
    "case_proof.asked": "列入验收所需佐证",
    "change.approved": "同意调整申请",
    "change.refused": "不同意调整申请",
    "change.requested": "申请调整",
    "change.resubmitted": "重新申请调整",
    "change.returned": "退回调整申请",
    "change.withdrawn": "撤回调整申请",
    "delivery.dropped": "不再发送一条通知",
    "delivery.retried": "重新发送一条通知",
    "closeout.applied": "申请验收",
    "closeout.carried_over": "验收中转入下一轮",
    "closeout.checked": "核查通过",
    "closeout.closed": "销号",
    "closeout.consolidating": "进入巩固期",
    "closeout.dismissed": "异议了结，恢复公示",
    "closeout.filed": "备案",
    "closeout.in_notice": "开始公示",
    "closeout.objected": "公示有异议",
    "closeout.reopened": "销号后重新整改",
    "closeout.returned": "退回限期完善",
    "closeout.step_passed": "验收完成一步",
    "closeout.strengthened": "销号后强化整改",
    "closeout.upheld": "异议成立，重新整改",
    "closeout.verified": "验收通过",
    "closeout.withdrawn": "撤回验收申请",
    "closure_entry.filed": "销号备案登记",
    "closure_entry.numbered": "编定销号文号",
    "deputy.appointed": "指定代理人",
    "deputy.revoked": "收回代理",
    "evidence.accepted": "采纳佐证",
    "evidence.added": "提交佐证",
    "evidence.paired": "前后照片配对",
    "evidence.parted": "解除照片配对",
    "evidence.replaced": "换一份佐证",
    "evidence.returned": "退回佐证",
    "evidence.revoked": "撤销采纳佐证",
    "evidence.withdrawn": "撤回佐证",
    "file.damaged": "文件被发现损坏",
    "file.repaired": "损坏的文件已修复",
    "document.cleaning_undone": "撤回一处清理并重读",
    "document.entered": "文件里采纳的条目入账",
    "document.incomplete_allowed": "决定没读全的文件可以入账",
    "document.letters_entered": "文件里的信访件登记",
    "document.read": "读完文件",
    "document.received": "接到文件",
    "document.reopened": "文件重新审阅",
    "document.reviewed": "文件审完",
    "document.unreadable": "文件未能解析",
    "file.stored": "存入文件",
    "group.added": "设立领导小组或专组",
    "group_member.added": "加入小组",
    "group_member.retired": "离开小组",
    "import.accepted": "导入入账",
    "import.discarded": "放弃导入",
    "import.failed": "导入未能读取",
    "import.received": "收到大文件，交后台读取",
    "import.staged": "读入待导入的表格",
    "indicator.changed": "修改指标定义",
    "indicator.defined": "定义指标",
    "indicator_reading.corrected": "更正指标数据",
    "indicator_reading.entered": "填报指标数据",
    "indicator_reading.fell_behind": "指标未达目标",
    "indicator_reading.replaced": "指标数据由更正取代",
    "indicator_reading.withdrawn": "撤销指标数据",
    "indicator_reading.worsened": "指标变坏",
    "indicator_target.replaced": "指标目标由新目标取代",
    "indicator_target.set": "登记指标目标",
    "indicator_target.withdrawn": "撤销指标目标",
    "inspection.opened": "登记督察",
    "ledger.exported": "导出整改措施清单",
    "look_back.assigned": "安排回访",
    "look_back.recorded": "填写回访结果",
    "look_back_plan.drawn": "抽取回头看对象",
    "letter.answered": "报送信访件办理结果",
    "letter.closed": "信访件办结",
    "letter.entered": "登记信访件",
    "letter.linked": "信访件关联问题",
    "letter.reassigned": "改派信访件",
    "letter.restated": "按新文件更新信访件",
    "letter.reopened": "重新办理信访件",
    "letter.sent_back": "退回信访件重办",
    "letter.staged": "信访件阶段性办结",
    "letter.taken": "签收信访件",
    "letter_batch.opened": "开立信访件批次",
    "measure.added": "登记措施",
    "measure.edited": "修改措施",
    "milestone.met": "节点完成",
    "milestone.moved": "节点随时限调整",
    "milestone.set": "设定节点",
    "notice_email.asked": "请求确认邮箱",
    "notice_email.confirmed": "确认接收通知的邮箱",
    "notice_email.dropped": "不再用邮箱接收通知",
    "notice_robot.dropped": "不再用机器人接收通知",
    "notice_robot.set": "设定通知机器人",
    "notice_robot.tried": "试发机器人消息",
    "notice_settings.changed": "修改通知设置",
    "notice_settings.opened": "开始设置通知",
    "objection.dismissed": "答复异议：不成立",
    "objection.lodged": "登记异议",
    "objection.upheld": "答复异议：成立",
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
    "problem.closure_moved": "问题闭环状态变动",
    "problem.edited": "修改问题",
    "problem.lead_changed": "更换牵头单位",
    "problem.linked": "关联问题",
    "problem.registered": "问题入账",
    "closeout_proposal.approved": "同意提议",
    "closeout_proposal.made": "提出提议",
    "closeout_proposal.refused": "不同意提议",
    "closeout_proposal.withdrawn": "撤回提议",
    "public_entry.received": "收到门户提交的异议",
    "public_notice.on_portal": "公示上门户",
    "public_notice.published": "发布公示",
    "reading.made": "读取文件自带的信息",
    "proposal.accepted": "采纳建议",
    "proposal.corrected": "修改建议",
    "proposal.entered": "建议入账",
    "proposal.made": "提出建议",
    "proposal.matched": "认定建议与台账条目的关系",
    "proposal.merged": "合并建议",
    "proposal.moved": "建议改归另一个问题",
    "proposal.rejected": "不采纳建议",
    "proposal.reopened": "建议重新待定",
    "proposal.split": "拆分建议",
    "proposal.withdrawn": "重读后撤下建议",
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
    "round.due_soon": "提醒：轮次快截止",
    "round.opened": "调度开始填报",
    "round.reminded": "催报",
    "rule_set.adopted": "采用规则",
    "session.closed": "退出登录",
    "session.confirmed": "再次确认身份",
    "session.ended": "结束会话",
    "session.opened": "登录",
    "sign_in.attempts_removed": "清理过期的登录记录",
    "sign_in.failed": "登录失败",
    "sign_in.locked": "账号被锁定",
    "sign_in.released": "账号解锁",
    "site.added": "登记点位",
    "site.edited": "修改点位",
    "site_visit.recorded": "记录现场核查",
    "target.changed": "调整目标量",
    "target.progressed": "更新完成量",
    "target.set": "设定目标量",
    "task.assigned": "交办任务",
    "task.deadline_changed": "调整任务时限",
    "task.due_soon": "提醒：任务快到期",
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
    "upkeep.backed_up": "完成备份",
    "upkeep.drilled": "恢复演练",
    "upkeep.moved": "迁到 PostgreSQL",
    "upkeep.readmitted": "在服务器上重置管理员口令",
    "upkeep.reindexed": "重建检索",
    "upkeep.repaired": "修复文件",
    "upkeep.restored": "由备份恢复",
    "upkeep.scrubbed": "文件巡检",
    "upkeep.verified": "核对留痕",
    "unit_name.set": "记住单位在文件里的写法",
    "user.added": "增加账号",
    "user.disabled": "停用账号",
    "user.edited": "修改账号",
    "user.enabled": "启用账号",
    "user.post_changed": "调整岗位",
    "verification.passed": "核查或签字通过",
    "verification.returned": "核查或签字退回",
    "view.deleted": "删掉视图",
    "view.saved": "保存视图",
    "visit_photo.kept": "存入现场照片",
    "webhook.added": "登记推送地址",
    "webhook.retried": "重发推送",
    "webhook.switched_off": "停用推送",
    "webhook.switched_on": "启用推送",
    "webhook.tested": "测试推送",
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
