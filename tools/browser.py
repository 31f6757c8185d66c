"""Find the Chromium that the behaviour tests of the web chat drive; install Debian's where that can be done.

    python -m tools.browser

Says what it found. Always exit status 0: without a browser those tests are skipped, with the same plain message.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
VARIABLE = "CHROMIUM"
MISSING = (
    "no Chromium here, so the tests of the web chat in a browser are skipped; "
    f"install one (apt install chromium) or name it in {VARIABLE}=..."
)
# No sandbox: as root Chromium refuses to start with one. The rest keeps it from the network and from asking.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL: Sequence[Sequence[str]] = (
    ("apt-get", "-qq", "update"),
    ("apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"),
)


def find() -> str | None:
    """The path of a Chromium or Chrome: the one named in ``CHROMIUM``, else the first on the path; None without."""
    named = os.environ.get(VARIABLE)
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """The browser at ``path``, closed at the end."""
    from playwright.sync_api import sync_playwright  # only tests and figures need it, finding a browser does not

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def install() -> bool:
    """Debian's package, where this is Debian or alike and we may; whether a browser is there now."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in INSTALL:
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
            return False
    return find() is not None


def main() -> int:
    """Find it or install it, and say so."""
    if find() is None:
        print("browser: none here; trying to install Debian's chromium", file=sys.stderr)
        install()
    print(f"browser: {find() or MISSING}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
