"""Figures of the chat page at a running bot: its size, how soon it can be used, whether anything moves.

    python -m tools.page_figures http://localhost:5005/

Opens the page five times in a fresh browser. Exit status 1 without a browser.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import time
from collections.abc import Sequence
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from tools.browser import FLAGS, MISSING, find

TIMES = 5
FILES = ("vitamin-d-chat.js", "page.css")
SHIFT = """() => new Promise((done) => {
  let total = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) total += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(total), 300);
})"""


def main(arguments: Sequence[str]) -> int:
    """Print the figures of the page at the address given first."""
    address = arguments[0] if arguments else "http://localhost:5005/"
    for name in FILES:
        content = urlopen(address + name).read()
        print(f"{name}: {len(content):,} bytes, {len(gzip.compress(content)):,} with gzip")
    path = find()
    if path is None:
        print(MISSING, file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        seen = [_visit(browser, address) for _ in range(TIMES)]
        browser.close()
    used = [seconds for seconds, _ in seen]
    print(f"from opening the page to typing into the chat: {statistics.median(used):.2f} s, longest {max(used):.2f} s")
    print(f"layout shift: {max(shift for _, shift in seen):g}")
    return 0


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
