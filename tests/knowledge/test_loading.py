"""The knowledge files are complete, and a mistake in one is refused with file, line and what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge import KnowledgeError, load
from bot.knowledge.loading import DATA
from bot.knowledge.rules import parse_condition, parse_rule
from bot.knowledge.syntax import RuleError, Vocabulary

TOPICS = {
    "symptoms", "cause", "definition", "test", "result", "dose", "too_much", "side_effects", "sun", "food", "forms",
    "risk", "recovery", "other_nutrients", "out_of_scope",
}  # fmt: skip
CLUES = 11  # signs that point to another cause and to no red flag: clues.yml


def test_everything_is_there():
    knowledge = load()
    assert (len(knowledge.concepts), len(knowledge.exposures), len(knowledge.red_flags)) == (75, 71, 42)
    assert (len(knowledge.notation.signs), len(knowledge.notation.macros)) == (156 + CLUES, 17)
    assert set(knowledge.answers) == TOPICS
    assert load() is knowledge


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# file, what is replaced, by what, and words of the refusal; the line is that of the replaced text
BROKEN = [
    ("concepts.yml", "    kind: linked\n", "    kind: linked\n    colour: red\n", "extra fields not permitted", 1),
    ("concepts.yml", "    grade: I\n", "    grade: Q\n", "grade", 0),
    ("concepts.yml", "    kind: linked\n", "    kind: guessed\n", "kind", 0),
    ("concepts.yml", "sources: [C14, C15, C33, C42]", "sources: [C14, C999]", "unknown source C999", 0),
    ("concepts.yml", "sources: [C33]\n    verification: V", "sources: [B]\n    verification: V", "stronger", 1),
    ("concepts.yml", "[RF-06, RF-36, RF-21]", "[RF-06, RF-99]", "unknown red-flag rule RF-99", 0),
    ("concepts.yml", "- id: eyelid_twitching", "- id: muscle_twitching", "muscle_twitching stands twice", 0),
    ("red_flags.yml", "    level: L0\n", "    level: L9\n", "level", 0),
    ("red_flags.yml", "when: throat_spasm |", "when: throat_spasms |", "unknown id throat_spasms", 0),
    ("red_flags.yml", "sign.lip_tongue_swelling -> L1", "sign.lip_swelling -> L1", "unknown id sign.lip_swelling", 0),
    ("red_flags.yml", "when: throat_spasm | s", "when: throat_spasm || s", "does not parse", 0),
    ("red_flags.yml", "sign.lip_tongue_swelling -> L1", "sign.lip_tongue_swelling -> L7", "unknown outcome L7", 0),
    ("red_flags.yml", "levels:\n", "levels: [\n", "no valid YAML", None),
    ("red_flags.yml", "    title: Throat", "    title: Twice\n    title: Throat", "'title' stands twice", 1),
    ("macros.yml", "  cant_go_on: I can't go on\n", "  cant_go_on:\n", "cant_go_on", 0),
    ("tiers.yml", "  t2_min_major: 1\n", "  t2_min_major: one\n", "t2_min_major", 0),
    ("tiers.yml", "t1_core: [bone_pain,", "t1_core: [bone_pains,", "unknown id bone_pains", 0),
    ("tiers.yml", "any(t1_conditions) -> T1", "any(t1_condition) -> T1", "unknown set t1_condition", 0),
    ("exposures.yml", "    weight: major\n", "    weight: huge\n", "weight", 0),
    ("testing.yml", "  - id: calcium\n", "  - id: calcium\n    price: 5\n", "extra fields not permitted", 1),
    ("answers.yml", "    short: 'I can only help with vitamin D.'\n", "", "short", None),
    ("answers.yml", "      t1_conditions: 'Ask", "      t1_condition: 'Ask", "unknown kind t1_condition", None),
    ("answers.yml", "kinds:\n  infants: [", "kinds:\n  infants: [infant, ", "unknown exposure infant", 1),
    ("concepts.yml", "    grade: M\n    line: Legs that", "    grade: E\n    line: Legs that",
     "verification B cannot be shown as established", 0),
    ("claims.yml", "    verdict: proven\n", "    verdict: certain\n", "unknown verdict certain", 0),
    ("claims.yml", "grades: [{grade: M}]", "grades: [{grade: Z}]", "grade", 0),
    ("claims.yml", "    grades: [{grade: M}]", "    grades: []", "a claim has a grade", None),
    ("claims.yml", "sources: [C33, C42]\n", "sources: []\n", "sources", 0),
    ("claims.yml", "sources: [C17]", "sources: [C170]", "unknown source C170", 0),
    ("claims.yml", "    topics: [test]\n", "    topics: [tests]\n", "unknown topic tests", 0),
    ("claims.yml", "      - [michigan, study]\n", "      - [michigan, studies]\n", "unknown word group studies", 0),
    ("claims.yml", "    grades: [{grade: N}]\n    say: Most fasc", "    grades: [{grade: E}]\n    say: Most fasc",
     "verification B cannot be shown as established", 0),
    ("claims.yml", "  - id: '8'\n", "  - id: '8'\n    mood: good\n", "extra fields not permitted", 1),
    ("claim_words.yml", "read: [smog]", "read: [smogs]", "unknown concept or exposure smogs", 0),
    ("answers.yml", "  - topic: sun\n", "  - topic: sun\n    mood: good\n", "extra fields not permitted", 1),
    ("intake.yml", "exposures: [low_sun]}", "exposures: [low_son]}", "unknown id low_son", 0),
    ("intake.yml", "when: HIGH_D", "when: HIGHER_D", "unknown id HIGHER_D", 0),
    ("sources.yml", "sources:\n", "sources: 3\nothers:\n", "sources", 0),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "what", "below"), BROKEN, ids=lambda value: str(value)[:40])
def test_mistake_is_refused_with_file_line_and_what(tmp_path: Path, file, old, new, what, below):
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as refusal:
        load(folder)
    assert refusal.value.file == file
    assert what in refusal.value.what
    if below is not None:
        assert refusal.value.line == line_of(text, old) + below
    assert str(refusal.value).startswith(f"{file}, line {refusal.value.line}: ")


def test_missing_and_empty_files_are_refused(tmp_path: Path):
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    (folder / "tiers.yml").write_text("")
    with pytest.raises(KnowledgeError, match=r"tiers\.yml, line 1: the file is empty"):
        load(folder)
    (folder / "tiers.yml").unlink()
    with pytest.raises(KnowledgeError, match=r"tiers\.yml, line 1: cannot be read"):
        load(folder)


WORDS = Vocabulary(mentions=frozenset({"pain", "weakness", "sign.x"}), body=frozenset({"leg"}), labs=frozenset({"k"}))


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("pain -> L1 ;", "does not parse"),
        ("pain", "does not parse"),
        ("pain[onset=quick] -> L1", "unknown onset 'quick'"),
        ("pain[body in {tail}] -> L1", "unknown body 'tail'"),
        ("pain:perhaps -> L1", "unknown status perhaps"),
        ("pain[age>3] -> L1", "unknown value age inside brackets"),
        ("severity>3 -> L1", "unknown value severity outside brackets"),
        ("lab.na<3 -> L1", "unknown value lab.na"),
        ("pain[side>left] -> L1", "side cannot be compared with >"),
        ("(pain & weakness)[onset=sudden] -> L1", "brackets can only follow"),
        ("pain[weakness] -> L1", "cannot stand inside brackets"),
        ("any(some_set) -> L1", "unknown set some_set"),
        ("age>grown_up -> L1", "unknown number grown_up"),
        ("dose_iu_day>limit(age) -> L1", "unknown limit limit"),
    ],
)
def test_rule_that_is_wrong_says_what(rule, what):
    with pytest.raises(RuleError) as refusal:
        parse_rule(rule, WORDS)
    assert what in str(refusal.value)


def test_and_binds_tighter_than_or():
    assert parse_condition("pain | weakness & sign.x", WORDS) == parse_condition("pain | (weakness & sign.x)", WORDS)
