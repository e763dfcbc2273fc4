"""Addresses of the frame: home, posts, messages, boards."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import (
    views_detail,
    views_lists,
    views_measures,
    views_messages,
    views_schedule,
    views_search,
    views_shell,
    views_today,
    views_wall,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_today.today_page, name="today"),
    path("board/", views_today.board_page, name="board"),
    path("wall/", views_wall.wall_page, name="wall"),
    path("switch-post", views_shell.switch_post, name="switch_post"),
    path("search/", views_search.search_page, name="search"),
    path("gantt/", views_schedule.gantt, name="gantt"),
    path("problems/<int:problem_id>/gantt", views_schedule.problem_gantt, name="problem_gantt"),
    path("tasks/", views_lists.task_list, name="tasks"),
    path("problems/", views_lists.problem_list, name="problems"),
    path("tasks/<int:task_id>/", views_detail.task_page, name="task"),
    path("problems/<int:problem_id>/", views_detail.problem_page, name="problem"),
    path("measures/", views_measures.measure_list, name="measures"),
    path("measures/<int:measure_id>/", views_detail.measure_page, name="measure"),
    path("inspections/", views_detail.inspection_list, name="inspections"),
    path("inspections/<int:inspection_id>/", views_detail.inspection_page, name="inspection"),
    path("views/save", views_lists.save_view, name="save_view"),
    path("views/<int:view_id>/delete", views_lists.delete_view, name="delete_view"),
    path("messages/", views_messages.inbox, name="messages"),
    path("messages/read", views_messages.read_messages, name="read_messages"),
    path("messages/<int:message_id>/open", views_messages.open_message, name="open_message"),
    path("unit-names", views_lists.unit_names, name="unit_names"),
]
