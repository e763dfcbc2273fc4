"""Everything one page of a review shows, asked once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dugai.intake import queries
from dugai.intake.queries_match import Lens
from dugai.intake.states import ADOPTED, ProposalState
from dugai.jobs.models import Job

if TYPE_CHECKING:
    from dugai.intake.doubts import Doubt
    from dugai.intake.models import Document, Page, Proposal
    from dugai.people.models import User

JOB = "intake.read"


class Review:
    """A document with its proposals, their doubts and the places of its pages, through one person's eyes."""

    def __init__(self, viewer: User, document: Document) -> None:
        self.viewer, self.document = viewer, document
        self.record: dict[str, Any] = queries.record_of(viewer, document)
        self.proposals = queries.proposals(viewer, document)
        self.pages = queries.pages_of(viewer, document)
        self.lens = Lens(viewer, document, self.record)
        self._doubts: dict[int, list[Doubt]] = {}

    def doubts(self, row: Proposal) -> list[Doubt]:
        """Return what stands against one undecided proposal."""
        if row.pk not in self._doubts:
            open_ = row.state == ProposalState.PROPOSED
            self._doubts[row.pk] = self.lens.doubts(row) if open_ else []
        return self._doubts[row.pk]

    @property
    def edits(self) -> list[dict[str, Any]]:
        """Return the cleaning edits in force."""
        found: list[dict[str, Any]] = self.record.get("x_edits", [])
        return found

    @property
    def counts(self) -> dict[str, int]:
        """Return how many proposals are in each state, the whole, and what waits to be entered."""
        states = Counter(row.state for row in self.proposals)
        adopted = [row for row in self.proposals if row.state in ADOPTED and row.became_id is None]
        return {
            **{state: states.get(state, 0) for state in ProposalState.values},
            "total": states.total(),
            "decided": states.total() - states.get(ProposalState.PROPOSED, 0),
            "to_enter": len(adopted),
            "entered": sum(row.became_id is not None for row in self.proposals),
            "problems": sum(row.kind == "problem" for row in self.proposals),
            "measures": sum(row.kind == "measure" for row in self.proposals),
            "doubtful": sum(bool(self.doubts(row)) for row in self.proposals),
            "clear": sum(
                row.state == ProposalState.PROPOSED and not self.doubts(row) for row in self.proposals
            ),
        }

    @property
    def whole(self) -> bool:
        """Say whether what is adopted may be entered: read whole, or taken upon oneself by somebody."""
        return self.document.complete or self.document.allowed_by_id is not None

    def text(self) -> str:
        """Return the whole text of the document."""
        return queries.source_of(self.viewer, self.document).text

    def page_at(self, place: int) -> int:
        """Return the number of the page that holds a place of the text."""
        return next((page.number for page in self.pages if place < page.end), 1)

    def on_page(self, row: Proposal, page: Page) -> bool:
        """Say whether a proposal begins on a page; what has no place stands on the first."""
        start = row.spans["text"][0] if "text" in row.spans else 0
        return bool(page.start <= start < page.end)


def job_of(viewer: User, document: Document) -> Job | None:
    """Return the last piece of work that read a document."""
    del viewer  # of a document that was asked for through their eyes
    return Job.objects.filter(kind=JOB, key=str(document.pk)).order_by("-pk").first()
