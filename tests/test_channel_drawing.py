"""Drawings of bubbles and blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tools import channel_drawing as draw


def test_a_bubble_with_its_buttons():
    assert draw.bubble(["Hello.", "Well?"], below=draw.rows(["Yes", "No"])) == (
        "╭────────╮\n│ Hello. │\n│ Well?  │\n╰────────╯\n  [ Yes ]\n  [ No ]"
    )


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200), min_size=1), st.booleans())
def test_no_line_is_too_wide(lines, own):
    for line in draw.bubble(lines, own=own).split("\n"):
        assert cell_len(line) <= draw.WIDTH


def test_ones_own_words_stand_at_the_right():
    assert all(cell_len(line) == draw.WIDTH for line in draw.bubble(["hello"], own=True).split("\n"))
    assert draw.pressed("I agree").endswith("▸ I agree")


def test_slacks_blocks():
    drawn = draw.blocks(
        [
            {"type": "header", "text": {"type": "plain_text", "text": "Your result"}},
            {"type": "divider"},
            {"type": "section", "text": {"type": "mrkdwn", "text": "*Twitching*  `INDIRECT`"}},
            {"type": "section", "text": {"type": "plain_text", "text": "*not bold*"}},
            {"type": "context", "elements": [{"type": "plain_text", "text": "small"}]},
            {"type": "actions", "elements": [{"type": "checkboxes", "options": [{"text": {"text": "sun"}}]}]},
            {"type": "actions", "elements": [{"type": "button", "text": {"text": "Done"}}]},
        ]
    )
    for part in ("Your result", "═══", "Twitching  [INDIRECT]", "*not bold*", "small", "☐ sun", "[ Done ]"):
        assert part in drawn


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_line_is_drawn(text):
    assert "│" in draw.bubble([text])
