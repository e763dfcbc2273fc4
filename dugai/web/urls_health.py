"""Addresses for monitors: alive, ready, measures."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views_health.healthz, name="healthz"),
    path("readyz", views_health.readyz, name="readyz"),
    path("metrics", views_health.metrics, name="metrics"),
]
