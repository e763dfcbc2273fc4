"""Addresses of the pages of progress."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_offline, views_report, views_review, views_round

urlpatterns: list[URLPattern | URLResolver] = [
    path("reports/", views_report.my_reports_page, name="my_reports"),
    path("reports/workbook", views_offline.report_workbook, name="report_workbook"),
    path("reports/upload", views_offline.report_upload, name="report_upload"),
    path("reports/batches/<int:batch_id>/", views_offline.report_batch, name="report_batch"),
    path(
        "reports/batches/<int:batch_id>/accept", views_offline.report_batch_accept, name="report_batch_accept"
    ),
    path(
        "reports/batches/<int:batch_id>/discard",
        views_offline.report_batch_discard,
        name="report_batch_discard",
    ),
    path("reports/<int:report_id>/", views_report.report_page, name="report"),
    path("reports/<int:report_id>/draft", views_report.report_draft, name="report_draft"),
    path("reports/<int:report_id>/no-change", views_report.report_no_change, name="report_no_change"),
    path("reports/<int:report_id>/withdraw", views_report.report_withdraw, name="report_withdraw"),
    path("reports/<int:report_id>/receipt", views_report.report_receipt, name="report_receipt"),
    path("reports/<int:report_id>/files/<int:attachment_id>", views_report.report_file, name="report_file"),
    path("reports/<int:report_id>/review", views_review.report_review, name="report_review"),
    path("reports/<int:report_id>/reopen", views_review.report_reopen, name="report_reopen"),
    path("rounds/<int:round_id>/progress", views_round.round_progress, name="round_progress"),
    path("reviews/", views_review.review_desk, name="review_desk"),
    path("reviews/batch", views_review.review_batch, name="review_batch"),
    path("rounds/", views_round.rounds_page, name="rounds"),
    path("rounds/new", views_round.round_new, name="round_new"),
    path("rounds/<int:round_id>/", views_round.round_page, name="round"),
    path("rounds/<int:round_id>/reports", views_round.round_reports, name="round_reports"),
    path("rounds/<int:round_id>/lay-out", views_round.round_lay_out, name="round_lay_out"),
    path("rounds/<int:round_id>/catch-up", views_round.round_catch_up, name="round_catch_up"),
    path("rounds/<int:round_id>/remind", views_round.round_remind, name="round_remind"),
    path("rounds/<int:round_id>/close", views_round.round_close, name="round_close"),
    path("rounds/<int:round_id>/figures", views_round.round_figures, name="round_figures"),
]
