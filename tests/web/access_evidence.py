"""Who gets what at the addresses of evidence. The world's evidence is a photograph of 望渡县住建局."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from dugai.evidence import services, services_look
from dugai.evidence.services import Claim
from dugai.files import services as files
from dugai.files import services_upload
from tests.pictures import photo
from tests.web.access import FORBIDDEN, HIDDEN, SEES, Line, line

REFUSED = 422
ADMINS = ("public", "system_admin", "security_admin", "audit_admin")
SEEN = dict.fromkeys((*ADMINS, "other_city_reviewer", "neighbour_clerk"), HIDDEN)
OWN = ("county_clerk", "county_reviewer")
ADDERS = dict.fromkeys((*OWN, "city_clerk", "city_reviewer", "province_clerk", "province_manager"), SEES)
QUEUE = {
    **dict.fromkeys(("county_reviewer", "city_reviewer", "other_city_reviewer", "verifier"), SEES),
    "province_manager": SEES,
}


def a_problem(world: Any) -> dict[str, Any]:
    return {"problem_id": world.problem.pk}


def a_piece(world: Any) -> dict[str, Any]:
    """Add one photograph, once, and look into it."""
    if not hasattr(world, "evidence"):
        clerk = world.cast.county_clerk
        kept = files.store_file(actor=clerk, name="整改前.jpg", stream=BytesIO(photo("before")))
        world.evidence = services.add_evidence(
            actor=clerk, problem_id=world.problem.pk, file_id=kept.pk, claim=Claim("photos", "before")
        )
        services_look.look_into(actor=None, sha256=kept.blob_id)
    return {"evidence_id": world.evidence.pk}


def an_upload(world: Any) -> dict[str, Any]:
    """Begin one upload of the county clerk, once."""
    if not hasattr(world, "upload"):
        world.upload = services_upload.begin_upload(
            actor=world.cast.county_clerk, name="整改后.jpg", size=10, purpose="evidence"
        )
    return {"key": world.upload.pk}


ACCESS: dict[str, Line] = {
    "problem_evidence": line(SEES, a_problem, **SEEN),
    "problem_evidence_summary": line(SEES, a_problem, **SEEN),
    "evidence_new": line(FORBIDDEN, a_problem, **{**SEEN, **ADDERS}),
    "evidence_queue": line(FORBIDDEN, **QUEUE),
    "evidence": line(SEES, a_piece, **SEEN),
    "evidence_file": line(SEES, a_piece, **SEEN),
    "evidence_thumb": line(SEES, a_piece, **SEEN),
    "evidence_preview": line(SEES, a_piece, **SEEN),
    # an empty form: the reviewer's act is unknown, the others may not review at all
    "evidence_review": line(
        FORBIDDEN,
        a_piece,
        method="post",
        **{**SEEN, **dict.fromkeys(("verifier", "city_reviewer", "province_manager"), 409)},
    ),
    # an empty form has seen no version (409) and no other picture (404); both are in sight of the unit alone
    "evidence_pair": line(HIDDEN, a_piece, method="post"),
    "evidence_part": line(FORBIDDEN, a_piece, method="post", **{**SEEN, **dict.fromkeys(OWN, 409)}),
    "evidence_replace": line(REFUSED, a_piece, method="post", **SEEN),
    "evidence_withdraw": line(FORBIDDEN, a_piece, method="post", **{**SEEN, **dict.fromkeys(OWN, 409)}),
    "upload_begin": line(REFUSED, method="post"),
    "upload": line(HIDDEN, an_upload, county_clerk=SEES),
    "upload_finish": line(HIDDEN, an_upload, method="post", county_clerk=REFUSED),
}
