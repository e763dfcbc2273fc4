"""Who gets what at the pages of notices."""

from __future__ import annotations

from tests.web.access import FORBIDDEN, HIDDEN, SEES, WRONG_METHOD, Line, line

REFUSED = 422
NONE = {"delivery_id": 10**9}
OWN = {"public": FORBIDDEN}

ACCESS: dict[str, Line] = {
    "notice_settings": line(SEES, **OWN),
    # An empty form: asked to fill it in.
    "ask_mail": line(SEES, method="post", **OWN),
    "set_robot": line(SEES, method="post", **OWN),
    "drop_mail": line(REFUSED, method="post", **OWN),
    "try_robot": line(REFUSED, method="post", **OWN),
    "drop_robot": line(WRONG_METHOD),
    "confirm_mail": line(REFUSED, lambda world: {"token": "wrong"}, method="post", **OWN),
    "deliveries": line(FORBIDDEN, system_admin=SEES),
    "retry_delivery": line(FORBIDDEN, lambda world: NONE, method="post", system_admin=HIDDEN),
    "drop_delivery": line(FORBIDDEN, lambda world: NONE, method="post", system_admin=HIDDEN),
}
