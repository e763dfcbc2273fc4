"""Who gets what at the pages of tokens."""

from __future__ import annotations

from tests.web.access import HIDDEN, MOVED, SEES, Line, line

ACCESS: dict[str, Line] = {
    "my_tokens": line(SEES),
    # Making one first asks everybody to confirm who they are.
    "new_token": line(MOVED),
    "revoke_token": line(HIDDEN, lambda world: {"token_id": 10**9}, method="post"),
}
