"""What a person takes away from the widget: the printed page, the copy, the download."""

from __future__ import annotations

import io
import json
import re
import unicodedata

import pypdf
import pytest
from playwright.sync_api import expect


def test_the_printed_page_is_the_result_and_nothing_else(talk) -> None:
    talk.page.evaluate("window.print = () => { window.printed = true; }")
    talk.say("my left calf keeps twitching").say("night work").tap("Print or save as PDF")
    assert talk.page.evaluate("window.printed") is True
    text = printed(talk)
    for words in (
        "Notes for the doctor", "muscle twitching · left calf · six weeks", "night work", "INDIRECT", "caffeine",
        "25-hydroxyvitamin D (total)", "See a doctor if it spreads.", "N Engl J Med", "no diagnosis",
    ):  # fmt: skip
        assert words in text
    for words in ("Could it be vitamin D", "Delete my data", "Start over", "Privacy", "Hello."):
        assert words not in text
    talk.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert talk.page.locator("vitamin-d-report").count() == 0


def printed(talk) -> str:
    pages = pypdf.PdfReader(io.BytesIO(talk.page.pdf(format="A4"))).pages
    assert 1 <= len(pages) <= 2
    text = " ".join(page.extract_text() for page in pages)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))


def test_the_browsers_own_print_command_prints_the_result_too(talk) -> None:
    talk.say("night work")
    assert "Notes for the doctor" in printed(talk)


def test_without_a_result_the_page_prints_as_it_is(talk) -> None:
    assert "Could it be vitamin D" in printed(talk)


@pytest.mark.parametrize("offered", [True, False])
def test_copying_and_downloading(visit, state, offered) -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": []}
    state.summary = {"type": "summary", "text": "Summary from the server", "fhir": bundle} if offered else None
    talk = visit(permissions=["clipboard-read", "clipboard-write"]).open().agree()
    with talk.page.expect_response("**/summary"):
        talk.say("night work")
    download = talk.page.get_by_role("button", name="Download for my record")
    if offered:
        with talk.page.expect_download() as found:
            download.click()
        assert json.loads(found.value.path().read_text()) == bundle
        assert found.value.suggested_filename.endswith(".json")
    else:
        expect(download).to_have_count(0)
    talk.tap("Copy as text")
    expect(talk.page.get_by_text("Copied.")).to_be_visible()
    text = talk.page.evaluate("navigator.clipboard.readText()")
    assert text == "Summary from the server" if offered else "Tests to ask your doctor about" in text


def test_a_summary_in_the_talk_can_be_copied_and_downloaded(talk, state) -> None:
    state.answers["summary"] = [
        {"custom": {"type": "summary", "text": "What I told", "fhir": {"resourceType": "Bundle"}}}
    ]
    talk.say("summary")
    expect(talk.page.get_by_text("What I told")).to_be_visible()
    expect(talk.page.get_by_role("button", name="Download for my record")).to_be_visible()
