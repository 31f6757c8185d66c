"""Pictures of the chat in every state, narrow and wide, light and dark, to look at. Needs no running bot.

python -m tools.page_pictures [FOLDER]       default: web/screenshots, which is not committed
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from tools.web_tests import INTAKE, Talk, chromium, played, states

FOLDER = Path(__file__).parents[1] / "web" / "screenshots"
SIZES = ((360, 740), (1280, 900))
SCHEMES = ("light", "dark")


def main(arguments: Sequence[str]) -> int:
    """Take them all; exit status 1 without a browser."""
    folder = Path(arguments[0]) if arguments else FOLDER
    with chromium() as browser:
        for (width, height), scheme in product(SIZES, SCHEMES):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            with played(INTAKE) as server:
                talk = Talk(context.new_page(), server.url).open()
                for name in states(talk, server.state):
                    talk.page.wait_for_timeout(200)
                    first = name == "consent"
                    talk.page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=first)
                    if first:
                        talk.page.evaluate("document.querySelector('vitamin-d-chat').scrollIntoView()")
            context.close()
    print(f"pictures: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
