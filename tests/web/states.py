"""Every state of the chat in one walk, and what axe-core says of a state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from person import Talk
from standin import State

AXE = (Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text
# WCAG 2.2 A and AA and the best practices.
RUN = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return { violations: found.violations.map(v => [v.id, v.impact, ...v.nodes.map(n => n.html.slice(0, 150))]),
           passes: found.passes.length };
}"""
FEWEST_PASSES = 10  # fewer, and the check did not see the page


def states(talk: Talk, server: State) -> Iterator[str]:
    """Go from the opened page through every state; at each its name, and time to look at it."""
    page = talk.page
    yield "consent"
    talk.agree()
    yield "empty"
    talk.say("my left calf keeps twitching")
    page.get_by_role("button", name="a new medicine").click()
    yield "intake"
    page.get_by_role("button", name="Correct: muscle twitching").click()
    yield "correction"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show where it is").first.click()
    page.get_by_label("right thigh").check()
    yield "body-map"
    page.keyboard.press("Escape")
    talk.say("2-6 weeks").say("night work")
    page.get_by_role("article").wait_for()
    yield "result"
    page.locator(".sources summary").click()
    talk.tap("Show times")
    yield "sources"
    talk.tap("Delete my data")
    yield "confirmation"
    page.keyboard.press("Escape")
    talk.say("chest pain")
    yield "red-flag"
    server.down = True
    talk.say("are you there", answered=False)
    page.locator(".notice").wait_for()
    yield "offline"


def violations(talk: Talk) -> list[list[str]]:
    """What axe-core finds wrong with the page as it is now."""
    if not talk.page.evaluate("'axe' in window"):
        talk.page.evaluate(AXE())
    result = talk.page.evaluate(RUN)
    assert result["passes"] >= FEWEST_PASSES, result
    return list(result["violations"])
