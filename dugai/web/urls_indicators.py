"""Addresses of indicators."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_indicators

urlpatterns: list[URLPattern | URLResolver] = [
    path("indicators/", views_indicators.indicator_list, name="indicators"),
    path("indicators/alerts/", views_indicators.indicator_alerts, name="indicator_alerts"),
    path("indicators/new", views_indicators.indicator_new, name="indicator_new"),
    path("indicators/adopt", views_indicators.indicator_adopt, name="indicator_adopt"),
    path("indicators/readings/<int:reading_id>/", views_indicators.reading_page, name="indicator_reading"),
    path("indicators/of/<slug:code>/", views_indicators.indicator_page, name="indicator"),
    path("indicators/of/<slug:code>/edit", views_indicators.indicator_edit, name="indicator_edit"),
]
