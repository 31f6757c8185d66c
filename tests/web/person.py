"""One person at one browser: what the tests, the figures and the pictures of the web chat do with a page."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

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
# How far things moved by themselves since the page was opened: the browser's own figure, 0 for not at all.
SHIFT = """() => new Promise((done) => {
  let total = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) total += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(total), 300);
})"""


@dataclass
class Talk:
    """The page at ``url``, and the errors it met."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Talk:
        """Go to the page."""
        self.page.goto(self.url + path)
        return self

    def agree(self) -> Talk:
        """Give the consent."""
        self.page.get_by_role("button", name="I agree").click()
        return self

    def say(self, text: str, *, answered: bool = True) -> Talk:
        """Type a message and, if it is to be answered, wait for that."""
        before = self.answers.count()
        self.box.fill(text)
        self.box.press("Enter")
        if answered:
            self.answers.nth(before).wait_for()
        return self

    def tap(self, *names: str) -> Talk:
        """Press the last button of each name."""
        for name in names:
            self.page.get_by_role("button", name=name, exact=True).last.click()
        return self

    @property
    def box(self) -> Locator:
        """Where messages are typed."""
        return self.page.locator("textarea")

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log")

    @property
    def answers(self) -> Locator:
        """Everything the bot has said: bubbles, urgent ones, cards."""
        return self.page.locator(".log > .bot, .log > .urgent, .log > .card")

    @property
    def own(self) -> list[str]:
        """The person's own messages."""
        return [text.removeprefix("You: ") for text in self.page.locator(".log > .you").evaluate_all(TEXTS)]

    @property
    def chips(self) -> list[str]:
        """What was understood, as shown."""
        return self.page.locator(".chip button:first-child").all_inner_texts()

    def overflows(self) -> list[str]:
        """Elements that are wider than what they stand in, and the page itself."""
        return list(self.page.evaluate(OVERFLOWS))
