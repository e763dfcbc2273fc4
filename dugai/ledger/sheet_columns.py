"""整改措施清单: the columns officials exchange, defined once for reading, writing and the template.

The union of the fields that published plans carry (domain reference C.2), each with the other titles under
which real lists print it.
"""

from __future__ import annotations

from dugai.staging.rows import Column

PROBLEM_COLUMNS = ("category", "problem", "title", "goal", "requirement", "standard", "overall")
UNIT_COLUMNS = ("lead", "responsible", "cooperating", "supervising", "accepting")

COLUMNS: tuple[Column, ...] = (
    Column(
        "number", "序号", aliases=("问题序号", "编号", "问题编号", "反馈问题序号", "整改任务序号", "问题号")
    ),
    Column("category", "问题类别", aliases=("问题大类", "大类", "类别", "分类", "问题类型", "方面")),
    Column(
        "problem",
        "反馈问题",
        required=True,
        aliases=(
            "问题",
            "存在问题",
            "督察反馈问题",
            "反馈意见",
            "反馈意见问题",
            "反馈问题内容",
            "问题原文",
            "问题描述",
            "问题内容",
            "问题清单",
            "具体问题",
            "突出问题",
            "主要问题",
            "整改问题",
            "整改任务",
            "整改事项",
            "督察发现问题",
            "督察反馈意见",
        ),
    ),
    Column("title", "问题摘要", aliases=("问题简述", "摘要", "问题标题", "问题名称")),
    Column(
        "home",
        "所属地区",
        aliases=("地区", "涉及地区", "所在地区", "属地", "市州", "市（州）", "县市区", "县（市、区）"),
    ),
    Column("goal", "整改目标", aliases=("目标", "整改工作目标", "目标任务")),
    Column("requirement", "整改要求", aliases=("要求", "工作要求")),
    Column("standard", "整改标准", aliases=("标准", "验收标准", "销号标准")),
    Column("measure_number", "措施序号", aliases=("措施编号", "整改措施序号", "整改措施编号", "措施号")),
    Column(
        "measure",
        "整改措施",
        aliases=(
            "措施",
            "具体措施",
            "整改举措",
            "工作措施",
            "主要措施",
            "具体整改措施",
            "任务措施",
            "整改措施及任务",
        ),
    ),
    Column(
        "deadline",
        "整改时限",
        aliases=(
            "时限",
            "完成时限",
            "整改期限",
            "完成期限",
            "完成时间",
            "整改时间",
            "整改完成时限",
            "整改完成时间",
            "时限要求",
            "办结时限",
            "时间节点",
        ),
    ),
    Column(
        "lead", "牵头单位", aliases=("牵头部门", "牵头责任单位", "整改牵头单位", "牵头责任部门", "主办单位")
    ),
    Column(
        "responsible",
        "责任单位",
        aliases=(
            "主体责任单位",
            "责任主体单位",
            "责任主体",
            "责任部门",
            "整改责任单位",
            "主体单位",
            "实施单位",
            "整改单位",
            "落实单位",
            "承办单位",
            "责任（主体）单位",
        ),
    ),
    Column(
        "cooperating", "配合单位", aliases=("配合部门", "协办单位", "参加单位", "协同单位", "配合责任单位")
    ),
    Column(
        "supervising",
        "督导单位",
        aliases=(
            "监管单位",
            "监管责任单位",
            "督导部门",
            "督查部门",
            "督查单位",
            "督办单位",
            "指导单位",
            "督导（监管）单位",
            "监管（督导）单位",
            "省级督导单位",
            "督导责任单位",
        ),
    ),
    Column(
        "accepting",
        "验收单位",
        aliases=("验收部门", "验收销号单位", "牵头验收单位", "核查单位", "验收责任单位", "销号单位"),
    ),
    Column(
        "person",
        "责任人",
        aliases=(
            "责任领导",
            "具体责任人",
            "包案领导",
            "包保领导",
            "责任领导及责任人",
            "责任领导/责任人",
            "整改责任人",
        ),
    ),
    Column(
        "leader",
        "督办领导",
        aliases=(
            "督办省领导",
            "督办市领导",
            "督办省级领导",
            "省级督办领导",
            "市级督办领导",
            "督办省（市）领导",
            "领办领导",
        ),
    ),
    Column(
        "overall",
        "问题状态",
        aliases=("总体状态", "整改措施总体状态", "问题整改状态", "总体整改状态", "总体情况", "问题总体状态"),
    ),
    Column(
        "status",
        "整改状态",
        aliases=(
            "状态",
            "完成情况",
            "措施状态",
            "完成状态",
            "整改进度",
            "进度",
            "整改完成情况",
            "是否完成",
            "整改结果",
        ),
    ),
    Column(
        "narrative",
        "进展情况",
        aliases=(
            "进展",
            "整改进展",
            "整改进展情况",
            "整改情况",
            "整改落实情况",
            "落实情况",
            "工作进展",
            "目前进展",
        ),
    ),
    Column("note", "备注", aliases=("说明",)),
    Column("row_id", "行标识", note="导出时自带，请不要改动"),
)
TITLES = {column.name: column.title for column in COLUMNS}
FREE_COLUMNS = ("narrative", "note")
"""What a workbook that comes back may change at any time."""
BOUND_COLUMNS = ("measure", "deadline")
"""What it may change too; once a plan binds, the change becomes a request."""
EDITABLE = FREE_COLUMNS + BOUND_COLUMNS
EXPORTED = tuple(column.name for column in COLUMNS)
WIDTHS = {
    "number": 6,
    "category": 16,
    "problem": 48,
    "title": 24,
    "goal": 28,
    "measure_number": 8,
    "measure": 48,
    "deadline": 18,
    "narrative": 40,
    "row_id": 12,
}
