"""Who gets what at the addresses of people."""

from __future__ import annotations

from typing import Any

from tests.web.access import FORBIDDEN, HIDDEN, MOVED, SEES, WRONG_METHOD, Line, line

ADMINS = ("system_admin", "security_admin", "audit_admin")


def _county(world: Any) -> dict[str, Any]:
    return {"organisation_id": world.cast.county.pk}


def _clerk(world: Any) -> dict[str, Any]:
    return {"user_id": world.cast.county_clerk.pk}


def _none(name: str) -> Any:
    return lambda world: {name: 10**9}


def _system(outcome: int, **others: int) -> dict[str, Any]:
    return {"system_admin": outcome, **others}


ACCESS: dict[str, Line] = {
    "sign_in": line(MOVED, anonymous=SEES),
    "sign_in_code": line("sign-in"),
    "oidc_start": line(HIDDEN, anonymous=HIDDEN),
    "oidc_return": line(HIDDEN, anonymous=HIDDEN),
    "sign_out": line(WRONG_METHOD, anonymous=WRONG_METHOD),
    "step_up": line(SEES),
    "account": line(SEES),
    "change_password": line(SEES),
    "totp_setup": line(SEES),
    "totp_off": line(WRONG_METHOD),
    "my_sessions": line(SEES),
    "end_other_sessions": line(WRONG_METHOD),
    "deputies": line(SEES),
    "revoke_deputy": line(HIDDEN, _none("deputy_id"), method="post"),
    "end_session": line(HIDDEN, _none("session_id"), method="post"),
    "organisations": line(MOVED),
    "organisation": line(SEES, _county),
    "add_organisation": line(FORBIDDEN, _county, **_system(SEES)),
    "edit_organisation": line(FORBIDDEN, _county, **_system(SEES)),
    "close_organisation": line(WRONG_METHOD, _county),
    "reopen_organisation": line(WRONG_METHOD, _county),
    "add_group": line(FORBIDDEN, _county, **_system(SEES)),
    "group": line(HIDDEN, _none("group_id")),
    "retire_member": line(HIDDEN, _none("member_id"), method="post"),
    "add_person": line(FORBIDDEN, _county, **dict.fromkeys(ADMINS, SEES)),
    "people": line(FORBIDDEN, **dict.fromkeys(ADMINS, SEES)),
    "person": line(FORBIDDEN, _clerk, **dict.fromkeys(ADMINS, SEES)),
    "edit_person": line(FORBIDDEN, _clerk, **_system(SEES)),
    # A sensitive act first asks everybody to confirm who they are.
    "change_post": line(MOVED, _clerk),
    "reset_password": line(MOVED, _clerk, method="post"),
    "disable_person": line(MOVED, _clerk, method="post"),
    "enable_person": line(MOVED, _clerk, method="post"),
    "clear_totp": line(MOVED, _clerk, method="post"),
    "people_import": line(FORBIDDEN, lambda world: {"kind": "people"}, **_system(SEES)),
    "people_template": line(FORBIDDEN, lambda world: {"kind": "people"}, **_system(SEES)),
    "people_export": line(FORBIDDEN, lambda world: {"kind": "people"}, **_system(SEES)),
    "people_batch": line(HIDDEN, _none("batch_id")),
    "people_batch_accept": line(HIDDEN, _none("batch_id"), method="post"),
    "people_batch_discard": line(HIDDEN, _none("batch_id"), method="post"),
    "security": line(FORBIDDEN, security_admin=SEES),
    "release_lock": line(HIDDEN, _clerk, method="post", security_admin=MOVED),
}
