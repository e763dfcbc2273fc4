"""The house as it stands: every check of `acts` and `words` over every file, less what `allowed` explains."""

import pytest

from tests.architecture import acts, words
from tests.architecture.allowed import ALLOWED
from tests.architecture.house import Check, Source, committed, house

HOUSE = list(house(".py"))
PAGES = list(house(".html", ".svg"))
EVERYTHING = list(committed())

CHECKS: list[tuple[Check, list[Source]]] = [
    (acts.only_services_write, HOUSE),
    (acts.services_keep_their_shape, HOUSE),
    (acts.queries_ask_who_is_looking, HOUSE),
    (acts.policy_speaks_in_sentences, HOUSE),
    (acts.rules_are_pure, HOUSE),
    (acts.files_of_a_room_keep_their_order, HOUSE),
    (words.templates_hold_no_behaviour, PAGES),
    (words.nothing_is_marked_safe, HOUSE),
    (words.edges_never_touch_tables, HOUSE),
    (words.files_hold_one_subject, EVERYTHING),
    (words.no_machine_is_named, EVERYTHING),
    (words.imports_inside_functions_have_reasons, EVERYTHING),
    (words.tests_speak_to_this_machine_only, EVERYTHING),
    (words.tests_assert, EVERYTHING),
]


def is_allowed(finding: str, key: str) -> bool:
    """Whether an entry of the list speaks of this finding, which reads `path:line name: …`."""
    place, _, message = finding.partition(" ")
    path, _, function = key.partition("::")
    return place.rsplit(":", 1)[0] == path and (not function or message.split(":")[0] == function)


@pytest.mark.parametrize(("check", "sources"), CHECKS, ids=[check.__name__ for check, _ in CHECKS])
def test_the_house_keeps_to(check, sources):
    allowed = ALLOWED.get(check.__name__, {})
    findings = [finding for source in sources for finding in check(source)]
    left = [finding for finding in findings if not any(is_allowed(finding, key) for key in allowed)]
    assert not left, "\n" + "\n".join(left)
    unused = [key for key in allowed if not any(is_allowed(finding, key) for finding in findings)]
    assert unused == [], "an entry that is no longer needed leaves the list"


def test_the_list_speaks_of_checks_that_exist_and_gives_reasons():
    assert set(ALLOWED) <= {check.__name__ for check, _ in CHECKS}
    assert all(reason.strip() for entries in ALLOWED.values() for reason in entries.values())


def test_there_is_a_house_to_look_at():
    assert "dugai/__init__.py" in {source.path for source in HOUSE}
    assert "pyproject.toml" in {source.path for source in EVERYTHING}
