"""Pictures of the chat in every state, narrow and wide, light and dark, to look at. Needs no running bot.

python -m tools.page_pictures [FOLDER]       default: web/screenshots, which is not committed
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tools.browser import FLAGS, MISSING, find

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "web"))

from scripts import INTAKE  # noqa: E402
from standin import StandIn  # noqa: E402

SIZES = ((360, 740), (1280, 900))
SCHEMES = ("light", "dark")


def main(arguments: Sequence[str]) -> int:
    """Take them all; exit status 1 without a browser."""
    folder = Path(arguments[0]) if arguments else ROOT / "web" / "screenshots"
    path = find()
    if path is None:
        print(MISSING, file=sys.stderr)
        return 1
    server = StandIn()
    server.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for width, height in SIZES:
            for scheme in SCHEMES:
                server.state.answers, server.state.down = dict(INTAKE), False
                _walk(browser, server, folder, width, height, scheme)
        browser.close()
    server.stop()
    print(f"pictures: {folder}")
    return 0


def _walk(browser: Browser, server: StandIn, folder: Path, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()

    def shot(name: str, *, whole: bool = False) -> None:
        page.wait_for_timeout(200)
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=whole)

    def say(text: str) -> None:
        page.locator("textarea").fill(text)
        page.locator("textarea").press("Enter")
        page.wait_for_timeout(200)

    page.goto(server.url)
    shot("page", whole=True)
    page.evaluate("document.querySelector('vitamin-d-chat').scrollIntoView()")
    page.get_by_role("button", name="I agree").click()
    shot("empty")
    say("my left calf keeps twitching")
    page.get_by_role("button", name="a new medicine").click()
    shot("intake")
    page.get_by_role("button", name="Show where it is").first.click()
    page.get_by_role("checkbox", name="right thigh").check()
    shot("body-map")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Correct: muscle twitching").click()
    shot("correction")
    page.keyboard.press("Escape")
    say("night work")
    shot("result")
    say("chest pain")
    shot("red-flag")
    server.state.down = True
    say("are you there")
    shot("offline")
    context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
