"""The word lists: every entry's own example is read as it says, and a broken list is refused with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from bot.clinical import LexiconError, data_digest, load_lexicon, read
from bot.clinical.wordlists import DATA, LINE, items, load_words
from bot.knowledge import load

KNOWLEDGE = Path(__file__).resolve().parents[2] / "bot" / "knowledge" / "data"

KINDS = {"symptoms": "concept", "exposures": "exposure", "signs": "sign"}


def entries() -> list[tuple[str, str, str]]:
    found = []
    for kind in KINDS:
        for path in sorted(DATA.glob(f"{kind}_*.yml")):
            found += [(kind, entry["id"], entry["example"]) for entry in items(path, load_words(path), "entries")]
    return found


def ids(text: str, kind: str, *, status: set[str]) -> set[str]:
    reading = read(text)
    items = {"concept": reading.findings, "exposure": reading.exposures, "sign": reading.signs}[kind]
    return {getattr(item, kind) for item in items if item.status in status}


@pytest.mark.parametrize(("name", "entry", "example"), entries())
def test_an_example_is_read_as_its_entry(name: str, entry: str, example: str) -> None:
    assert entry in ids(example, KINDS[name], status={"present", "other"})


def test_every_concept_exposure_and_sign_has_words() -> None:
    knowledge = load()
    have = {kind: {entry for name, entry, _ in entries() if KINDS[name] == kind} for kind in KINDS.values()}
    assert have["concept"] == set(knowledge.concepts)
    assert have["exposure"] == set(knowledge.exposures)
    signs = set(yaml.safe_load((KNOWLEDGE / "macros.yml").read_text(encoding="utf-8"))["signs"])
    assert signs <= have["sign"] <= signs | set(knowledge.red_flags)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    return copy


def test_a_list_that_is_no_yaml_is_refused_with_its_line(lists: Path) -> None:
    (lists / "places.yml").write_text("places:\n  - {id: eye, words: [eye\nsides: {}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"places\.yml, line \d+: "):
        load_lexicon(lists)


def test_an_unknown_key_is_refused_with_its_line(lists: Path) -> None:
    path = lists / "symptoms_movement.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    example:", "    exmaple:", 1), encoding="utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "- id: muscle_twitching" in row)
    with pytest.raises(LexiconError, match=rf"symptoms_movement\.yml, line {line}: unknown key 'exmaple'"):
        load_lexicon(lists)


def test_an_unknown_family_is_refused_with_the_pattern(lists: Path) -> None:
    path = lists / "symptoms_strength.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("{stairs}", "{stares}"), encoding="utf-8")
    with pytest.raises(LexiconError, match=r"symptoms_strength\.yml, line \d+: unknown family \{stares\}"):
        load_lexicon(lists)


def test_a_missing_group_of_cues_is_refused_with_its_line(lists: Path) -> None:
    path = lists / "context.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("  treatment_after:", "  treatment_afterwards:"), encoding="utf-8"
    )
    with pytest.raises(LexiconError, match=r"context\.yml, line \d+: 'treatment_after' is missing"):
        load_lexicon(lists)


def test_a_changed_list_changes_the_digest(lists: Path) -> None:
    before = data_digest(lists)
    with (lists / "places.yml").open("a", encoding="utf-8") as file:
        file.write("\n# one more word\n")
    assert data_digest(lists) != before


def test_lines_are_known_inside_lists() -> None:
    data = load_words(DATA / "symptoms_pain.yml")
    assert all(entry[LINE] > 1 for entry in items(DATA / "symptoms_pain.yml", data, "entries"))
