"""Addresses of the pages of evidence and of resumable uploads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_evidence, views_evidence_acts, views_upload

urlpatterns: list[URLPattern | URLResolver] = [
    path("problems/<int:problem_id>/evidence/", views_evidence.problem_evidence, name="problem_evidence"),
    path(
        "problems/<int:problem_id>/evidence/summary",
        views_evidence.problem_evidence_summary,
        name="problem_evidence_summary",
    ),
    path("problems/<int:problem_id>/evidence/new", views_evidence_acts.evidence_new, name="evidence_new"),
    path("evidence/", views_evidence.evidence_queue, name="evidence_queue"),
    path("evidence/<int:evidence_id>/", views_evidence.evidence_page, name="evidence"),
    path("evidence/<int:evidence_id>/file", views_evidence.evidence_file, name="evidence_file"),
    path(
        "evidence/<int:evidence_id>/thumb",
        views_evidence.evidence_picture,
        {"kind": "thumb"},
        name="evidence_thumb",
    ),
    path(
        "evidence/<int:evidence_id>/preview",
        views_evidence.evidence_picture,
        {"kind": "preview"},
        name="evidence_preview",
    ),
    path("evidence/<int:evidence_id>/review", views_evidence_acts.evidence_review, name="evidence_review"),
    path("evidence/<int:evidence_id>/pair", views_evidence_acts.evidence_pair, name="evidence_pair"),
    path("evidence/<int:evidence_id>/part", views_evidence_acts.evidence_part, name="evidence_part"),
    path("evidence/<int:evidence_id>/replace", views_evidence_acts.evidence_replace, name="evidence_replace"),
    path(
        "evidence/<int:evidence_id>/withdraw", views_evidence_acts.evidence_withdraw, name="evidence_withdraw"
    ),
    path("uploads/", views_upload.upload_begin, name="upload_begin"),
    path("uploads/<str:key>/", views_upload.upload, name="upload"),
    path("uploads/<str:key>/finish", views_upload.upload_finish, name="upload_finish"),
]
