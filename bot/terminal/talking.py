"""One talk over the web channel: consent first, then lines in and what is to be shown out. Prints nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.channels.client import ChannelError, Client
from bot.channels.menu import Menu, MenuError
from bot.channels.texts import text as words

Message = dict[str, Any]

TRIES = 5  # of a message that the channel asks to be sent again later
LONGEST_WAIT_S = 60
COMMANDS = {  # with the texts that list how each may be typed
    "help": "help_words",
    "summary": "summary_words",
    "delete": "delete_words",
    "quit": "quit_words",
}


@dataclass
class Reply:
    """What came of a line. ``sent``: the message as the bot got it; ``notes``: the terminal's own sentences.

    ``error``: why it was not answered; ``ended``: the talk is over.
    """

    sent: str | None = None
    answers: list[Message] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: ChannelError | None = None
    ended: bool = False


@dataclass
class Talking:
    """A talk so far. ``gate(text)``: the urgent message that a text calls for, also before anybody has agreed."""

    client: Client
    gate: Callable[[str], Message | None]
    agreed: bool = False
    careful: bool = False  # a person may have typed "delete" by mistake
    wait: Callable[[float], None] = time.sleep
    menu: Menu = field(default_factory=Menu)
    _held: str | None = None
    _about_to_delete: bool = False

    def opening(self) -> list[str]:
        """What is said before the first line."""
        return [words("shell.welcome")] if self.agreed else [words("shell.consent")]

    @property
    def consent(self) -> tuple[str, ...]:
        """The two answers to the consent card; () once it was agreed to."""
        return () if self.agreed else (words("shell.agree"), words("shell.decline"))

    @property
    def held_back(self) -> bool:
        """Whether something was written that waits for consent."""
        return self._held is not None

    def hear(self, line: str) -> Reply:
        """What comes of a line that has been checked (`bot.terminal.lines`)."""
        command = _command(line)
        if self._about_to_delete:
            self._about_to_delete = False
            return self._delete() if command == "delete" else Reply(notes=[words("shell.not_deleted")])
        if command:
            return self._obey(command)
        return self._say(line) if self.agreed else self._consent(line)

    def end(self) -> None:
        """Erase the talk, if there is one; ChannelError if that failed."""
        if self.client.token is not None:
            self.client.erase()
            self.client.token = None

    def _consent(self, line: str) -> Reply:
        said = _plain(line)
        if said in ("1", *_listed("agree_words")):
            self.agreed = True
            held, self._held = self._held, None
            return self._say(held) if held else Reply(notes=[words("shell.welcome")])
        if said in ("2", *_listed("decline_words")):
            return Reply(notes=[words("shell.declined")], ended=True)
        self._held = line
        return Reply(answers=self._urgent(line), notes=[words("shell.consent_first")])

    def _urgent(self, line: str) -> list[Message]:
        """What an emergency needs to read while the bot itself says nothing."""
        urgent = self.gate(line)
        return [urgent] if urgent else []

    def _say(self, line: str) -> Reply:
        try:
            message = self.menu.meant(line)
        except MenuError as wrong:
            sentence = words(f"menu.{wrong.code}", **wrong.values)
            return Reply(error=ChannelError(400, wrong.code, sentence))
        try:
            answers = self._patiently(message)
        except ChannelError as error:
            return Reply(sent=message, answers=self._urgent(message), error=error)
        if not answers:
            return Reply(
                sent=message,
                answers=self._urgent(message),
                error=ChannelError(200, "no_answer", words("shell.no_answer")),
            )
        self.menu = Menu.of(answers)
        return Reply(sent=message, answers=answers)

    def _patiently(self, message: str) -> list[Message]:
        """The answer, sent again when the channel says that it was too much at once."""
        for _ in range(TRIES - 1):
            try:
                return self.client.say(message)
            except ChannelError as refused:
                if refused.status != 429:
                    raise
                self.wait(min(refused.retry_after or 1, LONGEST_WAIT_S))
        return self.client.say(message)

    def _obey(self, command: str) -> Reply:
        if command == "help":
            return Reply(notes=[words("shell.commands")])
        if command == "quit":
            return Reply(ended=True)
        if command == "summary":
            return self._summary()
        if self.careful and self.client.token is not None:
            self._about_to_delete = True
            return Reply(notes=[words("shell.sure")])
        return self._delete()

    def _summary(self) -> Reply:
        if self.client.token is None:
            return Reply(notes=[words("errors.nothing_told")])
        try:
            return Reply(notes=[str(self.client.summary()["text"])])
        except ChannelError as refused:
            if refused.code == "nothing_told":
                return Reply(notes=[str(refused)])
            return Reply(error=refused)

    def _delete(self) -> Reply:
        try:
            self.end()
        except ChannelError as error:
            return Reply(error=error)
        self.menu, self._held = Menu(), None
        return Reply(notes=[words("notices.erased")])


def reason(error: ChannelError) -> str:
    """An error as a plain sentence."""
    return str(error) if error.status else words("shell.unreachable", reason=error)


def _command(line: str) -> str | None:
    said = _plain(line.removeprefix("/"))
    return next((command for command, listed in COMMANDS.items() if said in _listed(listed)), None)


def _listed(name: str) -> tuple[str, ...]:
    return tuple(words(f"shell.{name}").split(", "))


def _plain(line: str) -> str:
    """Lower case, without apostrophes and punctuation."""
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"['’]", "", line.casefold())).split())
