"""Addresses of figures, texts and releases."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_figures, views_releases, views_text_acts, views_texts

urlpatterns: list[URLPattern | URLResolver] = [
    path("figures/", views_figures.catalogue_page, name="figures"),
    path("figures/<slug:code>/", views_figures.figure_page, name="figure"),
    path("texts/", views_texts.text_list, name="texts"),
    path("texts/new", views_texts.text_new, name="text_new"),
    path("texts/templates/<slug:genre>", views_texts.template_page, name="text_template"),
    path("texts/<int:text_id>/", views_texts.text_page, name="text"),
    path("texts/<int:text_id>/sources", views_texts.sources_page, name="text_sources"),
    path("texts/<int:text_id>/compare", views_texts.compare_page, name="text_compare"),
    path("texts/<int:text_id>/print.<slug:form>", views_texts.text_print, name="text_print"),
    path("texts/<int:text_id>/act", views_text_acts.text_act, name="text_act"),
    path("texts/<int:text_id>/annotate", views_text_acts.text_annotate, name="text_annotate"),
    path("texts/<int:text_id>/attach", views_text_acts.text_attach, name="text_attach"),
    path("texts/<int:text_id>/files/<int:attachment_id>", views_text_acts.text_file, name="text_file"),
    path(
        "texts/<int:text_id>/files/<int:attachment_id>/remove",
        views_text_acts.text_file_remove,
        name="text_file_remove",
    ),
    path("findings/<int:finding_id>/overrule", views_text_acts.finding_overrule, name="finding_overrule"),
    path("texts/<int:text_id>/release", views_releases.text_release, name="text_release"),
    path("releases/", views_releases.release_list, name="releases"),
    path("releases/<int:release_id>/", views_releases.release_page, name="release"),
    path("releases/<int:release_id>/act", views_releases.release_act, name="release_act"),
]
