"""A setting, a kind of event, a command or a role that the docs do not mention fails the build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dugai.cli.entry import COMMANDS
from dugai.insight.event_words import WORDS
from dugai.people.states import Role

HOUSE = Path(__file__).resolve().parents[2]
REFERENCE = HOUSE / "docs" / "reference"


def read(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def settings_in_code() -> set[str]:
    found = set()
    for place in (HOUSE / "dugai").rglob("*.py"):
        found |= set(re.findall(r"[\"'](DUGAI_[A-Z0-9_]+)[\"']", place.read_text(encoding="utf-8")))
    return found


def events_in_code() -> set[str]:
    found = set()
    for place in (HOUSE / "dugai").rglob("*.py"):
        text = place.read_text(encoding="utf-8")
        found |= set(re.findall(r"(?:kind=|Draft\(\s*)\"([a-z_]+\.[a-z_]+)\"", text))
    return {kind for kind in found if not kind.startswith(("ledger.roll", "ledger.fold"))}


@pytest.mark.parametrize("name", sorted(settings_in_code()))
def test_every_setting_is_in_the_reference(name: str):
    assert f"`{name}`" in read("settings.md")


def test_every_event_has_its_words_and_its_line():
    listed = set(re.findall(r"^\| `([a-z_.]+)` \|", read("events.md"), flags=re.MULTILINE))
    assert events_in_code() <= set(WORDS)
    assert listed == set(WORDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_reference(name: str):
    assert f"`dugai {name}" in read("commands.md")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SERVICE])
def test_every_role_is_in_the_reference(role: Role):
    words = read("roles.md")
    assert role.label in words or role.label in words.replace("督查、纪检", "督查 纪检")


def test_every_link_of_the_docs_leads_somewhere():
    dead = []
    for place in [HOUSE / "README.md", *(HOUSE / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", place.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:")) and not (place.parent / target).exists():
                dead.append(f"{place.relative_to(HOUSE)}: {target}")
    assert dead == []
