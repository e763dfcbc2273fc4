"""Who gets what at the addresses of figures, texts and releases.

The world's draft is 朔岭市's; its released text is 朔岭市's too, so everybody inside and above the city reads it.
"""

from __future__ import annotations

from typing import Any

from dugai.disclosure import services_release, services_text
from dugai.disclosure.models import Finding
from tests.web.access import FORBIDDEN, HIDDEN, MOVED, SEES, Line, line

REFUSED = 422
ADMINS = {"public": HIDDEN, "system_admin": HIDDEN, "security_admin": HIDDEN, "audit_admin": HIDDEN}
OFFICE = ("city_clerk", "city_reviewer")
WRITERS = (*OFFICE, "county_office_clerk", "other_city_reviewer", "province_clerk", "province_manager")
PLACELESS = dict.fromkeys(("public", "system_admin", "security_admin", "audit_admin"), HIDDEN)
OUTSIDE = {**ADMINS, "other_city_reviewer": HIDDEN, "verifier": HIDDEN}


def a_draft(world: Any) -> dict[str, Any]:
    """Draft the city's monthly text once, and check it."""
    if not hasattr(world, "text"):
        cast = world.cast
        world.text = services_text.draft_text(
            actor=cast.city_clerk, genre="quarterly", region=cast.city, period="2026-Q2"
        )
        services_text.services_check.check_text(actor=cast.city_clerk, text_id=world.text.pk)
    return {"text_id": world.text.pk}


def an_attachment(world: Any) -> dict[str, Any]:
    """Attach one file to the draft once."""
    from io import BytesIO  # noqa: PLC0415  used here alone

    found = a_draft(world)
    kept = getattr(world, "text_attachment", None)
    if kept is not None:
        kept.refresh_from_db()
    if kept is None or kept.removed:
        world.text_attachment = services_text.attach_to_text(
            actor=world.cast.city_clerk,
            text_id=world.text.pk,
            name="说明.txt",
            stream=BytesIO("说明".encode()),
        )
    return {**found, "attachment_id": world.text_attachment.pk}


def a_finding(world: Any) -> dict[str, Any]:
    """Return the open place that the check found in the draft."""
    a_draft(world)
    return {"finding_id": Finding.objects.filter(text=world.text, rule="mask")[0].pk}


def a_release(world: Any) -> dict[str, Any]:
    """Release the city's June text once."""
    if getattr(world, "release", None) is None:
        cast = world.cast
        text = services_text.draft_text(
            actor=cast.city_clerk, genre="task_annex", region=cast.city, period="2026-06"
        )
        text = services_text.submit_text(actor=cast.city_clerk, text_id=text.pk, seen_version=text.version)
        text = services_text.approve_text(
            actor=cast.city_reviewer, text_id=text.pk, seen_version=text.version
        )
        world.release = services_release.release_text(
            actor=cast.city_reviewer,
            text_id=text.pk,
            seen_version=text.version,
            channels=[{"channel": "portal"}],
        )
    return {"release_id": world.release.pk}


def code(world: Any) -> dict[str, Any]:
    return {"code": "task_total"}


def genre(world: Any) -> dict[str, Any]:
    return {"genre": "monthly"}


def docx(world: Any) -> dict[str, Any]:
    return {**a_draft(world), "form": "docx"}


OURS = dict.fromkeys(OFFICE, SEES)
ACCESS: dict[str, Line] = {
    "figures": line(SEES, **PLACELESS),
    "figure": line(SEES, code, **PLACELESS),
    "texts": line(SEES, **PLACELESS),
    "text_new": line(FORBIDDEN, **dict.fromkeys(WRITERS, SEES)),
    "text_template": line(HIDDEN, genre, **dict.fromkeys(WRITERS, SEES)),
    "text": line(HIDDEN, a_draft, **OURS),
    "text_sources": line(HIDDEN, a_draft, **OURS),
    "text_compare": line(HIDDEN, a_draft, **OURS),
    "text_print": line(HIDDEN, docx, **OURS),
    # The table names no act and no version: those who see the text are sent back to it with a refusal.
    "text_act": line(HIDDEN, a_draft, method="post", **dict.fromkeys(OFFICE, MOVED)),
    "text_annotate": line(HIDDEN, a_draft, method="post", **dict.fromkeys(OFFICE, 409)),
    "text_attach": line(HIDDEN, a_draft, method="post", **dict.fromkeys(OFFICE, REFUSED)),
    "text_file": line(HIDDEN, an_attachment, **OURS),
    "text_file_remove": line(HIDDEN, an_attachment, method="post", **dict.fromkeys(OFFICE, MOVED)),
    "finding_overrule": line(HIDDEN, a_finding, method="post", **dict.fromkeys(OFFICE, MOVED)),
    "text_release": line(HIDDEN, a_draft, city_clerk=FORBIDDEN, city_reviewer=SEES),
    "releases": line(SEES, **PLACELESS),
    "release": line(SEES, a_release, **OUTSIDE),
    "release_act": line(MOVED, a_release, method="post", **OUTSIDE),
}
