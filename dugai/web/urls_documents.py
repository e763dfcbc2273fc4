"""Addresses of the documents that come in and of their review."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_document_acts, views_document_letters, views_documents

urlpatterns: list[URLPattern | URLResolver] = [
    path("documents/", views_documents.documents, name="documents"),
    path("documents/<int:document_id>/", views_documents.document_page, name="document"),
    path("documents/<int:document_id>/findings", views_documents.document_findings, name="document_findings"),
    path(
        "documents/<int:document_id>/letters",
        views_document_letters.document_letters,
        name="document_letters",
    ),
    path("documents/<int:document_id>/file", views_documents.document_file, name="document_file"),
    path("documents/<int:document_id>/decide", views_document_acts.document_decide, name="document_decide"),
    path("documents/<int:document_id>/enter", views_document_acts.document_enter, name="document_enter"),
    path("documents/<int:document_id>/settle", views_document_acts.document_settle, name="document_settle"),
    path(
        "documents/<int:document_id>/proposals/<int:proposal_id>",
        views_document_acts.proposal_edit,
        name="proposal_edit",
    ),
]
