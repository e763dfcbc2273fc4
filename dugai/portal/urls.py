"""All addresses of the portal. Each stands in the access table (tests/portal/addresses.py)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.portal import (
    assets,
    views_data,
    views_home,
    views_journal,
    views_notices,
    views_numbers,
    views_problems,
    views_releases,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_home.home, name="home"),
    path("about/", views_home.about, name="about"),
    path("search", views_home.search, name="search"),
    path("regions/<str:code>/", views_home.region, name="region"),
    path("regions/<str:code>/feed.xml", views_data.region_feed, name="region_feed"),
    path("problems/", views_problems.problems, name="problems"),
    path("problems/<str:code>/", views_problems.problem, name="problem"),
    path("problems/<str:code>/feed.xml", views_data.problem_feed, name="problem_feed"),
    path("pictures/<str:release>/<str:name>", views_problems.picture, name="picture"),
    path("notices/", views_notices.notices, name="notices"),
    path("notices/<str:key>/", views_notices.notice, name="notice"),
    path("notices/<str:key>/objection", views_notices.objection, name="objection"),
    path("receipt", views_notices.receipt, name="receipt"),
    path("letters/", views_numbers.letters, name="letters"),
    path("letters/<path:key>/", views_numbers.letter_batch, name="letter_batch"),
    path("indicators/", views_numbers.indicators, name="indicators"),
    path("indicators/<path:key>/", views_numbers.indicator, name="indicator"),
    path("provinces/", views_numbers.provinces, name="provinces"),
    path("accountability/", views_releases.accountability, name="accountability"),
    path("releases/", views_releases.releases, name="releases"),
    path("releases/<str:number>/", views_releases.release, name="release"),
    path("releases/<str:number>/files/<str:name>", views_releases.release_file, name="release_file"),
    path("journal/", views_journal.roots, name="journal"),
    path("journal/check", views_journal.check, name="journal_check"),
    path("journal/<str:day>/", views_journal.root, name="root"),
    path("data/", views_data.catalogue, name="data"),
    path("data/<slug:name>.csv", views_data.as_csv, name="data_csv"),
    path("data/<slug:name>.json", views_data.as_json, name="data_json"),
    path("feed.xml", views_data.feed, name="feed"),
    path("sitemap.xml", views_data.sitemap, name="sitemap"),
    path("robots.txt", views_data.robots, name="robots"),
    path("healthz", views_home.healthz, name="healthz"),
    path("static/<str:name>", assets.asset, name="static"),
]

handler400 = "dugai.portal.views_home.bad_request"
handler404 = "dugai.portal.views_home.not_found"
handler500 = "dugai.portal.views_home.server_error"
