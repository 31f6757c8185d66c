"""Holds one talk in the terminal and on every messaging platform and draws what a person sees into docs/channels.md.

    .venv/bin/python -m tools.channel_page

Starts the real Rasa server and action server on free ports with an empty database and the platforms' stand-ins of
tests/; the model must be trained. Nothing else of the page is touched: a talk stands between its two marks.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bot.train import PROJECT
from tests.messaging.drivers import DRIVERS
from tools import channel_drawing as draw
from tools.servers import running

PAGE = PROJECT / "docs" / "channels.md"
MARKS = "<!-- talk: {name} -->", "<!-- end of talk: {name} -->"
TERMINAL = "terminal"
DONE = "Done"
# Words are said; a list is chosen from what is offered.
TALK: list[str | list[str]] = [
    "my calf keeps twitching, about six weeks now, no cramps though",
    ["I agree"],
    ["none of these"],
    ["little daylight", "vegan or little fish"],
    ["What should I ask my doctor for?"],
    "delete my data",
]
NUMBERS = {"I agree": "1", "none of these": "7", "little daylight": "1", "vegan or little fish": "5"}
PATIENCE_S, QUIET_S = 60.0, 1.0
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def main() -> None:
    """Renew every talk of the page."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    page = PAGE.read_text(encoding="utf-8")
    with contextlib.ExitStack() as stack:
        drivers = {name: stack.enter_context(make()) for name, make in DRIVERS.items()}
        settings = {"BOT_CHANNELS": ",".join(drivers), "BOT_SECRET": secrets.token_hex(16)}
        os.environ.update(settings)
        for driver in drivers.values():
            os.environ.update(driver.environment)
        url = stack.enter_context(running())
        page = replaced(page, TERMINAL, in_terminal(url))
        for name, driver in drivers.items():
            page = replaced(page, name, on_platform(driver, url))
    PAGE.write_text(page, encoding="utf-8")


def replaced(page: str, name: str, talk: str) -> str:
    """The page with this talk between its marks; ValueError without them."""
    begin, end = (mark.format(name=name) for mark in MARKS)
    start, stop = page.index(begin) + len(begin), page.index(end)
    return f"{page[:start]}\n```text\n{talk.strip(chr(10))}\n```\n{page[stop:]}"


def drawn(page: str, name: str) -> str:
    """The talk that stands in the page."""
    begin, end = (mark.format(name=name) for mark in MARKS)
    return page[page.index(begin) + len(begin) : page.index(end)]


def in_terminal(url: str) -> str:
    """The talk as a person in the terminal sees it."""
    lines = [TALK[1], TALK[0], *TALK[2:]]
    typed = [
        line if isinstance(line, str) else ", ".join(NUMBERS.get(title, title) for title in line) for line in lines
    ]
    command = [sys.executable, "-m", "bot", "talk", "--port", url.rpartition(":")[2]]
    done = subprocess.run(
        command, input="\n".join([*typed[:-1], "summary"]), text=True, capture_output=True, cwd=PROJECT, check=True
    )
    return DATE.sub("2026-11-25", done.stdout)


def on_platform(driver: Any, url: str) -> str:
    """The talk as a person on this platform sees it."""
    person, parts = driver.person(), []
    for step, following in zip(TALK, [*TALK[1:], ""], strict=True):
        before = len(driver.standin.calls)
        if isinstance(step, str):
            parts.append(draw.bubble([step], own=True))
            driver.deliver(url, driver.writes(person, step))
        else:
            parts.append(_chosen(driver, url, person, step))
        wanted = following if isinstance(following, list) else []
        _wait_for_quiet(driver, before, lambda wanted=wanted: set(wanted) <= set(driver.offered(person)))
        parts += _shown(driver, before)
    return "\n".join(parts)


def _chosen(driver: Any, url: str, person: Any, titles: list[str]) -> str:
    if driver.name.startswith("whatsapp"):
        offered = driver.offered(person)
        numbers = ", ".join(str(offered.index(title) + 1) for title in titles)
        driver.deliver(url, driver.writes(person, numbers))
        return draw.bubble([numbers], own=True)
    ticking = DONE in driver.offered(person) and (driver.name == "slack" or len(titles) > 1)
    for title in [*titles, *([DONE] if ticking else [])]:
        before = len(driver.standin.calls)
        driver.deliver(url, driver.presses(person, title))
        _wait_for_quiet(driver, before, lambda: True, at_least=0)
    return draw.pressed(", ".join(titles))


def _wait_for_quiet(driver: Any, before: int, offered: Callable[[], bool], at_least: int = 1) -> None:
    """Until the bot has answered, offers what is to be chosen next, and says no more."""
    began = time.monotonic()
    seen, since = len(driver.standin.calls), began
    while time.monotonic() - began < PATIENCE_S:
        if len(driver.standin.calls) != seen:
            seen, since = len(driver.standin.calls), time.monotonic()
        if seen - before >= at_least and offered() and time.monotonic() - since > QUIET_S:
            return
        time.sleep(0.05)
    raise TimeoutError(f"{driver.name}: no answer")


def _shown(driver: Any, before: int) -> Iterator[str]:
    kind = "whatsapp" if driver.name.startswith("whatsapp") else driver.name
    for call in driver.standin.calls[before:]:
        if drawing := DRAWINGS[kind](call):
            yield DATE.sub("2026-11-25", drawing)


def _telegram(call: tuple[str, dict[str, Any]]) -> str:
    method, content = call
    if method == "sendDocument":
        return draw.bubble([f"📎 {content['document'][0]}"])
    if method != "sendMessage":
        return ""
    keyboard = (content.get("reply_markup") or {}).get("inline_keyboard") or []
    return draw.bubble(
        content["text"].split("\n"), below=draw.rows([button["text"] for row in keyboard for button in row])
    )


def _slack(call: Any) -> str:
    if call.path == "files.completeUploadExternal":
        files = call.content["files"]
        files = json.loads(files) if isinstance(files, str) else files
        return "\n".join(draw.bubble([f"📎 {file['title']}"]) for file in files)
    if call.path != "chat.postMessage":
        return ""
    blocks = call.content["blocks"]
    return draw.blocks(json.loads(blocks) if isinstance(blocks, str) else blocks)


def _whatsapp(call: Any) -> str:
    text = call.content["Body"] if "Body" in call.content else call.content["text"]["body"]
    return draw.bubble(html.unescape(text).split("\n"))


DRAWINGS: dict[str, Callable[[Any], str]] = {"telegram": _telegram, "slack": _slack, "whatsapp": _whatsapp}

if __name__ == "__main__":
    main()
