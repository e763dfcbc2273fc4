"""Addresses of the journal's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_journal

urlpatterns: list[URLPattern | URLResolver] = [
    path("journal/", views_journal.journal, name="journal"),
    path("journal/check/", views_journal.receipt_check, name="receipt_check"),
    path("journal/check_receipt.py", views_journal.check_script, name="check_script"),
    path(
        "journal/problems/<int:problem_id>/extract.json",
        views_journal.problem_extract,
        name="problem_extract",
    ),
    path("journal/<int:event_id>/receipt.json", views_journal.receipt, name="event_receipt"),
]
