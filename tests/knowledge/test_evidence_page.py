"""docs/evidence.md shows the evidence base as it is."""

from __future__ import annotations

from bot.knowledge import load
from tools.evidence_page import PAGE, page


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(load()), "run: make evidence"


def test_everything_is_on_the_page():
    text = page(load())
    knowledge = load()
    for part in (knowledge.claims, knowledge.concepts, knowledge.exposures, knowledge.red_flags, knowledge.sources):
        for name in part:
            assert f"| {name} |" in text
    assert "${" not in text


def test_no_cell_breaks_its_table():
    for table in page(load()).split("\n\n"):
        rows = [line for line in table.splitlines() if line.startswith("|")]
        assert len({row.replace("\\|", "").count("|") for row in rows}) <= 1
