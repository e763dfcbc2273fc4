"""Questions about texts: the desk, one text, its findings and versions, its releases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.complaints.models import LetterBatch
from dugai.disclosure import drafting, policy
from dugai.disclosure.models import Finding, Release, Text, TextFile, TextTemplate, TextVersion
from dugai.disclosure.rules_body import sentence_of, used
from dugai.disclosure.states import OUT, Genre, TextState
from dugai.kernel.errors import NotVisible
from dugai.ledger.models import Inspection, Problem
from dugai.ledger.sight import Scope
from dugai.people.models import Organisation
from dugai.people.states import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from dugai.people.models import User

DESK = 200
RELATED = (
    "office",
    "region",
    "inspection",
    "problem__lead",
    "batch__inspection",
    "batch__region",
    "author",
    "editor",
    "submitted_by",
    "approved_by",
)


def get_text(viewer: User, text_id: int, *, lock: bool = False) -> Text:
    """Return one text through the viewer's eyes; locked, nobody changes it meanwhile."""
    found = Text.objects.visible_to(viewer).select_related(*RELATED)
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    text: Text | None = found.filter(pk=text_id).first()
    if text is None:
        raise NotVisible("没有这份文稿，或您的单位看不到它")
    return text


def texts(viewer: User, *, state: str = "", genre: str = "", limit: int = DESK) -> list[Text]:
    """Return texts in sight without their bodies, the last saved first; discarded ones only if asked."""
    found = Text.objects.visible_to(viewer).select_related("office", "region", "author").defer("body")
    if state in TextState.values:
        found = found.filter(state=state)
    else:
        found = found.exclude(state=TextState.DISCARDED)
    if genre in Genre.values:
        found = found.filter(genre=genre)
    return list(found.order_by("-saved_at", "-pk")[:limit])


def to_approve(viewer: User) -> QuerySet[Text]:
    """Return the texts that wait for the viewer's approval: neither written nor submitted by them."""
    found = Text.objects.visible_to(viewer).filter(state=TextState.IN_REVIEW, office=viewer.organisation_id)
    if viewer.role not in policy.APPROVING_ROLES:
        return found.none()
    return found.exclude(editor=viewer.person).exclude(submitted_by=viewer.person)


def frame_of(viewer: User, text: Text) -> drafting.Frame:
    """Return what a text is about, for computing its figures through the viewer's eyes."""
    return drafting.Frame(
        viewer,
        text.office,
        text.region,
        text.as_of,
        drafting.period_of(text.period),
        text.inspection,
        text.problem,
        text.batch,
    )


def findings(viewer: User, text: Text) -> list[Finding]:
    """Return what the last check of this edition found: what stops first, then in reading order."""
    if not policy.may_write(viewer, text):
        return []
    rows = Finding.objects.filter(text=text, edition=text.edition).select_related("overruled_by")
    return sorted(
        rows, key=lambda row: (not row.stops, row.overruled_by_id is not None, row.block or 0, row.pk)
    )


def get_finding(viewer: User, finding_id: int) -> Finding:
    """Return one finding of a text of the viewer's own office."""
    row = Finding.objects.select_related("text").filter(pk=finding_id).first()
    if row is None or not policy.may_write(viewer, get_text(viewer, row.text_id)):
        raise NotVisible("没有这一条核对结果，或您的单位看不到它")
    return row


def versions(viewer: User, text: Text) -> list[TextVersion]:
    """Return the saved versions of a text, the newest first; only its office looks into them."""
    if not policy.may_write(viewer, text):
        return []
    return list(TextVersion.objects.filter(text=text).select_related("saved_by"))


def attachments(viewer: User, text: Text) -> list[TextFile]:
    """Return the attachments of a text in sight."""
    del viewer
    return list(text.attachments.filter(removed=False).select_related("file__blob").order_by("pk"))


def get_attachment(viewer: User, text_id: int, attachment_id: int) -> TextFile:
    """Return one attachment of a text in sight."""
    text = get_text(viewer, text_id)
    row = text.attachments.filter(pk=attachment_id, removed=False).select_related("file__blob").first()
    if row is None:
        raise NotVisible("没有这个附件，或您的单位看不到它")
    return row


def releases_of(viewer: User, text: Text) -> list[Release]:
    """Return what was released of a text in sight, the newest first."""
    del viewer
    return list(Release.objects.filter(text=text).select_related("released_by", "corrects"))


def releases(viewer: User, limit: int = DESK) -> list[Release]:
    """Return the releases in sight without their snapshots, the newest first."""
    seen = Text.objects.visible_to(viewer).filter(state__in=OUT).order_by().values("pk")
    rows = Release.objects.filter(text__in=seen).select_related("text__office", "text__region")
    return list(rows.defer("snapshot", "text__body")[:limit])


def get_release(viewer: User, release_id: int, *, lock: bool = False) -> Release:
    """Return one release whose text is in sight."""
    found = Release.objects.select_related("text__office", "text__region", "released_by", "corrects")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    row = found.filter(pk=release_id).first()
    if row is None:
        raise NotVisible("没有这次发布，或您的单位看不到它")
    get_text(viewer, row.text_id)
    return row


@dataclass(frozen=True, slots=True)
class Source:
    """A line of the 数据来源表: which number, in which sentence, what it means and how it was computed."""

    number: str
    name: str
    shown: str
    sentence: str
    meaning: str
    how: str
    as_of: str
    note: str


def sources(viewer: User, text: Text) -> list[Source]:
    """Return the 数据来源表 of a text: every number it shows, in reading order."""
    from dugai.disclosure import sources as made  # noqa: PLC0415  the writers below use it without a viewer

    del viewer
    return [Source(**row) for row in made.sources_of(text.body, used(text.body), sentence_of)]


# ---------- choices of the drafting page ----------


def regions_to_write_of(viewer: User) -> Sequence[Organisation]:
    """Return the regions an office may write about: its own and two levels below."""
    top = Scope.top(viewer)
    if top is None or not policy.may_draft(viewer, top):
        return []
    found = Organisation.objects.below(top).filter(kind=Kind.REGION, depth__lte=top.depth + 2)
    return list(found.order_by("path")[:400])


def inspections_to_write_of(viewer: User) -> Sequence[Inspection]:
    """Return inspections of the regions above and inside the viewer's range."""
    found = Inspection.objects.filter(object__path__in=viewer.organisation.ancestor_paths)
    return list(found.order_by("-fed_back_on", "code"))


def batches_to_write_of(viewer: User) -> list[LetterBatch]:
    """Return the batches of letters of the regions the viewer writes about, the newest first."""
    top = Scope.top(viewer)
    if top is None:
        return []
    found = LetterBatch.objects.visible_to(viewer).filter(Scope.subtree(top))
    return list(found.select_related("inspection", "region").order_by("-handed_on", "-pk")[:200])


def problem_named(viewer: User, code: str) -> Problem | None:
    """Return the visible problem with a number, for texts about one problem."""
    found: Problem | None = (
        Problem.objects.visible_to(viewer)
        .select_related("lead", "inspection")
        .filter(code=code.strip())
        .first()
    )
    return found


def template(viewer: User, genre: Genre) -> tuple[str, TextTemplate | None]:
    """Return the lines the viewer's office drafts from, and its own row where it has one."""
    from dugai.disclosure.templates import shipped  # noqa: PLC0415  wording lies in files

    own = TextTemplate.objects.filter(genre=genre, office=viewer.organisation_id).first()
    return (own.lines if own else shipped(genre)), own
