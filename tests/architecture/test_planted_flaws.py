"""Every check is shown a flaw it must find, and the same thing done right, which it must leave alone."""

from textwrap import dedent

import pytest

from tests.architecture import acts, words
from tests.architecture.house import Source
from tests.architecture.test_house import CHECKS, is_allowed

GOOD_SERVICE = """
    @transaction.atomic
    def submit_report(*, actor, report_id, summary):
        report = queries.get_report(actor, report_id, lock=True)
        report.summary = summary
        report.save(update_fields=["summary"])
        record(actor=actor, kind="report.submitted", subject=report)
"""
HELPED_SERVICE = """
    def adopt_report(*, actor, report_id):
        return _adopt(actor, report_id)

    @transaction.atomic
    def _adopt(actor, report_id):
        report = queries.get_report(actor, report_id)
        _trace(actor, report)

    def _trace(actor, report):
        record_many(actor=actor, drafts=[report])
"""
ASKING_SERVICE = """
    from dugai.ledger import services as ledger

    def close_problem(*, actor, problem_id):
        ledger.close_problem(actor=actor, problem_id=problem_id)
"""
GOOD_TEST = """
    def test_one():
        with pytest.raises(Refused):
            submit()

    def test_two(page):
        expect(page).to_have_title("台账")
"""
OPTIONAL_IMPORT = """
    def version():
        try:
            import x
        except ImportError:
            return None
"""

# check, path, text, how many findings
SHOWN = [
    (acts.only_services_write, "dugai/web/views.py", "report.save()", 1),
    (acts.only_services_write, "dugai/ledger/queries.py", "Task.objects.filter(pk=1).update(lamp='red')", 1),
    (acts.only_services_write, "dugai/ledger/rules.py", "Task.objects.create(name='x')", 1),
    (acts.only_services_write, "dugai/ledger/lists.py", "task.delete()", 1),
    (acts.only_services_write, "dugai/ledger/lists.py", "Task.objects.bulk_create(rows)", 1),
    (acts.only_services_write, "dugai/ledger/lists.py", "Task.objects.get_or_create(pk=1)", 1),
    (acts.only_services_write, "dugai/ledger/lists.py", "cursor.execute('  update dugai_task set x=1')", 1),
    (
        acts.only_services_write,
        "dugai/web/views.py",
        "from dugai.journal.services import change\nchange(row, a=1)",
        1,
    ),
    (acts.only_services_write, "dugai/ledger/services.py", "report.save()", 0),
    (acts.only_services_write, "dugai/ledger/services_entry.py", "report.save()", 0),
    (acts.only_services_write, "dugai/ledger/services/entry.py", "report.save()", 0),
    (acts.only_services_write, "dugai/management/commands/up.py", "row.save()", 0),
    (acts.only_services_write, "dugai/ledger/models.py", "super().save(*a, **k)", 0),
    (
        acts.only_services_write,
        "dugai/web/views.py",
        "book.save(path)\nseen.update(more)\ndigest.update(b'x')",
        0,
    ),
    (acts.only_services_write, "dugai/ledger/queries.py", "cursor.execute('select 1')", 0),
    (acts.services_keep_their_shape, "dugai/progress/services.py", GOOD_SERVICE, 0),
    (acts.services_keep_their_shape, "dugai/progress/services_report.py", HELPED_SERVICE, 0),
    (acts.services_keep_their_shape, "dugai/progress/services.py", ASKING_SERVICE, 0),
    (
        acts.services_keep_their_shape,
        "dugai/progress/services.py",
        GOOD_SERVICE.replace("*, actor", "actor"),
        1,
    ),
    (
        acts.services_keep_their_shape,
        "dugai/progress/services.py",
        GOOD_SERVICE.replace("*, actor", "*, who"),
        1,
    ),
    (
        acts.services_keep_their_shape,
        "dugai/progress/services.py",
        GOOD_SERVICE.replace("@transaction.atomic", ""),
        1,
    ),
    (
        acts.services_keep_their_shape,
        "dugai/progress/services.py",
        GOOD_SERVICE.replace("record(", "log("),
        1,
    ),
    (
        acts.services_keep_their_shape,
        "dugai/progress/services.py",
        "def tidy(*, actor):\n    may_tidy(actor=actor)",
        2,
    ),
    (
        acts.queries_ask_who_is_looking,
        "dugai/ledger/queries.py",
        "def get_task(task_id):\n  return Task.objects.get(pk=task_id)",
        1,
    ),
    (
        acts.queries_ask_who_is_looking,
        "dugai/ledger/queries_lists.py",
        "def tasks(*, viewer):\n  return _all()\n\ndef _all():\n  return x.filter(a=1)",
        1,
    ),
    (
        acts.queries_ask_who_is_looking,
        "dugai/ledger/queries.py",
        "def get_task(viewer, pk):\n  return Task.objects.get(pk=pk)",
        0,
    ),
    (
        acts.queries_ask_who_is_looking,
        "dugai/ledger/queries.py",
        "def public_counts():\n  return Task.objects.count()",
        0,
    ),
    (
        acts.queries_ask_who_is_looking,
        "dugai/ledger/queries.py",
        "def late(due, today):\n  return today > due",
        0,
    ),
    (acts.policy_speaks_in_sentences, "dugai/ledger/policy.py", "def can_close(actor): ...", 1),
    (acts.policy_speaks_in_sentences, "dugai/ledger/policy.py", "def may_close(actor): ...", 0),
    (acts.rules_are_pure, "dugai/ledger/rules.py", "late = dt.date.today()", 1),
    (acts.rules_are_pure, "dugai/ledger/rules.py", "from django.db import models", 1),
    (acts.rules_are_pure, "dugai/ledger/rules.py", "import random", 1),
    (acts.rules_are_pure, "dugai/ledger/states.py", "open('x')", 1),
    (acts.rules_are_pure, "dugai/people/states.py", "from django.db.models import TextChoices", 0),
    (acts.rules_are_pure, "dugai/ledger/rules.py", "import datetime as dt\nlate = today > due", 0),
    (
        acts.files_of_a_room_keep_their_order,
        "dugai/ledger/models_task.py",
        "from dugai.ledger.queries import x",
        1,
    ),
    (
        acts.files_of_a_room_keep_their_order,
        "dugai/ledger/policy.py",
        "from dugai.ledger import services_entry",
        1,
    ),
    (acts.files_of_a_room_keep_their_order, "dugai/ledger/states.py", "from dugai.ledger.rules import x", 1),
    (
        acts.files_of_a_room_keep_their_order,
        "dugai/ledger/services.py",
        "from dugai.ledger import queries",
        0,
    ),
    (
        acts.files_of_a_room_keep_their_order,
        "dugai/ledger/rules.py",
        "from dugai.ledger.states import Lamp",
        0,
    ),
    (
        acts.files_of_a_room_keep_their_order,
        "dugai/ledger/queries.py",
        "from dugai.people.services import x",
        0,
    ),
    (words.templates_hold_no_behaviour, "dugai/web/templates/a.html", "<script>alert(1)</script>", 1),
    (words.templates_hold_no_behaviour, "dugai/web/templates/a.html", '<script type="module">x</script>', 1),
    (words.templates_hold_no_behaviour, "dugai/web/templates/a.html", "<style>p{}</style>", 1),
    (words.templates_hold_no_behaviour, "dugai/web/templates/a.html", '<p class="a" style="color:red">', 1),
    (words.templates_hold_no_behaviour, "dugai/web/templates/a.html", "<button onclick='go()'>", 1),
    (words.templates_hold_no_behaviour, "dugai/web/templates/a.html", '<a href="javascript:go()">', 1),
    (words.templates_hold_no_behaviour, "dugai/web/templates/a.html", "{{ text|safe }} {{ x | safeseq }}", 2),
    (words.templates_hold_no_behaviour, "dugai/web/templates/a.html", "{% autoescape off %}", 1),
    (
        words.templates_hold_no_behaviour,
        "dugai/web/templates/a.html",
        '<script src="{% static "a.js" %}" defer></script>',
        0,
    ),
    (
        words.templates_hold_no_behaviour,
        "dugai/web/templates/a.html",
        '<p data-style="x">{{ text|linebreaks }}</p>',
        0,
    ),
    (
        words.nothing_is_marked_safe,
        "dugai/web/tags.py",
        "from django.utils import safestring\nsafestring.mark_safe(x)",
        1,
    ),
    (words.nothing_is_marked_safe, "dugai/web/tags.py", "SafeString(x)", 1),
    (words.nothing_is_marked_safe, "dugai/web/tags.py", "format_html('<b>{}</b>', x)", 0),
    (words.edges_never_touch_tables, "dugai/web/ledger.py", "Task.objects.count()", 1),
    (words.edges_never_touch_tables, "dugai/api/ledger.py", "Task._default_manager.count()", 1),
    (words.edges_never_touch_tables, "dugai/api/ledger.py", "from django.db import transaction", 1),
    (words.edges_never_touch_tables, "dugai/web/middleware.py", "from django.db import OperationalError", 0),
    (words.edges_never_touch_tables, "dugai/ledger/queries.py", "Task.objects.count()", 0),
    (words.files_hold_one_subject, "dugai/ledger/lists.py", "\n" * 451, 1),
    (words.files_hold_one_subject, "dugai/ledger/lists.py", "\n" * 450, 0),
    (words.no_machine_is_named, "docs/a.md", "see /" + "work/shared/a.md", 1),
    (words.no_machine_is_named, "Makefile", "cd /" + "root/x", 1),
    (
        words.no_machine_is_named,
        "package-lock.json",
        '"resolved": "https:' + "//registry." + 'npmjs.org/x"',
        1,
    ),
    (words.no_machine_is_named, "docs/a.md", "see docs/work/a.md and $HOME/work/x", 0),
    (words.imports_inside_functions_have_reasons, "dugai/a.py", "def f():\n  import x  # noqa: PLC0415", 1),
    (words.imports_inside_functions_have_reasons, "dugai/a.py", "def f():\n  import x", 1),
    (
        words.imports_inside_functions_have_reasons,
        "dugai/a.py",
        "def f():\n  import x  # noqa: PLC0415  optional",
        0,
    ),
    (
        words.imports_inside_functions_have_reasons,
        "dugai/a.py",
        "def f():\n  # optional\n  import x  # noqa: PLC0415",
        0,
    ),
    (words.imports_inside_functions_have_reasons, "dugai/a.py", "import x", 0),
    (words.imports_inside_functions_have_reasons, "dugai/a.py", OPTIONAL_IMPORT, 0),
    (words.tests_speak_to_this_machine_only, "tests/web/test_a.py", "get('https://" + "www.baidu.com/')", 1),
    (words.tests_speak_to_this_machine_only, "tests/web/test_a.py", "get('http://" + "8.8.8.8:80/')", 1),
    (words.tests_speak_to_this_machine_only, "tests/web/test_a.py", "get('http://127.0.0.1:8/')", 0),
    (words.tests_speak_to_this_machine_only, "tests/web/test_a.py", "refuse('http://169.254.169.254/')", 0),
    (words.tests_speak_to_this_machine_only, "tests/web/test_a.py", "refuse('https://a.example.org/')", 0),
    (words.tests_assert, "tests/unit/test_a.py", "def test_one():\n    run()", 1),
    (words.tests_assert, "tests/unit/test_a.py", GOOD_TEST, 0),
    (words.tests_assert, "tests/unit/test_a.py", "def test_one():\n    assert run() == 1", 0),
]


@pytest.mark.parametrize(("check", "path", "text", "count"), SHOWN)
def test_a_check_finds_the_flaw_and_nothing_else(check, path, text, count):
    findings = check(Source(path, dedent(text)))
    assert len(findings) == count, findings
    assert all(finding.startswith(f"{path}:") for finding in findings)


def test_every_check_was_shown_a_flaw_and_something_right():
    names = {check.__name__ for check, _ in CHECKS}
    assert {check.__name__ for check, _, _, count in SHOWN if count} == names
    assert {check.__name__ for check, _, _, count in SHOWN if not count} == names


def test_an_entry_of_the_list_speaks_of_its_own_file_and_function_only():
    finding = "dugai/people/services.py:23 step: not in a transaction"
    assert is_allowed(finding, "dugai/people/services.py")
    assert is_allowed(finding, "dugai/people/services.py::step")
    assert not is_allowed(finding, "dugai/people/services.py::step_on")
    assert not is_allowed(finding, "dugai/people/queries.py")
