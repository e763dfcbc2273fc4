"""Who gets what at the addresses of documents."""

from __future__ import annotations

from tests.web.access import FORBIDDEN, HIDDEN, SEES, WRONG_METHOD, Line, line
from tests.web.access_ledger import OFFICES, nothing, people

GONE = line(HIDDEN, nothing("document_id"))
ACT = line(WRONG_METHOD, nothing("document_id"))

ACCESS: dict[str, Line] = {
    "documents": line(FORBIDDEN, **people(OFFICES, SEES)),
    "document": GONE,
    "document_findings": GONE,
    "document_letters": GONE,
    "document_file": GONE,
    "document_decide": ACT,
    "document_enter": ACT,
    "document_settle": ACT,
    "proposal_edit": line(HIDDEN, lambda world: {"document_id": 0, "proposal_id": 0}),
}
