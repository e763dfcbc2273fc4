"""Addresses where the ledger changes: entries, parts, splits, requested changes, plans, lists in and out."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import (
    views_ledger_change,
    views_ledger_edit,
    views_ledger_entry,
    views_ledger_list,
    views_ledger_plan,
    views_ledger_task,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("inspections/new", views_ledger_entry.inspection_new, name="inspection_new"),
    path("problems/new", views_ledger_entry.problem_new, name="problem_new"),
    path("problems/<int:problem_id>/edit", views_ledger_entry.problem_edit, name="problem_edit"),
    path("problems/<int:problem_id>/measures/new", views_ledger_entry.measures_new, name="measures_new"),
    path("problems/<int:problem_id>/parts", views_ledger_entry.problem_parts, name="problem_parts"),
    path("measures/<int:measure_id>/edit", views_ledger_edit.measure_edit, name="measure_edit"),
    path("sites/<int:site_id>/edit", views_ledger_edit.site_edit, name="site_edit"),
    path("parts/<int:part_id>/end", views_ledger_entry.part_end, name="part_end"),
    path("tasks/<int:task_id>/split", views_ledger_task.task_split, name="task_split"),
    path("tasks/<int:task_id>/internal-due", views_ledger_task.task_internal_due, name="task_internal_due"),
    path("changes/", views_ledger_change.change_list, name="changes"),
    path("problems/<int:problem_id>/changes/new", views_ledger_change.change_new, name="change_new"),
    path("changes/<int:change_id>/", views_ledger_change.change_page, name="change"),
    path("changes/<int:change_id>/decide", views_ledger_change.change_decide, name="change_decide"),
    path("plans/", views_ledger_plan.plan_list, name="plans"),
    path("plans/new", views_ledger_plan.plan_new, name="plan_new"),
    path("plans/<int:plan_id>/", views_ledger_plan.plan_page, name="plan"),
    path("plans/<int:plan_id>/next", views_ledger_plan.plan_next, name="plan_next"),
    path("plan-versions/<int:version_id>/", views_ledger_plan.version_page, name="plan_version"),
    path("plan-versions/<int:version_id>/move", views_ledger_plan.version_move, name="plan_version_move"),
    path("lists/", views_ledger_list.import_new, name="ledger_imports"),
    path("lists/template", views_ledger_list.import_template, name="ledger_import_template"),
    path("lists/export", views_ledger_list.export, name="ledger_export"),
    path("lists/<int:batch_id>/", views_ledger_list.import_batch, name="ledger_import"),
    path("lists/<int:batch_id>/progress", views_ledger_list.import_progress, name="ledger_import_progress"),
    path("lists/<int:batch_id>/decide", views_ledger_list.import_decide, name="ledger_import_decide"),
    path("lists/<int:batch_id>/marked", views_ledger_list.import_marked, name="ledger_import_marked"),
]
