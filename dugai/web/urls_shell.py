"""Addresses of the frame: home, posts, messages, boards."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_shell.today_page, name="today"),
    path("switch-post", views_shell.switch_post, name="switch_post"),
]
