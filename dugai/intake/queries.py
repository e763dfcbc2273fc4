"""Questions about documents under review. The viewer comes first; what is out of sight does not exist."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from dugai.intake import policy
from dugai.intake.blocks import SourceText
from dugai.intake.models import Document, DocumentReading, FieldSource, Page, Proposal, UnitName
from dugai.intake.readers.cage import unpack
from dugai.intake.states import ADOPTED, REVIEWABLE, DocumentState, ProposalState
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, NotVisible, require
from dugai.kernel.pages import page
from dugai.ledger.models import Measure
from dugai.ledger.sight import Scope
from dugai.people.states import OFFICE_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from dugai.kernel.pages import Order, Place
    from dugai.kernel.pages import Page as PageOf
    from dugai.ledger.models import Problem
    from dugai.people.models import Organisation, User

NO_DOCUMENT = "没有这份文件，或您的单位看不到它。"
MAY_NOT = "只有本地区的整改办可以审阅这份文件。"
JOINED = ("file", "inspection", "home", "lead", "uploaded_by", "previous__file", "allowed_by")


def documents(viewer: User) -> QuerySet[Document]:
    """Return the documents of regions whose ledger the viewer keeps, the newest first."""
    top = Scope.top(viewer)
    found = Document.objects.select_related(*JOINED).order_by("-pk")
    if top is None or viewer.role not in OFFICE_ROLES:
        return found.none()
    return found.filter(home__path__gte=top.path, home__path__lt=top.path_end)


def documents_page(viewer: User, order: Order, after: Place | None, limit: int) -> PageOf[Document]:
    """Return one page of the documents in sight."""
    return page(documents(viewer), order, after, limit)


def get_document(viewer: User, document_id: int, *, lock: bool = False) -> Document:
    """Return one document through the viewer's eyes, locked for a decision if asked."""
    found = documents(viewer)
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    document = found.filter(pk=document_id).first()
    if document is None:
        raise NotVisible(NO_DOCUMENT)
    return document


def document_to_review(viewer: User, document_id: int) -> Document:
    """Return a document that the viewer may decide on, locked; refuses with the reason why not."""
    document = get_document(viewer, document_id, lock=True)
    require(policy.may_review(viewer, document), MAY_NOT, code="may_not_review", error=Forbidden)
    state = DocumentState(document.state)
    require(state in REVIEWABLE, f"这份文件{state.label}，没有可审的条目。", code="not_in_review")
    return document


def issued_on(viewer: User, document: Document) -> dt.date:
    """Return the day a document was issued, today where none is printed."""
    del viewer  # of a document that was asked for through their eyes
    try:
        return dt.date.fromisoformat(document.issued_on)
    except ValueError:
        return clock.today()


def proposals(viewer: User, document: Document) -> list[Proposal]:
    """Return the proposals of a document, each problem before its measures, in the order of the text.

    Those a re-reading took away are left out.
    """
    get_document(viewer, document.pk)
    found = Proposal.objects.filter(document=document).exclude(state=ProposalState.WITHDRAWN)
    rows = list(found.select_related("decided_by", "into", "parent").order_by("ordinal"))
    return sorted(rows, key=_place)


def _place(row: Proposal) -> tuple[int, int, int, int]:
    own = _start(row)
    above = row.parent if row.parent is not None else row
    return _start(above), above.ordinal, -1 if row.parent_id is None else own, row.ordinal


def _start(row: Proposal) -> int:
    return int(row.spans["text"][0]) if "text" in row.spans else 0


def proposals_page(
    viewer: User, document_id: int, order: Order, after: Place | None, limit: int
) -> PageOf[Proposal]:
    """Return one page of the proposals of a document."""
    document = get_document(viewer, document_id)
    return page(Proposal.objects.filter(document=document), order, after, limit)


def get_proposal(viewer: User, proposal_id: int) -> Proposal:
    """Return one proposal of a document in sight. The document is what is locked for a decision."""
    found = Proposal.objects.select_related("document", "parent", "decided_by").filter(pk=proposal_id).first()
    if found is None:
        raise NotVisible("没有这一条，或您的单位看不到它。")
    get_document(viewer, found.document_id)
    return found


def counts(viewer: User, document: Document) -> dict[str, int]:
    """Return how many proposals are in each state; together they are all there are."""
    del viewer  # of a document that was asked for through their eyes
    states = Proposal.objects.filter(document=document).values_list("state", flat=True)
    found = Counter(states)
    return {"total": found.total(), **{state: found.get(state, 0) for state in ProposalState.values}}


def adopted(viewer: User, document: Document) -> list[Proposal]:
    """Return the proposals of a document that are adopted, entered or not, in its order."""
    return [row for row in proposals(viewer, document) if ProposalState(row.state) in ADOPTED]


def waiting(viewer: User, found: Iterable[Document]) -> dict[int, int]:
    """Return for each document how many proposals nobody has decided yet."""
    ids = [document.pk for document in found]
    rows = Proposal.objects.filter(document__in=documents(viewer).filter(pk__in=ids).order_by())
    open_ = rows.filter(state=ProposalState.PROPOSED).values_list("document", flat=True)
    return dict(Counter(open_))


def record_of(viewer: User, document: Document) -> dict[str, Any]:
    """Return what the parser found in a document besides its proposals; empty before it was read."""
    del viewer  # of a document that was asked for through their eyes
    found = DocumentReading.objects.filter(document=document).first()
    return dict(found.record) if found else {}


def pages_of(viewer: User, document: Document) -> list[Page]:
    """Return the pages of a document without their text."""
    del viewer  # of a document that was asked for through their eyes
    return list(Page.objects.filter(document=document).defer("text", "blocks").order_by("number"))


def page_of(viewer: User, document: Document, number: int) -> Page | None:
    """Return one page with its text, the first one where there is no page of that number."""
    del viewer  # of a document that was asked for through their eyes
    found = Page.objects.filter(document=document).order_by("number")
    return found.filter(number=number).first() or found.first()


def source_of(viewer: User, document: Document) -> SourceText:
    """Put the text of a document together again as its reader gave it."""
    del viewer  # of a document that was asked for through their eyes
    pages = list(Page.objects.filter(document=document).order_by("number"))
    return unpack(
        {
            "name": document.file.name,
            "media": document.media,
            "text": "".join(page.text for page in pages),
            "blocks": [block for page in pages for block in page.blocks],
            "complete": document.complete,
            "skipped": document.skipped,
            "pages": max((page.sheet or 1 for page in pages), default=1),
            "notes": document.notes,
        }
    )


def same_file(viewer: User, document: Document) -> Document | None:
    """Return an earlier document with the very same bytes for the same inspection and region, if it was read."""
    found = documents(viewer).filter(file__blob=document.file.blob_id)
    return _earlier(found, document).first()


def same_text(viewer: User, document: Document, digest: str) -> Document | None:
    """Return an earlier document that says the very same, whatever its format."""
    return _earlier(documents(viewer).filter(text_sha256=digest), document).first()


def earlier_versions(viewer: User, document: Document, facts: dict[str, Any]) -> list[Document]:
    """Return earlier documents of the kind, region, round and batch in `facts`: it may be their next version."""
    same = {name: facts[name] for name in ("kind", "region", "round", "batch")}
    found = documents(viewer).filter(**same)
    return list(_earlier(found, document)[:20])


def _earlier(found: QuerySet[Document], document: Document) -> QuerySet[Document]:
    same_place = found.filter(inspection=document.inspection_id, home=document.home_id)
    read = same_place.filter(state__in=(DocumentState.REVIEW, DocumentState.DONE))
    return read.filter(pk__lt=document.pk) if document.pk else read


def keys_of(viewer: User, document: Document) -> dict[str, Proposal]:
    """Return the proposals of a document by what they say."""
    del viewer  # of a document that was asked for through their eyes
    found = Proposal.objects.filter(document=document).exclude(state=ProposalState.WITHDRAWN)
    return {row.key: row for row in found}


def measures_of(viewer: User, problem: Problem) -> list[Measure]:
    """Return the measures of a problem in sight."""
    return list(Measure.objects.visible_to(viewer).filter(problem=problem))


def unit_names(viewer: User, document: Document) -> dict[str, int]:
    """Return what the offices of the document's region, and those above it, said that names mean."""
    del viewer  # names of units are known to everyone who is signed in
    offices = document.home.ancestor_paths
    found = UnitName.objects.filter(office__path__in=offices).order_by("office__path")
    return dict(found.values_list("text", "unit"))


def sources(viewer: User, subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[FieldSource]]:
    """Return where the values of ledger rows were read. The caller fetched the rows through the viewer's eyes."""
    del viewer
    wanted = list(subjects)
    kinds = {kind for kind, _ in wanted}
    ids = {pk for _, pk in wanted}
    rows = FieldSource.objects.filter(subject_type__in=kinds, subject_id__in=ids)
    found: dict[tuple[str, int], list[FieldSource]] = {}
    for row in rows.select_related("document__file", "document__home", "corrected_by").order_by("pk"):
        if (row.subject_type, row.subject_id) in set(wanted):
            found.setdefault((row.subject_type, row.subject_id), []).append(row)
    return found


def sight_of(viewer: User, homes: Iterable[Organisation]) -> set[int]:
    """Return those of the regions whose documents the viewer may open."""
    top = Scope.top(viewer)
    if top is None or viewer.role not in OFFICE_ROLES:
        return set()
    return {home.pk for home in homes if home.is_within(top)}
