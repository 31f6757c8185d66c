"""What a person did on a messaging platform, in words that all platforms share."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.stores.folder import signing_key

LONGEST_ID = 64  # of an event, as the inbox keeps it
PSEUDONYM_CHARACTERS = 32  # 128 bit
# What a person may want besides talking.
START, STOP, DELETE, HELP = "start", "stop", "delete", "help"
AGREE, DECLINE = "agree", "decline"
# What there is in an event that has no words to read.
MEDIA, EDITED = "media", "edited"


# How START, STOP, DELETE and HELP are written where a leading slash belongs to the platform itself.
PLAIN_COMMANDS = {START: "start", STOP: "stop", DELETE: "delete my data", HELP: "help"}


def command_in(text: str) -> str:
    """The command that the whole text is, where commands are plain words; "" for any other text."""
    said = " ".join(text.casefold().split()).strip(" .!/")
    return next((command for command, word in PLAIN_COMMANDS.items() if said == word), "")


@dataclass(frozen=True)
class Incoming:
    """One event. ``address``: where answers go; ``event_id``: the same for every delivery of this event.

    ``text`` as written; ``pressed``: tokens of buttons; ``message``: the platform's id of the message that shows them.
    ``command``: one of START, STOP, DELETE, HELP, AGREE, DECLINE if the platform knows it to be one.
    ``unread``: MEDIA or EDITED if there is more, or other, than words.
    """

    platform_id: str
    address: str
    event_id: str
    text: str = ""
    pressed: tuple[str, ...] = ()
    message: str = ""
    command: str = ""
    unread: str = ""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Incoming:
        """From what `to_dict` gave; who it was is known by the conversation alone."""
        return cls(**{**data, "platform_id": "", "pressed": tuple(data["pressed"])})

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without the person's id."""
        return {key: value for key, value in asdict(self).items() if key != "platform_id"}

    def with_short_id(self) -> Incoming:
        """The same with an event id that the inbox can keep."""
        if len(self.event_id) <= LONGEST_ID:
            return self
        return replace(self, event_id=hashlib.sha256(self.event_id.encode()).hexdigest())


def with_command(incoming: Incoming) -> Incoming:
    """The same, its text taken for the command that it is where commands are plain words."""
    command = command_in(incoming.text)
    return replace(incoming, command=command, text="") if command else incoming


def pseudonym(channel: str, platform_id: str) -> str:
    """The conversation of a person: a keyed hash, so that no tracker names anybody. 32 hexadecimal digits.

    HMAC-SHA256 (RFC 2104) with the signing key; ValueError if that is too short.
    """
    digest = hmac.new(signing_key(), f"{channel}\0{platform_id}".encode(), hashlib.sha256).hexdigest()
    return digest[:PSEUDONYM_CHARACTERS]
