"""What the architecture tests let pass, and why. An entry no longer needed fails the build: the list only shrinks.

A key is a path, and after `::` the function, when only one is meant.
"""

DERIVED = (
    "columns and roll-ups that follow from rows and rules, in the caller's transaction; no event of their own"
)
FETCHED = "asked by services and queries about a row they fetched through the viewer"
INSIDE = "half of an act, called inside the transaction of the service that is the act"
MACHINERY = "a worker's turn is no act of a person; the effect it carries leaves the trace"
SIGNING_IN = "until the sign-in is complete there is no actor; every try leaves its own row"
UNDER_WAY = "pieces of a file on their way in decide nothing; what they become is stored by a recorded act"
SESSION = "the bookkeeping of a session at each request is no act of a person; ending one by hand is recorded"

ALLOWED: dict[str, dict[str, str]] = {
    "only_services_write": {
        "dugai/journal/sequencing.py": "leaves and heads follow from the events, and are no change of their own",
        "dugai/ledger/search.py": DERIVED,
        "dugai/ledger/standing.py": DERIVED,
        "dugai/ledger/tallies.py": DERIVED,
        "dugai/progress/tallies.py": DERIVED,
        "dugai/upkeep/carrying.py": "empties a database that was found empty, before an office moves into it",
    },
    "services_keep_their_shape": {
        "dugai/files/services_upload.py::begin_upload": UNDER_WAY,
        "dugai/files/services_upload.py::put_chunk": UNDER_WAY,
        "dugai/files/services_upload.py::cancel_upload": UNDER_WAY,
        "dugai/files/services_upload.py::sweep_uploads": UNDER_WAY,
        "dugai/journal/services.py": "the journal is written inside the transaction of the service that calls it",
        "dugai/jobs/services.py::enqueue": "asked for inside the transaction of the service that needs it",
        "dugai/jobs/services.py::claim": MACHINERY,
        "dugai/jobs/services.py::heartbeat": MACHINERY,
        "dugai/jobs/services.py::finish": MACHINERY,
        "dugai/jobs/services.py::fail": MACHINERY,
        "dugai/jobs/services.py::take_turn": MACHINERY,
        "dugai/jobs/services.py::sweep_done": MACHINERY,
        "dugai/people/services_pace.py": "how often a token asks decides nothing beyond this minute",
        "dugai/people/services_retention.py::forget_attempts": MACHINERY,
        "dugai/progress/services_round.py::closable": INSIDE,
        "dugai/progress/services_round_later.py": "asks a worker for a service of the room, which records",
        "dugai/staging/services_large.py::accept_batch": MACHINERY,
        "dugai/staging/services_large.py::read_batch": MACHINERY,
        "dugai/jobs/services.py::close_turn": MACHINERY,
        "dugai/jobs/services.py::note_probe": MACHINERY,
        "dugai/files/services_care.py::mark_checked": MACHINERY,
        "dugai/ledger/services_sample.py": MACHINERY,
        "dugai/notices/services_webhook.py::enqueue_news": MACHINERY,
        "dugai/notices/services_webhook.py::tell": "speaks to a program outside; the journal is what it tells of",
        "dugai/people/services_token.py::note_use": "the time a token was last used decides nothing",
        "dugai/jobs/services.py::retry_parked": "the operator's command leaves its own event",
        "dugai/ledger/services_change.py::end_lead": INSIDE,
        "dugai/ledger/services_plan.py::version_for_change": INSIDE,
        "dugai/notices/services.py::deliver": MACHINERY,
        "dugai/notices/services_delivery.py::queue": MACHINERY,
        "dugai/notices/services_delivery.py::queue_digests": MACHINERY,
        "dugai/notices/services_delivery.py::send_waiting": MACHINERY,
        "dugai/notices/services_delivery.py::settle_lost": MACHINERY,
        "dugai/notices/services_delivery.py::claim": MACHINERY,
        "dugai/notices/services_delivery.py::send": "speaks to a server outside; the row keeps how it went",
        "dugai/notices/services_reminder.py::remind": MACHINERY,
        "dugai/notices/services.py::announce": MACHINERY,
        "dugai/notices/services.py::mark_read": "a tick beside one's own message decides nothing",
        "dugai/people/services_password.py::load_account": "loads and locks an account for the services; writes nothing",
        "dugai/people/services_session.py::register_session": SESSION,
        "dugai/people/services_session.py::live_session": SESSION,
        "dugai/people/services_session.py::forget_session": SESSION,
        "dugai/people/services_session.py::mark_stepped_up": SESSION,
        "dugai/people/services_session.py::end_all": INSIDE,
        "dugai/people/services_signin.py": SIGNING_IN,
        "dugai/staging/services.py::reader_for": "makes the reader of a workbook; touches no table",
        "dugai/people/services_answer.py": "the answer to a repeated request is kept beside the effect, which is recorded",
    },
    "queries_ask_who_is_looking": {
        "dugai/ledger/queries.py::plan_binds": FETCHED,
        "dugai/ledger/queries.py::plan_locks": FETCHED,
        "dugai/ledger/queries.py::plan_under_revision": FETCHED,
        "dugai/ledger/queries.py::taken_problem_numbers": "numbers are unique beyond what one viewer sees",
        "dugai/ledger/queries_plan.py::binding_plans": FETCHED,
        "dugai/ledger/queries_plan.py::binding_version": FETCHED,
        "dugai/ledger/queries_plan.py::content_of": FETCHED,
        "dugai/ledger/queries_plan.py::current_rows": FETCHED,
        "dugai/ledger/queries_plan.py::extensions": FETCHED,
        "dugai/people/queries_people.py::ancestors": "organisations are known to everyone who is signed in",
        "dugai/people/queries.py::ancestors_by_path": "organisations are known to everyone who is signed in",
    },
    "edges_never_touch_tables": {
        "dugai/web/once.py": "one transaction holds an effect and its kept answer, whatever page it came from",
    },
}
