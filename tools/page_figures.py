"""Figures of the web chat as a table: size, accessibility, how soon it can be used, what moves, what breaks its policy.

    python -m tools.page_figures           starts a bot of its own on a free port for the first interaction
    python -m tools.page_figures ADDRESS   takes the one at this address ("http://localhost:5005")

Needs the built page, a trained model and a Chromium. Exit status 1 where a figure misses its goal.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import product

from playwright.sync_api import Browser

from bot.channels.site import PAGE_FOLDER
from tools.servers import running
from tools.web_tests import INTAKE, SHIFT, Talk, chromium, hostile, played, states, violations

VISITS = 5
FILES = ("vitamin-d-chat.js", "page.css")
SCHEMES, WIDTHS = ("light", "dark"), (320, 1280)
MOST_BYTES, MOST_SECONDS = 25_000, 1.0


@dataclass(frozen=True)
class Figure:
    """A line of the table."""

    what: str
    value: str
    goal: str
    good: bool


def main(arguments: Sequence[str]) -> int:
    """Measure and print; see the module for the exit status."""
    figures = [_size()]
    with chromium() as browser:
        figures += [_accessibility(browser), _hostile(browser)]
        with nullcontext(arguments[0]) if arguments else running() as address:
            figures += _visits(browser, address.rstrip("/"))
    print("| what | figure | goal |\n|---|---|---|")
    for figure in figures:
        print(f"| {figure.what} | {figure.value}{'' if figure.good else ' (missed)'} | {figure.goal} |")
    return 0 if all(figure.good for figure in figures) else 1


def _size() -> Figure:
    sizes = [len(gzip.compress((PAGE_FOLDER / name).read_bytes())) for name in FILES]
    told = " + ".join(f"{size / 1000:.1f}" for size in sizes)
    goal = f"<= {MOST_BYTES // 1000} kB"
    return Figure("widget + the demo page's style sheet, gzip", f"{told} kB", goal, sum(sizes) <= MOST_BYTES)


def _accessibility(browser: Browser) -> Figure:
    """Of every state, narrow and wide, light and dark; what was found is told line by line on standard error."""
    seen, found = 0, 0
    for scheme, width in product(SCHEMES, WIDTHS):
        with played(INTAKE) as server:
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            talk = Talk(context.new_page(), server.url).open()
            for state in states(talk, server.state):
                wrong = violations(talk)
                seen, found = seen + 1, found + len(wrong)
                for each in wrong:
                    print(f"{state}, {scheme}, {width} px: {each}", file=sys.stderr)
            context.close()
    what = "axe-core, WCAG 2.2 AA and best practices, states x light and dark x 320 and 1280 px"
    return Figure(what, f"{found} violations in {seen} pages", "0", not found)


def _hostile(browser: Browser) -> Figure:
    """Texts that try to be more than text in every field: reports of the page's own policy, and scripts that ran."""
    reports, ran = 0, 0
    for text in hostile.TEXTS:
        with played(INTAKE) as server:
            server.state.answers["*"], server.state.summary = hostile.answers(text), hostile.summary(text)
            context = browser.new_context()
            talk = Talk(context.new_page(), server.url).open().agree().say(text)
            talk.page.get_by_role("article").wait_for()
            talk.page.wait_for_timeout(200)
            ran += talk.page.evaluate("window.hacked") is not None
            reports += len(server.state.reports)
            context.close()
    what = f"{len(hostile.TEXTS)} hostile texts in every field of every payload"
    return Figure(what, f"{reports} CSP reports, {ran} scripts run", "0, 0", not reports and not ran)


def _visits(browser: Browser, address: str) -> Iterator[Figure]:
    seen = [_visit(browser, address) for _ in range(VISITS)]
    used, shifts = [seconds for seconds, _ in seen], [shift for _, shift in seen]
    told = f"{statistics.median(used):.2f} s, longest of {VISITS} {max(used):.2f} s"
    what = "from opening the demo page to typing into the chat, consent given"
    yield Figure(what, told, f"<= {MOST_SECONDS:g} s", statistics.median(used) <= MOST_SECONDS)
    yield Figure("layout shift of the demo page", f"{max(shifts):g}", "0", not max(shifts))


def _visit(browser: Browser, address: str) -> tuple[float, float]:
    page = browser.new_context().new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.get_by_role("button", name="I agree").click()
    page.locator("textarea").fill("my calf")
    seconds = time.perf_counter() - began
    shift = float(page.evaluate(SHIFT))
    page.context.close()
    return seconds, shift


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
