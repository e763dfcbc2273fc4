"""Addresses of pages, gathered from one file for each part of the house."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from dugai.web import (
    urls_acceptance,
    urls_api_pages,
    urls_disclosure,
    urls_documents,
    urls_evidence,
    urls_health,
    urls_indicators,
    urls_journal,
    urls_ledger,
    urls_letters,
    urls_notices,
    urls_people,
    urls_progress,
    urls_shell,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *urls_shell.urlpatterns,
    *urls_people.urlpatterns,
    *urls_ledger.urlpatterns,
    *urls_documents.urlpatterns,
    *urls_letters.urlpatterns,
    *urls_progress.urlpatterns,
    *urls_evidence.urlpatterns,
    *urls_acceptance.urlpatterns,
    *urls_disclosure.urlpatterns,
    *urls_indicators.urlpatterns,
    *urls_journal.urlpatterns,
    *urls_notices.urlpatterns,
    *urls_api_pages.urlpatterns,
    *urls_health.urlpatterns,
]
