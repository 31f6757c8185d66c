"""The real bot in a real browser: typing, tapping, the body map, a correction, the server killed and back."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import unicodedata
from collections.abc import Callable, Iterator

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.supervision import Servers

pytestmark = pytest.mark.server
ANSWER_MS, BACK_MS = 20_000, 120_000
CALF = "my left calf keeps twitching, about six weeks now, no cramps though"


@pytest.fixture
def page(browser: Browser, servers: Servers) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(ANSWER_MS)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    opened.goto(servers.plan.url)
    opened.get_by_role("button", name="I agree").click()
    yield opened
    context.close()
    assert errors == []


def say(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")


def tap(page: Page, *names: str) -> None:
    for name in names:
        page.locator(".choices:not(.used)").last.get_by_role("button", name=name, exact=True).click()


def waits_for(page: Page, text: str) -> None:
    expect(page.locator(".log .bot").filter(has_text=text).last).to_be_visible(timeout=ANSWER_MS)


def card(page: Page) -> str:
    shown = page.get_by_role("article", name="Your result")
    expect(shown.get_by_role("button", name="Download for my record")).to_be_visible(timeout=ANSWER_MS)
    return shown.inner_text()


def test_an_intake_by_typing_ends_in_a_card_that_holds_all_the_bot_said(page: Page) -> None:
    say(page, CALF)
    waits_for(page, "Does any of these apply?")
    expect(page.locator(".progress")).to_have_text(re.compile(r"Question 1 of about \d"))
    assert page.locator(".chip").all_inner_texts() == ["muscle twitching · left calf · six weeks"]
    say(page, "none")
    waits_for(page, "What could lower your vitamin D?")
    say(page, "i work nights and hardly see the sun. vegan too")
    text = card(page)
    for words in (
        "INDIRECT",
        "More often it is",
        "25-hydroxyvitamin D",
        "calcium",
        "magnesium",
        "999",
        "One thing first",
    ):
        assert words in text
    chips = page.locator(".chip").all_inner_texts()
    assert chips[0].startswith("muscle twitching")
    assert len(chips) >= 3
    assert page.locator(".log .bot").filter(has_text="and vitamin D - INDIRECT").count() == 0  # said by the card
    page.reload()
    assert card(page) == text  # history shows the same
    with page.expect_download() as found:
        page.get_by_role("button", name="Download for my record").click()
    assert json.loads(found.value.path().read_text())["resourceType"] == "Bundle"
    paper = printed(page)
    for words in ("Notes for the doctor", "muscle twitching · left calf · six weeks", "vegan", "INDIRECT", "magnesium"):
        assert words in paper
    assert "Delete my data" not in paper
    say(page, "why?")
    waits_for(page, "This is rule")


def printed(page: Page) -> str:
    """The text of the one page that the browser's print command makes."""
    (paper,) = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", paper.extract_text()))


def test_an_intake_by_keyboard_alone(page: Page) -> None:
    def tab_to(name: str) -> None:
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") == name:
                return
        pytest.fail(f"{name} not reached")

    page.keyboard.type(CALF)
    page.keyboard.press("Enter")
    waits_for(page, "Does any of these apply?")
    page.keyboard.press("F6")
    tab_to("none of these")
    page.keyboard.press("Space")
    tab_to("Done")
    page.keyboard.press("Enter")
    waits_for(page, "What could lower your vitamin D?")
    tab_to("vegan or little fish")
    page.keyboard.press("Space")
    tab_to("Done")
    page.keyboard.press("Enter")
    waits_for(page, "How old")
    tab_to("18 to 49")
    page.keyboard.press("Enter")
    assert "Muscle twitching" in card(page)


def test_two_browsers_know_nothing_of_each_other(page: Page, browser: Browser, servers: Servers) -> None:
    say(page, CALF)
    waits_for(page, "Does any of these apply?")
    other = browser.new_context().new_page()
    other.goto(servers.plan.url)
    expect(other.get_by_role("heading", name="Before we start")).to_be_visible()
    other.get_by_role("button", name="I agree").click()
    say(other, "what did I tell you?")
    waits_for(other, " ")
    assert "calf" not in other.get_by_role("log").inner_text().replace("My calf keeps twitching", "")
    assert other.locator(".chip").count() == 0
    other.context.close()


def test_an_intake_by_tapping_and_the_body_map(page: Page) -> None:
    tap(page, "My calf keeps twitching")
    waits_for(page, "Does any of these apply?")
    tap(page, "none of these", "Done")
    waits_for(page, "How long has it been going on?")
    tap(page, "2-6 weeks")
    waits_for(page, "What could lower your vitamin D?")
    tap(page, "little daylight", "vegan or little fish", "Done")
    assert "Muscle twitching" in card(page)


def test_the_body_map_answers_where_it_is(page: Page) -> None:
    say(page, "my muscles keep twitching for 3 months")
    waits_for(page, "Does any of these apply?")
    tap(page, "none of these", "Done")
    waits_for(page, "Where is it?")
    page.locator(".choices").get_by_role("button", name="Show where it is").click()
    page.locator("dialog .back .region").filter(has_text="left calf").click()
    page.get_by_role("button", name="Use these places").click()
    waits_for(page, "What could lower your vitamin D?")
    chip = page.locator(".chip").first
    expect(chip).to_contain_text("left calf")
    page.get_by_role("button", name="Show where it is").last.click()
    expect(page.get_by_role("checkbox", name="left calf (already mentioned)")).to_be_visible()


def test_a_chip_taken_off_changes_what_the_bot_holds(page: Page) -> None:
    say(page, "my calf keeps twitching, and I am tired all the time, for two months")
    waits_for(page, "apply?")
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Remove: .*(tired|fatigue)", re.IGNORECASE)).click()
    expect(page.locator(".chip")).to_have_count(1, timeout=ANSWER_MS)


def test_a_chip_is_put_right_by_taps(page: Page) -> None:
    say(page, CALF)
    waits_for(page, "Does any of these apply?")
    chip = page.get_by_role("button", name="Correct: muscle twitching")
    chip.click()
    page.get_by_role("button", name="It has lasted a different time").click()
    page.get_by_role("button", name="3 months").click()
    expect(chip).to_have_text("muscle twitching · left calf · three months", timeout=ANSWER_MS)
    chip.click()
    page.get_by_role("button", name="It is somewhere else").click()
    page.get_by_role("checkbox", name="right thigh").check()
    page.get_by_role("button", name="Use these places").click()
    expect(chip).to_have_text("muscle twitching · right thigh · three months", timeout=ANSWER_MS)


def test_urgent_advice_is_lifted_by_a_confirmed_correction_alone(page: Page) -> None:
    say(page, "I have crushing chest pain and I am sweating")
    pinned = page.get_by_role("region", name="Urgent advice")
    expect(pinned).to_be_visible(timeout=ANSWER_MS)
    say(page, "I did not say that")
    tap(page, "yes, that is right")
    expect(pinned).to_be_hidden(timeout=ANSWER_MS)


def test_a_red_flag_is_pinned_with_numbers_to_call(page: Page) -> None:
    say(page, "I have crushing chest pain and I am sweating")
    pinned = page.get_by_role("region", name="Urgent advice")
    expect(pinned).to_contain_text("Get emergency help now")
    assert "tel:999" in pinned.get_by_role("link").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert "vitamin" not in page.locator(".log .urgent").inner_text().lower()


def test_a_killed_server_is_told_and_the_message_answered_once_it_is_back(
    page: Page, servers: Servers, until: Callable[..., None]
) -> None:
    say(page, CALF)
    waits_for(page, "Does any of these apply?")
    os.kill(servers.parts()["bot"].pid, signal.SIGKILL)
    say(page, "none of these")
    notice = page.locator(".notice")
    expect(notice).to_contain_text("I cannot be reached", timeout=ANSWER_MS)
    assert notice.get_by_role("link").all_inner_texts() == ["112", "999", "911"]
    until(lambda: servers.healthy("bot"))
    expect(page.locator(".log .bot").filter(has_text="What could lower")).to_be_visible(timeout=BACK_MS)
    expect(notice).to_have_count(0)
    page.reload()
    expect(page.locator(".log .bot").filter(has_text="What could lower")).to_be_visible(timeout=ANSWER_MS)
    assert page.locator(".log > .you").count() == 2


def test_deleting_leaves_nothing_behind(page: Page) -> None:
    say(page, "my calf keeps twitching")
    waits_for(page, "apply?")
    page.get_by_role("button", name="Delete my data").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_text("Everything you wrote here has been erased.")).to_be_visible(timeout=ANSWER_MS)
    page.reload()
    expect(page.get_by_role("heading", name="Before we start")).to_be_visible()
    assert "calf" not in page.get_by_role("log").inner_text()
