"""What the terminal shows: rich's colours where the terminal has them and NO_COLOR is not set, plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.text import Text

from bot.channels import card as cards
from bot.channels.cleaning import clean
from bot.channels.menu import Menu, Message
from bot.channels.texts import text as words

WIDTH = 88  # characters a line, as in a book; a narrower terminal has less
INDENT = 5  # of everything beside the speaker's name
LINK = "http"
HEADING_STYLES = {"link": "bold cyan", "sources": "dim"}  # colour adds to the words and never stands for them
BODY_STYLES = {"sources": "dim", "note": "dim"}


class Screen:
    """Writes a talk to ``out``."""

    def __init__(self, out: TextIO) -> None:
        """Colours and width are those of ``out``."""
        self.console = Console(file=out, highlight=False, markup=False, emoji=False)
        if not self.console.is_terminal or self.console.width > WIDTH:
            self.console.width = WIDTH

    @property
    def prompt(self) -> str:
        """What stands before a line that is to be typed."""
        return f"{words('shell.prompt'):<{INDENT}}"

    def person(self, line: str) -> None:
        """A line that came out of a pipe, as if it had been typed."""
        self._said(words("shell.prompt"), line, "bold")

    def note(self, text: str) -> None:
        """A sentence of the terminal itself."""
        self._said("", text, "dim")

    def choices(self, titles: Iterable[str]) -> None:
        """A list to choose from that is no bot's."""
        for number, title in enumerate(titles, start=1):
            self._choice(number, title)

    def turn(self, answers: list[Message], menu: Menu) -> None:
        """The bot's messages of one turn."""
        shown = cards.with_card_alone(answers)
        for message in shown:
            self._message(message, menu)
        if menu.choices:
            self.note(words("menu.choose" if menu.multi else "menu.choose_one"))
        self.console.file.flush()

    def _message(self, message: Message, menu: Menu) -> None:
        custom = message.get("custom") or {}
        if progress := custom.get("progress"):
            self.note(words("menu.progress", **progress))
        if card := cards.card_of(message):
            self._card(cards.title(card), cards.sections(card))
        elif custom.get("type") == "red_flag":
            self._urgent(message.get("text") or "")
        elif message.get("text"):
            self._said(words("shell.bot"), message["text"])
        for choice in menu.of_message(message):
            self._choice(choice.number, choice.title)

    def _urgent(self, text: str) -> None:
        """Marked on every line, so that it is told apart without colours too."""
        mark = words("shell.urgent")
        self.console.print()
        self._said(mark, text, "bold red", every_line=True)
        self.console.print()

    def _card(self, title: str, sections: Iterable[cards.Section]) -> None:
        self._said(words("shell.bot"), title, "bold underline")
        for section in sections:
            self.console.print()
            if section.title:
                badge = f"  [{section.badge}]" if section.badge else ""
                self._said("", f"{section.title}{badge}", HEADING_STYLES.get(section.kind, "bold"))
            body = BODY_STYLES.get(section.kind, "")
            for line in section.lines:
                self._said("-" if section.listed else "", line, body, hanging=section.listed)

    def _choice(self, number: int, title: str) -> None:
        self._said(f"{number:>3})", title, label_style="bold cyan")

    def _said(
        self, label: str, text: str, style: str = "", *, label_style: str = "bold", every_line: bool = False,
        hanging: bool = False,
    ) -> None:  # fmt: skip
        before = f"{' ' * INDENT if hanging else ''}{label:<{2 if hanging else INDENT}}"
        indent = len(before)
        for number, line in enumerate(self._wrapped(clean(text), self.console.width - indent)):
            first = number == 0 or every_line
            start = Text(before if first else " " * indent, style=label_style if label.strip() else "")
            start.append(line, style=style)
            start.rstrip()
            self.console.print(start, soft_wrap=True)  # already wrapped, and an address may be longer than the line

    def _wrapped(self, text: str, width: int) -> Iterable[str]:
        for paragraph in text.split("\n"):
            address = paragraph.rfind(f" {LINK}")
            head, tail = (paragraph[:address], paragraph[address + 1 :]) if address >= 0 else (paragraph, "")
            yield from (line.plain.rstrip() for line in Text(head).wrap(self.console, max(width, 20)))
            if tail:
                yield tail
