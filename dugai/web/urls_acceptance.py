"""Addresses of acceptance, close-out and look-back."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import (
    views_closeout,
    views_closeout_check,
    views_closeout_end,
    views_closeout_lists,
    views_closeout_notice,
    views_closeout_visit,
    views_look_back,
    views_traces,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("problems/<int:problem_id>/closeout/", views_closeout.problem_closeout, name="problem_closeout"),
    path(
        "problems/<int:problem_id>/closeout/summary", views_closeout.closeout_summary, name="closeout_summary"
    ),
    path("problems/<int:problem_id>/traces", views_traces.problem_traces, name="problem_traces"),
    path("problems/<int:problem_id>/closeout/apply", views_closeout.closeout_apply, name="closeout_apply"),
    path(
        "problems/<int:problem_id>/closeout/propose/<slug:kind>",
        views_closeout_end.closeout_propose,
        name="closeout_propose",
    ),
    path("closeout/", views_closeout_lists.closeout_queue, name="closeout"),
    path("closeout/register/", views_closeout_lists.closeout_register, name="closeout_register"),
    path(
        "closeout/register.xlsx",
        views_closeout_lists.closeout_register_sheet,
        name="closeout_register_sheet",
    ),
    path("closeout/consolidation/", views_closeout_lists.consolidation, name="consolidation"),
    path("closeout/<int:case_id>/withdraw", views_closeout.closeout_withdraw, name="closeout_withdraw"),
    path("closeout/<int:case_id>/documents", views_closeout_check.closeout_check, name="closeout_check"),
    path("closeout/<int:case_id>/sign", views_closeout_check.closeout_sign, name="closeout_sign"),
    path("visit-worker.js", views_closeout_visit.visit_worker, name="visit_worker"),
    path("closeout/<int:case_id>/visit", views_closeout_visit.closeout_visit, name="closeout_visit"),
    path(
        "closeout/<int:case_id>/visit/photo",
        views_closeout_visit.closeout_visit_photo,
        name="closeout_visit_photo",
    ),
    path(
        "closeout/<int:case_id>/visit/send",
        views_closeout_visit.closeout_visit_send,
        name="closeout_visit_send",
    ),
    path(
        "closeout/<int:case_id>/photos/<int:photo_id>", views_closeout.closeout_photo, name="closeout_photo"
    ),
    path("closeout/<int:case_id>/notice", views_closeout_notice.closeout_notice, name="closeout_notice"),
    path(
        "closeout/<int:case_id>/objections/new",
        views_closeout_notice.closeout_objection_new,
        name="closeout_objection_new",
    ),
    path(
        "closeout/objections/<int:objection_id>/",
        views_closeout_notice.closeout_objection,
        name="closeout_objection",
    ),
    path("closeout/<int:case_id>/close", views_closeout_end.closeout_close, name="closeout_close"),
    path("closeout/<int:case_id>/file", views_closeout_end.closeout_file, name="closeout_file"),
    path(
        "closeout/<int:case_id>/consolidate",
        views_closeout_end.closeout_consolidate,
        name="closeout_consolidate",
    ),
    path("closeout/proposals/<int:proposal_id>/", views_closeout_end.closeout_decide, name="closeout_decide"),
    path("look-backs/", views_look_back.look_backs, name="look_backs"),
    path("look-backs/new", views_look_back.look_back_new, name="look_back_new"),
    path("look-backs/<int:plan_id>/", views_look_back.look_back_plan, name="look_back_plan"),
    path("look-backs/items/<int:item_id>/", views_look_back.look_back_item, name="look_back_item"),
]
