"""The hazard log is whole: every row filled in, every test that it names exists, nothing is signed off by mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "safety.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| H-")]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very low", "low", "medium", "high", "very high")
RISK = {  # likelihood -> by severity, least first
    "very low": (1, 1, 2, 2, 3),
    "low": (1, 2, 2, 3, 4),
    "medium": (2, 2, 3, 3, 4),
    "high": (2, 3, 3, 4, 5),
    "very high": (3, 4, 4, 5, 5),
}


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_a_control_names_a_test_that_exists(file: str, test: str) -> None:
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_row_is_filled_in_and_its_risk_follows(row: list[str]) -> None:
    assert len(row) == 8
    assert all(row)
    severity, likelihood, risk = row[5:]
    assert int(risk) == RISK[likelihood][SEVERITIES.index(severity)]


def test_numbers_are_in_order_and_nothing_is_signed_off() -> None:
    assert [row[0] for row in ROWS] == [f"H-{number:02}" for number in range(1, len(ROWS) + 1)]
    assert "Status: not signed off by a clinician" in TEXT


@pytest.mark.parametrize("name", ["SECURITY.md", "docs/operations.md", "docs/privacy.md", "docs/safety.md"])
def test_files_and_links_that_a_document_names_exist(name: str) -> None:
    document = ROOT / name
    text = document.read_text()
    for path in re.findall(r"`((?:tests|bot|tools|deploy|web)/[\w/.-]+)`", text):
        assert (ROOT / path).exists(), path
    for link in re.findall(r"\]\(([\w/.-]+\.md)", text):
        assert (document.parent / link).exists(), link
