"""The services of notices sent outside: a call that their policy refuses, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Call = tuple[tuple[str, ...], Callable[[Any], dict[str, Any]]]
NOBODY_IN_PARTICULAR = ("public",)
NOT_ADMIN = ("county_clerk", "province_manager", "audit_admin", "security_admin", "public")

CALLS: dict[str, Call] = {
    "choose": (
        NOBODY_IN_PARTICULAR,
        lambda world: {"choices": {}, "digest": True, "quiet_from": None, "quiet_until": None},
    ),
    "ask_email": (NOBODY_IN_PARTICULAR, lambda world: {"email": "name@example.test"}),
    "confirm_email": (NOBODY_IN_PARTICULAR, lambda world: {"token": "x"}),
    "drop_email": (NOBODY_IN_PARTICULAR, lambda world: {}),
    "set_robot": (NOBODY_IN_PARTICULAR, lambda world: {"kind": "wecom", "url": "https://example.test/"}),
    "drop_robot": (NOBODY_IN_PARTICULAR, lambda world: {}),
    "try_robot": (NOBODY_IN_PARTICULAR, lambda world: {}),
    "retry_delivery": (NOT_ADMIN, lambda world: {"delivery_id": 1}),
    "drop_delivery": (NOT_ADMIN, lambda world: {"delivery_id": 1}),
}
