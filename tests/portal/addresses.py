"""The access table of the portal. Everybody is the same here: what is public, what is a form, what is kept by caches.

An address: its path in the filled portal, the status of GET and of POST, and whether caches may keep it.
"""

ACCESS: dict[str, tuple[str, int, int, bool]] = {
    # name           path                                         GET  POST  kept
    "home": ("/", 200, 405, True),
    "about": ("/about/", 200, 405, True),
    "search": ("/search?q=柳汀", 200, 405, True),
    "region": ("/regions/990000/", 200, 405, True),
    "region_feed": ("/regions/990000/feed.xml", 200, 405, True),
    "problems": ("/problems/", 200, 405, True),
    "problem": ("/problems/JY3-01/", 200, 405, True),
    "problem_feed": ("/problems/JY3-01/feed.xml", 200, 405, True),
    "picture": ("/pictures/990000ZGB-2026-001/picture-1.jpg", 200, 405, True),
    "notices": ("/notices/", 200, 405, True),
    "notice": ("/notices/20260610-1/", 200, 405, True),
    "objection": ("/notices/20260610-1/objection", 200, 400, False),
    "receipt": ("/receipt", 200, 200, False),
    "letters": ("/letters/", 200, 405, True),
    "letter_batch": ("/letters/JY3/3/", 200, 405, True),
    "indicators": ("/indicators/", 200, 405, True),
    "indicator": ("/indicators/990000/pm25/", 200, 405, True),
    "provinces": ("/provinces/", 200, 405, True),
    "accountability": ("/accountability/", 200, 405, True),
    "releases": ("/releases/", 200, 405, True),
    "release": ("/releases/990000ZGB-2026-001/", 200, 405, True),
    "release_file": ("/releases/990000ZGB-2026-001/files/附表 1.xlsx", 200, 405, True),
    "journal": ("/journal/", 200, 405, True),
    "journal_check": ("/journal/check", 200, 200, False),
    "root": ("/journal/2026-06-10/", 200, 405, True),
    "data": ("/data/", 200, 405, True),
    "data_csv": ("/data/problems.csv", 200, 405, True),
    "data_json": ("/data/problems.json", 200, 405, True),
    "feed": ("/feed.xml", 200, 405, True),
    "sitemap": ("/sitemap.xml", 200, 405, True),
    "robots": ("/robots.txt", 200, 405, True),
    "healthz": ("/healthz", 200, 405, False),
    "static": ("/static/portal-0000000000000000.css", 404, 405, False),
}
