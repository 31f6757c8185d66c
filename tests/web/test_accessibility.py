"""WCAG 2.2 AA and best practices by axe-core in every state; the keyboard alone; what a screen reader is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from states import states, violations

# What is added to the log while it is live is what a screen reader speaks.
LISTEN = """(() => {
  window.spoken = [];
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    new MutationObserver((changes) => {
      const log = root.querySelector("[role=log]");
      for (const change of changes) for (const node of change.addedNodes) {
        const region = (node.nodeType === 1 ? node : node.parentElement)?.closest("[aria-live]");
        if (log?.contains(node) && region?.getAttribute("aria-live") === "polite") window.spoken.push(node.textContent);
      }
    }).observe(root, { childList: true, subtree: true });
    return root;
  };
})()"""

FOCUSED = """() => {
  let e = document.activeElement;
  while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  return (e.getAttribute("aria-label") || e.closest("label")?.textContent || e.textContent || e.tagName).trim();
}"""


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_has_a_violation(visit, state, scheme, width) -> None:
    talk = visit(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce").open()
    found = {name: violations(talk) for name in states(talk, state)}
    assert [(name, each) for name, each in found.items() if each] == []
    assert len(found) >= 10


def test_the_launcher_has_none_either_and_escape_closes_it(visit, state) -> None:
    state.pages["/embedded"] = (
        b"<!doctype html><html lang=en><title>A clinic</title><main><h1>A clinic</h1>"
        b"<script type=module src=/vitamin-d-chat.js></script>"
        b'<vitamin-d-chat launcher server=""></vitamin-d-chat></main>'
    )
    talk = visit().open("/embedded")
    page = talk.page
    opener = page.get_by_role("button", name="Ask about a symptom")
    assert violations(talk) == []
    opener.click()
    assert violations(talk) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("log")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_whole_intake_by_keyboard_alone(visit, state) -> None:
    talk = visit().open()
    page, press = talk.page, talk.page.keyboard.press

    def focused() -> str:
        return page.evaluate(FOCUSED)

    def tab_to(name: str, *, most: int, key: str = "Tab") -> None:
        passed = []
        for _ in range(most):
            press(key)
            passed.append(focused())
            if passed[-1].startswith(name):
                return
        pytest.fail(f"{name} not reached, passed {passed}")

    tab_to("I agree", most=8)
    press("Enter")
    page.keyboard.type("my left calf keeps twitching")
    press("Enter")
    page.get_by_role("button", name="Done").wait_for()
    press("F6")  # from the box to what can be tapped
    assert focused() == "the muscle is getting weaker or thinner"
    tab_to("none of these", most=4)
    press("Space")
    tab_to("Done", most=3)
    press("Enter")
    page.get_by_text("Where is it? Tap all that fit.").wait_for()
    tab_to("Show where it is", most=7)  # from the bubble just sent, the answer's own options come next
    press("Enter")
    page.get_by_role("dialog").wait_for()
    tab_to("left calf", most=70)
    press("Space")
    tab_to("Use these places", most=9)
    press("Enter")
    page.get_by_text("How long has it been going on?").wait_for()
    tab_to("2-6 weeks", most=4)
    press("Enter")
    page.get_by_text("What could lower your vitamin D?").wait_for()
    tab_to("little daylight", most=2)
    press("Space")
    tab_to("vegan or little fish", most=3)
    press("Enter")  # a toggle too
    tab_to("Done", most=5)
    press("Enter")
    page.get_by_role("article", name="Your result").wait_for()
    assert state.handled == [
        "my left calf keeps twitching", "none of these", "in my left calf", "2-6 weeks",
        "little daylight, vegan or little fish",
    ]  # fmt: skip
    press("F6")
    assert (
        focused().startswith("TEXTAREA")
        or page.evaluate("document.activeElement.shadowRoot.activeElement.id") == "text"
    )


def test_the_focus_never_gets_lost_after_a_tap(talk) -> None:
    talk.say("my left calf keeps twitching").tap("none of these", "Done")
    talk.page.get_by_text("Where is it?").wait_for()
    assert talk.page.evaluate("document.activeElement.shadowRoot.activeElement.textContent").startswith("You: none")


def test_an_answer_is_announced_politely_and_once_and_history_is_not(visit, state) -> None:
    talk = visit()
    talk.page.add_init_script(LISTEN)
    talk.open().agree()
    expect(talk.log).to_have_attribute("aria-live", "polite")
    talk.page.evaluate("window.spoken.length = 0")
    talk.say("my left calf keeps twitching")
    talk.page.get_by_role("button", name="Done").wait_for()
    spoken = "\n".join(talk.page.evaluate("window.spoken"))
    for said in ("Noted: muscle twitching", "Does any of these apply?", "a new medicine"):
        assert spoken.count(said) == 1
    assert "my left calf" not in spoken  # one's own words are not read out again
    talk.page.reload()
    talk.page.get_by_text("Does any of these apply?").wait_for()
    expect(talk.log).to_have_attribute("aria-live", "polite")
    assert talk.page.evaluate("window.spoken") == []
    talk.say("chest pain")
    assert "\n".join(talk.page.evaluate("window.spoken")).count("This can be an emergency") == 1


def test_messages_that_offer_nothing_to_do_are_no_tab_stops(talk) -> None:
    talk.say("hello").say("hello again")
    stops = talk.page.evaluate(
        "[...document.querySelector('vitamin-d-chat').shadowRoot.querySelectorAll('.log *')]"
        ".filter(e => e.tabIndex >= 0).length"
    )
    assert stops == 0


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("size", [100, 200])
def test_nothing_is_cut_off_at_320_pixels_and_twice_the_text(visit, size, direction) -> None:
    talk = visit(viewport={"width": 320, "height": 640}, reduced_motion="reduce").open()
    talk.page.evaluate(
        "([size, dir]) => { document.documentElement.style.fontSize = size + '%'; document.dir = dir; }",
        [size, direction],
    )
    assert talk.overflows() == []
    talk.agree().say("my left calf keeps twitching")
    assert talk.overflows() == []
    talk.page.get_by_role("button", name="Show where it is").first.click()
    assert talk.overflows() == []
    talk.page.keyboard.press("Escape")
    talk.say("night work")
    assert talk.overflows() == []
    talk.say("chest pain")
    assert talk.overflows() == []
