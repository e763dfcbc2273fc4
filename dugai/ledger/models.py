"""Rows of the ledger: 督察, 问题, 措施, 任务, 点位, and what surrounds them."""

from dugai.ledger.models_change import ChangeRequest, Plan, PlanVersion, ProblemLink
from dugai.ledger.models_entry import Inspection, Measure, Participation, Problem, Site
from dugai.ledger.models_task import LampSample, ListExport, Milestone, SavedView, Tally, Task, TaskTarget

__all__ = [
    "ChangeRequest",
    "Inspection",
    "LampSample",
    "ListExport",
    "Measure",
    "Milestone",
    "Participation",
    "Plan",
    "PlanVersion",
    "Problem",
    "ProblemLink",
    "SavedView",
    "Site",
    "Tally",
    "Task",
    "TaskTarget",
]
