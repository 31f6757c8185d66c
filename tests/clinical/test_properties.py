"""What must not change a reading, whatever the text: case, spaces, quotes, invisible characters, Unicode form."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical import read
from bot.reading import Reading

PARTS = (
    "my calf keeps twitching", "I can't climb the stairs", "numbness and tingling in both hands", "no cramps",
    "my mum's legs ache", "I don't see the sun", "for three weeks", "I'm on steroids", "my left knee hurts",
    "used to faint", "can low vitamin D cause hair loss", "she isn’t sleeping", "I work nights", "chest pain",
    "but", "and", "my husband", "since yesterday", "I haven't any fever", "pins-and-needles", "vitamin D was 18 ng/mL",
)  # fmt: skip
texts = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(", ".join)


def gist(reading: Reading) -> tuple[object, ...]:
    """What was read, without the places and spelling of the words."""
    return (
        [(f.concept, f.status, f.body, f.side, f.duration_days) for f in reading.findings],
        [(e.exposure, e.status) for e in reading.exposures],
        [d.days for d in reading.durations],
        [(flag.id, flag.level) for flag in reading.red_flags],
    )


@given(texts)
@settings(max_examples=60, deadline=None)
def test_case_does_not_matter(text: str) -> None:
    assert gist(read(text.upper())) == gist(read(text)) == gist(read(text.lower()))


@given(texts)
@settings(max_examples=40, deadline=None)
def test_spaces_do_not_matter(text: str) -> None:
    assert gist(read("  " + text.replace(" ", "   ") + " \t")) == gist(read(text))


@given(texts)
@settings(max_examples=40, deadline=None)
def test_quotes_invisible_characters_and_unicode_form_do_not_matter(text: str) -> None:
    expected = gist(read(text))
    assert gist(read(text.replace("'", "’"))) == expected
    assert gist(read(text.replace("’", "'"))) == expected
    assert gist(read(text.replace("c", "c\u200b"))) == expected
    assert gist(read(unicodedata.normalize("NFKD", text.replace("e", "é")))) == gist(
        read(unicodedata.normalize("NFC", text.replace("e", "é")))
    )


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_offsets_cut_the_span_out(text: str) -> None:
    reading = read(text)
    for item in (*reading.findings, *reading.durations, *reading.exposures, *reading.signs, *reading.red_flags):
        assert text[item.start : item.end] == item.span


@given(texts)
@settings(max_examples=60, deadline=None)
def test_offsets_cut_the_span_out_of_patients_words(text: str) -> None:
    reading = read(text)
    for item in (*reading.findings, *reading.durations, *reading.exposures, *reading.signs):
        assert text[item.start : item.end] == item.span


@given(
    st.sampled_from(["cramps", "numbness", "chest pain", "tingling", "a headache", "palpitations", "fever", "leg pain"])
)
def test_no_before_a_symptom_denies_it(symptom: str) -> None:
    (stated,) = read(f"I have {symptom}").findings
    (denied,) = read(f"I have no {symptom.removeprefix('a ')}").findings
    assert (stated.concept, stated.status, denied.status) == (denied.concept, "present", "absent")
    assert denied.cue == "no"
