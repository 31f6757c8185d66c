"""Draws what people see on a messaging platform as text: bubbles, buttons, boxes, Slack's blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

WIDTH, BUBBLE = 78, 60
CONSOLE = Console(width=BUBBLE, color_system=None)
MARKED_UP = re.compile(r"\*(.+?)\*|`(.+?)`")


def bubble(lines: Sequence[str], *, own: bool = False, below: Sequence[str] = ()) -> str:
    """A message: the bot's at the left, one's own at the right; ``below``: buttons."""
    inner = [part for line in lines for part in wrapped(line)]
    width = max(cell_len(line) for line in inner)
    drawn = [f"╭{'─' * (width + 2)}╮", *(f"│ {_filled(line, width)} │" for line in inner), f"╰{'─' * (width + 2)}╯"]
    drawn += [f"  {line}" for line in below]
    if own:
        drawn = [" " * (WIDTH - width - 4) + line for line in drawn]
    return "\n".join(line.rstrip() for line in drawn)


def pressed(title: str) -> str:
    """A button that was pressed, or boxes that were ticked."""
    mark = f"▸ {title}"
    return " " * (WIDTH - cell_len(mark)) + mark


def rows(titles: Sequence[str], mark: str = "") -> list[str]:
    """Buttons, or boxes with their mark, one a line."""
    return [f"{mark} {title}" if mark else f"[ {title} ]" for title in titles]


def blocks(parts: Sequence[dict[str, Any]]) -> str:
    """A message of Slack."""
    lines: list[str] = []
    below: list[str] = []
    for part in parts:
        kind = part["type"]
        if kind == "divider":
            lines.append("─" * (BUBBLE // 2))
        elif kind == "actions":
            below += [line for element in part["elements"] for line in _element(element)]
        elif kind == "context":
            lines += [line for element in part["elements"] for line in element["text"].split("\n")]
        else:
            lines += _plain(part["text"]).split("\n")
            if kind == "header":
                lines.append("═" * min(BUBBLE, cell_len(lines[-1])))
    return bubble(lines, below=below)


def wrapped(line: str) -> Iterator[str]:
    """A line in parts that fit, an address whole or cut."""
    for part in Text(line).wrap(CONSOLE, BUBBLE):
        yield part.plain.rstrip()


def _element(element: dict[str, Any]) -> list[str]:
    if element["type"] == "checkboxes":
        return rows([option["text"]["text"] for option in element["options"]], "☐")
    return rows([element["text"]["text"]])


def _plain(text: dict[str, str]) -> str:
    if text["type"] == "plain_text":
        return text["text"]
    return MARKED_UP.sub(lambda found: found[1] or f"[{found[2]}]", text["text"])


def _filled(line: str, width: int) -> str:
    return line + " " * (width - cell_len(line))
