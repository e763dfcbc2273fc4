"""Who gets what at the pages of tokens and webhooks."""

from __future__ import annotations

from tests.web.access import FORBIDDEN, HIDDEN, MOVED, SEES, Line, line

ACCESS: dict[str, Line] = {
    "my_tokens": line(SEES),
    # Making one first asks everybody to confirm who they are.
    "new_token": line(MOVED),
    "revoke_token": line(HIDDEN, lambda world: {"token_id": 10**9}, method="post"),
    # Webhooks are for managers of an office alone; their own, and none is made here.
    "my_webhooks": line(FORBIDDEN, province_manager=SEES),
    "new_webhook": line(MOVED),
    "webhook": line(FORBIDDEN, lambda world: {"webhook_id": 10**9}, province_manager=HIDDEN),
    "switch_webhook": line(
        FORBIDDEN, lambda world: {"webhook_id": 10**9}, method="post", province_manager=HIDDEN
    ),
    "test_webhook": line(
        FORBIDDEN, lambda world: {"webhook_id": 10**9}, method="post", province_manager=HIDDEN
    ),
    "retry_push": line(
        FORBIDDEN,
        lambda world: {"webhook_id": 10**9, "job_id": 10**9},
        method="post",
        province_manager=HIDDEN,
    ),
}
