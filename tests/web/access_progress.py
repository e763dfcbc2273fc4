"""Who gets what at the addresses of progress.

The world's round is called by the provincial office over the whole province; its one report is that of 望渡县住建局.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from dugai.files import services as files
from dugai.progress import offline, services_report, services_round, workbook
from dugai.staging import services as staging
from tests.rounds import fresh, report_of
from tests.web.access import FORBIDDEN, HIDDEN, MOVED, SEES, Line, line

REFUSED, STALE = 422, 409
ADMINS = {"public": HIDDEN, "system_admin": HIDDEN, "security_admin": HIDDEN, "audit_admin": HIDDEN}
OUTSIDE = {**ADMINS, "other_city_reviewer": HIDDEN, "neighbour_clerk": HIDDEN}
OURS = ("county_clerk", "county_reviewer")


def a_round(world: Any) -> dict[str, Any]:
    """Open the world's round once."""
    if not hasattr(world, "round"):
        world.round = services_round.open_round(
            actor=world.cast.province_clerk, kind="special", region=world.cast.province, title="汛前专项调度"
        )
    return {"round_id": world.round.pk}


def a_report(world: Any) -> dict[str, Any]:
    """Return the world's report, with one attachment."""
    a_round(world)
    return {"report_id": report_of(world.round).pk}


def an_attachment(world: Any) -> dict[str, Any]:
    """Attach one file to the world's report, once."""
    found = a_report(world)
    if not hasattr(world, "attachment"):
        world.attachment = services_report.attach_file(
            actor=world.cast.county_clerk,
            report_id=found["report_id"],
            name="通水.txt",
            stream=BytesIO("通水".encode()),
        )
        assert files.clean_name("通水.txt") == fresh(report_of(world.round)).attachments.get().file.name
    return {**found, "attachment_id": world.attachment.pk}


def a_batch(world: Any) -> dict[str, Any]:
    """Stage the workbook of 望渡县住建局 as it was downloaded, once: nothing in it is filled in."""
    a_round(world)
    if not hasattr(world, "batch"):
        clerk = world.cast.county_clerk
        with workbook.write_owed(offline.owed_rows(clerk), "望渡县住建局") as out:
            world.batch = staging.stage(
                actor=clerk, kind=offline.KIND, file_name="填报表.xlsx", data=out.read(), context={}
            )
    return {"batch_id": world.batch.pk}


NEVER_FILLS = dict.fromkeys(
    (
        "verifier",
        "leader",
        "supervisor",
        "discipline",
        "public",
        "system_admin",
        "security_admin",
        "audit_admin",
    ),
    FORBIDDEN,
)

ACCESS: dict[str, Line] = {
    "my_reports": line(SEES),
    "report": line(SEES, a_report, **OUTSIDE),
    "report_draft": line(REFUSED, a_report, method="post", **OUTSIDE, **dict.fromkeys(OURS, SEES)),
    # The table sends no version: those who may act are told that they saw an old one.
    "report_no_change": line(REFUSED, a_report, method="post", **OUTSIDE, **dict.fromkeys(OURS, STALE)),
    "report_withdraw": line(REFUSED, a_report, method="post", **OUTSIDE, **dict.fromkeys(OURS, STALE)),
    "report_receipt": line(MOVED, a_report, **OUTSIDE),
    "report_file": line(SEES, an_attachment, **OUTSIDE),
    "report_review": line(REFUSED, a_report, method="post", **OUTSIDE),
    "report_reopen": line(REFUSED, a_report, method="post", **OUTSIDE),
    "report_workbook": line(SEES, **NEVER_FILLS),
    "report_upload": line(REFUSED, method="post", **NEVER_FILLS),
    "report_batch": line(HIDDEN, a_batch, county_clerk=SEES),
    "report_batch_accept": line(HIDDEN, a_batch, method="post", county_clerk=REFUSED),
    "report_batch_discard": line(HIDDEN, a_batch, method="post", county_clerk=MOVED),
    "review_desk": line(SEES),
    "review_batch": line(REFUSED, method="post"),
    "rounds": line(SEES),
    "round_new": line(
        FORBIDDEN,
        county_office_clerk=SEES,
        city_clerk=SEES,
        city_reviewer=SEES,
        other_city_reviewer=SEES,
        province_clerk=SEES,
        province_manager=SEES,
    ),
    "round": line(SEES, a_round, **ADMINS),
    "round_reports": line(SEES, a_round, **ADMINS),
    # No worker has anything to do: the answer sends the browser on.
    "round_progress": line(SEES, a_round, **ADMINS),
    "round_lay_out": line(
        REFUSED, a_round, method="post", **ADMINS, province_clerk=MOVED, province_manager=MOVED
    ),
    "round_catch_up": line(
        REFUSED, a_round, method="post", **ADMINS, province_clerk=MOVED, province_manager=MOVED
    ),
    "round_remind": line(MOVED, a_round, method="post", **ADMINS),
    "round_close": line(FORBIDDEN, a_round, **ADMINS, province_manager=SEES),
    "round_figures": line(MOVED, a_round, **ADMINS),
}
