"""Addresses of the letters an inspection hands over."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_letter_acts, views_letter_import, views_letters

urlpatterns: list[URLPattern | URLResolver] = [
    path("letters/", views_letters.batches, name="letters"),
    path("letters/mine", views_letters.my_letters, name="my_letters"),
    path("letters/batches/new", views_letter_acts.batch_new, name="letter_batch_new"),
    path("letters/batches/<int:batch_id>/", views_letters.batch_page, name="letter_batch"),
    path("letters/batches/<int:batch_id>/sheet", views_letter_import.sheet, name="letter_sheet"),
    path("letters/batches/<int:batch_id>/new", views_letter_acts.letter_new, name="letter_new"),
    path("letters/batches/<int:batch_id>/import", views_letter_import.import_page, name="letter_import"),
    path("letters/batches/<int:batch_id>/template", views_letter_import.template, name="letter_template"),
    path("letters/imports/<int:import_id>/", views_letter_import.staged_page, name="letter_import_staged"),
    path("letters/imports/<int:import_id>/accept", views_letter_import.accept, name="letter_import_accept"),
    path(
        "letters/imports/<int:import_id>/discard", views_letter_import.discard, name="letter_import_discard"
    ),
    path("letters/<int:letter_id>/", views_letters.letter_page, name="letter"),
    path("letters/<int:letter_id>/answer", views_letter_acts.letter_answer, name="letter_answer"),
    path("letters/<int:letter_id>/act", views_letter_acts.letter_act, name="letter_act"),
]
