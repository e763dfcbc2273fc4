"""Who gets what at the addresses of letters."""

from __future__ import annotations

from tests.web.access import FORBIDDEN, HIDDEN, SEES, WRONG_METHOD, Line, line
from tests.web.access_ledger import OFFICES, nothing, people

NOBODY = ("public", "system_admin", "security_admin", "audit_admin")
HANDLERS = (*OFFICES, "county_clerk", "county_reviewer", "neighbour_clerk")
BATCH = line(HIDDEN, nothing("batch_id"))
STAGED = line(WRONG_METHOD, nothing("import_id"))

ACCESS: dict[str, Line] = {
    "letters": line(SEES, **people(NOBODY, HIDDEN)),
    "my_letters": line(HIDDEN, **people(HANDLERS, SEES)),
    "letter_batch_new": line(FORBIDDEN, **people(OFFICES, SEES)),
    "letter_batch": BATCH,
    "letter_sheet": BATCH,
    "letter_new": BATCH,
    "letter_import": BATCH,
    "letter_template": BATCH,
    "letter_import_staged": line(HIDDEN, nothing("import_id")),
    "letter_import_accept": STAGED,
    "letter_import_discard": STAGED,
    "letter": line(HIDDEN, nothing("letter_id")),
    "letter_answer": line(HIDDEN, nothing("letter_id")),
    "letter_act": line(WRONG_METHOD, nothing("letter_id")),
}
