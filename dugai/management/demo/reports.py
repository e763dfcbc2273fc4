"""What the clerks and reviewers of the demo write. The sentences are ours; nothing here happened anywhere."""

from __future__ import annotations

import datetime as dt
import random

DONE = (
    "完成现场踏勘和设计交底，{day}日进场施工，已完成土方开挖。",
    "组织施工单位倒排工期，{day}日完成本月节点，监理已签认。",
    "{day}日召开专题会研究，明确责任分工，完成招标并签订合同。",
    "完成本月工作量的验收，{day}日起设备调试，运行数据已接入平台。",
    "会同属地逐户核实，{day}日更新清单，完成一批整改并拍照存档。",
    "{day}日完成第三方检测采样，结果达到要求，已归档备查。",
)
BETTER = "补充说明：本月实物工作量以监理签认单为准，签认单编号已在台账登记。"
NEXT = (
    "下月10日前完成剩余工段施工。",
    "下月完成设备安装并试运行。",
    "下月组织初验，完善佐证材料。",
    "继续推进征地协调，下月底前进场。",
    "按周调度施工进度，确保按期完成。",
)
PROBLEMS = (
    "",
    "",
    "",
    "",
    "资金到位较慢，需县级财政统筹。",
    "管线迁改涉及多家权属单位，协调难度大。",
    "汛期施工窗口短，工期偏紧。",
)
SENT_BACK = (
    "只写了开会和研究，请写清本月完成的实物工作量。",
    "数量与上月相同但文字说有进展，请核对后重报。",
    "缺少监理签认或现场照片，请补齐佐证。",
    "下一步安排没有时间和责任人，请补充。",
)
OPINIONS = ("", "", "数据与现场核查一致。", "同意。", "请按节点继续推进。")
COPIED = "高度重视，强化组织领导，压实工作责任，持续推进整改，取得阶段性成效。"
STILL = "按照既定方案有序推进，正在开展相关工作。"


def narrative(draw: random.Random, title: str, today: dt.date, *, better: bool) -> str:
    """Return one month's words about a task; `better` after it was sent back."""
    words = f"{title[:40]}：" + draw.choice(DONE).format(day=draw.randint(2, 20))
    words = f"{today.month}月，{words}"
    return words + BETTER if better else words
