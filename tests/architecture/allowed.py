"""What the architecture tests let pass, and why. An entry no longer needed fails the build: the list only shrinks.

A key is a path, and after `::` the function, when only one is meant.
"""

DERIVED = (
    "columns and roll-ups that follow from rows and rules, in the caller's transaction; no event of their own"
)
MACHINERY = "a worker's turn is no act of a person; the effect it carries leaves the trace"

ALLOWED: dict[str, dict[str, str]] = {
    "only_services_write": {
        "dugai/journal/sequencing.py": "leaves and heads follow from the events, and are no change of their own",
        "dugai/ledger/standing.py": DERIVED,
        "dugai/ledger/tallies.py": DERIVED,
        "dugai/progress/tallies.py": DERIVED,
    },
    "services_keep_their_shape": {
        "dugai/journal/services.py": "the journal is written inside the transaction of the service that calls it",
        "dugai/files/services.py::clean_name": "a name in, a name out; touches nothing",
        "dugai/jobs/services.py::enqueue": "asked for inside the transaction of the service that needs it",
        "dugai/jobs/services.py::claim": MACHINERY,
        "dugai/jobs/services.py::heartbeat": MACHINERY,
        "dugai/jobs/services.py::finish": MACHINERY,
        "dugai/jobs/services.py::fail": MACHINERY,
        "dugai/jobs/services.py::take_turn": MACHINERY,
        "dugai/jobs/services.py::retry_parked": "the operator's command leaves its own event",
        "dugai/progress/services_review.py::approve_report": "one of the two acts beside it, each recorded",
        "dugai/people/services.py::step": "a number as a step of a path; touches nothing",
    },
    "queries_ask_who_is_looking": {
        "dugai/ledger/queries.py::require_seen": "compares versions of a row that was fetched through the viewer",
        "dugai/ledger/queries.py::plan_binds": "asked by services about a problem they fetched through the actor",
        "dugai/people/queries.py::ancestors_by_path": "organisations are known to everyone who is signed in",
    },
}
