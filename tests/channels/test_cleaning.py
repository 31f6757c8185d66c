"""Any text becomes one that Rasa, the word lists and the database can bear."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cleaning import clean, has_words, without_power

ANYTHING = st.text(st.characters(), max_size=60)  # lone surrogates included


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  my calf \n", "my calf"),
        ("my\0calf", "mycalf"),
        ("one\ntwo\tthree", "one\ntwo\tthree"),
        ("my \ud83d calf", "my \ufffd calf"),
        ("\ud83d\ude00", "\U0001f600"),
        ("chest pa\u200bin", "chest pain"),
        ("\u202echest pain", "chest pain"),
        ("cafe\u0301", "café"),
        ("\u200b \ufeff", ""),
        ("<b>calf</b>", "<b>calf</b>"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(ANYTHING)
def test_clean_text_is_plain_and_stays_so(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t"]
    assert clean(cleaned) == cleaned


@given(st.sampled_from(["", "/", "//", " /"]), ANYTHING)
def test_no_text_is_a_command(slash: str, text: str) -> None:
    assert not without_power(clean(slash + text)).strip().startswith("/")


@given(ANYTHING)
def test_other_texts_stay_as_they_are(text: str) -> None:
    cleaned = clean(text)
    assert without_power(cleaned).removeprefix(".") == cleaned.removeprefix(".")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("calf", True), ("1, 3", True), ("ноги", True), ("脚", True), ("?!", False), ("\U0001f629", False), ("", False)],
)
def test_has_words(text: str, expected: bool) -> None:
    assert has_words(text) is expected
