"""Addresses of one's own notices, and of what did not go out."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_deliveries, views_notices

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/notices/", views_notices.notice_settings, name="notice_settings"),
    path("account/notices/mail/", views_notices.ask_mail, name="ask_mail"),
    path("account/notices/mail/drop/", views_notices.drop_mail, name="drop_mail"),
    path("account/notices/confirm/<str:token>/", views_notices.confirm_mail, name="confirm_mail"),
    path("account/notices/robot/", views_notices.set_robot, name="set_robot"),
    path("account/notices/robot/try/", views_notices.try_robot, name="try_robot"),
    path("account/notices/robot/drop/", views_notices.drop_robot, name="drop_robot"),
    path("deliveries/", views_deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/retry/", views_deliveries.retry, name="retry_delivery"),
    path("deliveries/<int:delivery_id>/drop/", views_deliveries.drop, name="drop_delivery"),
]
