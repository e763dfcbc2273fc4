"""Every pair of colours that carries meaning can be told apart, in both themes (WCAG 2.2: 4.5 for text, 3 for shapes)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "dugai" / "web" / "static" / "dugai" / "tokens.css"
LAMPS = ("overdue", "behind", "soon", "ontrack", "done", "closed")
SURFACES = ("paper", "surface", "sunken", "hover", "selected")
TEXT, SHAPE = 4.5, 3.0


def themes() -> dict[str, dict[str, str]]:
    """Read the colours of each theme from the style sheet itself."""
    css = TOKENS.read_text(encoding="utf-8")
    light, _, rest = css.partition(':root[data-theme="wall"]')
    wall, _, _ = rest.partition("}\n")
    colour = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b")
    found = {"light": dict(colour.findall(light))}
    found["wall"] = found["light"] | dict(colour.findall(wall))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    """Return foreground, background and the contrast the pair must have."""
    found = [
        (ink, surface, TEXT)
        for ink in ("ink", "ink-2", "ink-3", "accent", "accent-strong")
        for surface in SURFACES
    ]
    found += [
        ("accent-strong", "accent-weak", TEXT),
        ("on-accent", "accent", TEXT),
        ("on-accent", "accent-strong", TEXT),
    ]
    found += [("surface", "ink", TEXT), ("control", "surface", SHAPE), ("control", "paper", SHAPE)]
    for lamp in LAMPS:
        found += [(lamp, surface, SHAPE) for surface in SURFACES]
        found += [(f"{lamp}-text", surface, TEXT) for surface in (*SURFACES, f"{lamp}-weak")]
    marks = ("mark-problem", "mark-measure", "mark-deadline", "mark-unit", "mark-figure")
    found += [(ink, mark, TEXT) for ink in ("ink", "ink-2") for mark in marks]
    found.append(("mark-figure-text", "mark-figure", TEXT))
    return found


@pytest.mark.parametrize("theme", ["light", "wall"])
def test_colours_can_be_told_apart(theme):
    colours = themes()[theme]
    weak = {
        (front, back): round(contrast(colours[front], colours[back]), 2)
        for front, back, least in pairs()
        if contrast(colours[front], colours[back]) < least
    }
    assert weak == {}


def test_contrast_is_computed_as_the_standard_says():
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
