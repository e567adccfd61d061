"""The colours of the pages: contrasts are as docs/design.md tells them, and enough to be read by."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
PAIR = re.compile(r"\| ([\w-]+) on ([\w -]+?) \| ([\d.]+) / ([\d.]+)")
GROUNDS = {"its tint": "c-hidden-soft"}


def _tokens() -> dict[str, tuple[str, str]]:
    text = (ROOT / "hub" / "web" / "static" / "tokens.css").read_text(encoding="utf-8")
    return {name: (light, dark) for name, light, dark in TOKEN.findall(text)}


def _luminance(colour: str) -> float:
    """By WCAG 2.2: the relative luminance of an sRGB colour."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_as_wcag_defines_it() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_the_page_tells_the_contrasts_that_the_colours_have() -> None:
    tokens = _tokens()
    told = PAIR.findall((ROOT / "docs" / "design.md").read_text(encoding="utf-8"))
    assert len(told) >= 10
    for ink, ground, *ratios in told:
        for theme, ratio in enumerate(ratios):
            found = _contrast(tokens[ink][theme], tokens[GROUNDS.get(ground, ground)][theme])
            assert f"{found:.1f}" == ratio, (ink, ground, theme)
            assert found >= (3 if ink.startswith("line") else 4.5)


def test_every_colour_that_a_rule_uses_is_a_token() -> None:
    folder = ROOT / "hub" / "web" / "static"
    used = set(re.findall(r"var\(--([\w-]+)\)", "".join(one.read_text() for one in folder.glob("*.css"))))
    known = set(re.findall(r"--([\w-]+):", (folder / "tokens.css").read_text(encoding="utf-8")))
    assert used <= known
