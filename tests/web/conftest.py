"""The built widget in a real Chromium, talking to a stand-in of the web channel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

sys.path.insert(0, str(Path(__file__).parent))  # standin and scripts, whatever the import mode

from scripts import INTAKE
from standin import StandIn, State

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 10_000


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    done = subprocess.run([sys.executable, ROOT / "web" / "build.py", "--tests"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn()
    server.state.answers = dict(INTAKE)
    server.start()
    yield server
    server.stop()


@dataclass
class Talk:
    """One person at one browser."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Talk:
        self.page.goto(self.url + path)
        return self

    def agree(self) -> Talk:
        self.page.get_by_role("button", name="I agree").click()
        return self

    def say(self, text: str, *, answered: bool = True) -> Talk:
        before = self.answers.count()
        self.box.fill(text)
        self.box.press("Enter")
        if answered:
            self.answers.nth(before).wait_for()
        return self

    def tap(self, *names: str) -> Talk:
        for name in names:
            self.page.get_by_role("button", name=name, exact=True).last.click()
        return self

    @property
    def box(self) -> Locator:
        return self.page.locator("textarea")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def answers(self) -> Locator:
        """Everything the bot has said: bubbles, urgent ones, cards."""
        return self.page.locator(".log > .bot, .log > .urgent, .log > .card")

    @property
    def own(self) -> list[str]:
        return [text.removeprefix("You: ") for text in self.page.locator(".log > .you").evaluate_all(TEXTS)]

    @property
    def chips(self) -> list[str]:
        return self.page.locator(".chip button:first-child").all_inner_texts()

    def overflows(self) -> list[str]:
        """Elements that are wider than what they stand in, and the page itself."""
        return list(self.page.evaluate(OVERFLOWS))


TEXTS = "all => all.map(e => [...e.childNodes].filter(n => n.nodeName !== 'TIME').map(n => n.textContent).join(''))"
OVERFLOWS = """() => {
  const wide = [];
  if (document.documentElement.scrollWidth > innerWidth) wide.push("page");
  const root = document.querySelector("vitamin-d-chat").shadowRoot;
  for (const e of root.querySelectorAll(".chat, .top, .composer, .log, .bubble, .card, dialog, .dialog")) {
    if (e.scrollWidth <= e.clientWidth + 1) continue;
    const { left, right } = e.getBoundingClientRect();
    const outside = ({ left: from, right: to, width }) => width && (to > right + 1 || from < left - 1);
    const inner = [...e.querySelectorAll("*")].filter((each) => outside(each.getBoundingClientRect()));
    wide.push([e.className || e.tagName, ...inner.slice(0, 6).map((i) => i.outerHTML.slice(0, 120))].join(" <- "));
  }
  return wide;
}"""


@pytest.fixture
def visit(browser: Browser, stand_in: StandIn) -> Iterator[Callable[..., Talk]]:
    """Opens a browser of its own; at the end none may have met an error or broken the content security policy."""
    contexts: list[BrowserContext] = []
    talks: list[Talk] = []

    def opened(**options: Any) -> Talk:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        talk = Talk(context.new_page(), stand_in.url)
        talk.page.on("pageerror", lambda error: talk.errors.append(str(error)))
        talks.append(talk)
        return talk

    yield opened
    for context in contexts:
        context.close()
    assert [error for talk in talks for error in talk.errors] == []
    assert stand_in.state.reports == []


@pytest.fixture
def talk(visit: Callable[..., Talk]) -> Talk:
    """The demo page, consent given."""
    return visit().open().agree()


@pytest.fixture
def state(stand_in: StandIn) -> State:
    return stand_in.state
