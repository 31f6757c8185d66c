"""The bot's messages as posts: what is sent to a platform, one call each, in plain text.

Nothing is said twice: the bot's own sentences hold the result, its badges, its advice and its safety net already; what
a page shows beside them as a card (progress, sources) is added as a line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.offers import Offer
from bot.channels.texts import text as words
from bot.channels.urgent import Message

Length = Callable[[str], int]
BREAKS = ("\n\n", "\n", ". ", " ")  # where a long text is best parted
TEXT, DOCUMENT, MARK, CLOSE = "text", "document", "mark", "close"


@dataclass(frozen=True)
class Post:
    """One call to a platform.

    ``kind``: ``text`` (with ``offer``, its buttons), ``document`` (``name``, ``media_type``, ``text`` its content),
    ``mark`` (show what is ticked in ``offer``'s message), ``close`` (take the buttons off ``message``). ``blocks``: a
    text as the platform itself lays it out, JSON-ready.
    """

    kind: str
    text: str = ""
    offer: Offer | None = None
    message: str = ""
    name: str = ""
    media_type: str = ""
    blocks: tuple[dict[str, Any], ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Post:
        """From what `to_dict` gave."""
        offer = data.get("offer")
        blocks = tuple(data.get("blocks") or ())
        return cls(**{**data, "offer": Offer.from_dict(offer) if offer else None, "blocks": blocks})

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**self.__dict__, "offer": self.offer.to_dict() if self.offer else None}


@dataclass(frozen=True)
class Style:
    """What a platform can show. ``limit``: longest text, as ``length`` counts it. ``numbered``: choices are a list."""

    limit: int
    length: Length = len
    numbered: bool = False
    documents: bool = True


def posts_of(messages: Sequence[Message], style: Style) -> list[Post]:
    """The posts of a turn: texts joined as far as they fit, the urgent answer and every question for itself."""
    posts: list[Post] = []
    gathered: list[str] = []
    last = max((number for number, message in enumerate(messages) if message.get("text")), default=-1)
    for number, message in enumerate(messages):
        after = _sources(messages) if number == last else ""
        text, offer = _text(message, style, after), Offer.of(message)
        urgent = _custom(message).get("type") == "red_flag"
        if urgent:
            posts += _texts(gathered, None, style)
            gathered = []
        if text:
            gathered.append(text)
        if urgent or offer is not None:
            posts += _texts(gathered, offer, style)
            gathered = []
    posts += _texts(gathered, None, style)
    if style.documents:
        posts += [post for message in messages for post in _documents(message)]
    return posts


def split(text: str, style: Style) -> list[str]:
    """The text in parts that are short enough, best at the end of a paragraph, a line, a sentence, a word."""
    parts: list[str] = []
    rest = text.strip()
    while style.length(rest) > style.limit:
        head = _head(rest, style)
        parts.append(rest[:head].rstrip())
        rest = rest[head:].lstrip()
    return [part for part in [*parts, rest] if part]


def utf16_units(text: str) -> int:
    """Length as Telegram counts it: characters beyond U+FFFF count two."""
    return len(text.encode("utf-16-le")) // 2


def _head(text: str, style: Style) -> int:
    """How many characters go into the first part; a character is never parted."""
    fits = min(len(text), style.limit)
    while style.length(text[:fits]) > style.limit:
        fits -= 1
    for mark in BREAKS:
        found = text.rfind(mark, fits // 4, fits + len(mark) - len(mark.rstrip()))  # blanks at the end are cut off
        if found > 0:
            return found + len(mark)
    return fits


def _texts(gathered: Sequence[str], offer: Offer | None, style: Style) -> list[Post]:
    if offer is not None and not gathered:
        gathered = [words("messaging.choose")]
    parts = split("\n\n".join(gathered), style)
    return [Post(TEXT, part, offer if part is parts[-1] else None) for part in parts]


def _text(message: Message, style: Style, after: str) -> str:
    custom, said = _custom(message), str(message.get("text") or "")
    if custom.get("type") == "red_flag":
        return words("messaging.urgent", text=said)
    return "\n\n".join(part for part in (said, _progress(custom), after, _choices(message, style)) if part)


def _progress(custom: dict[str, Any]) -> str:
    progress = custom.get("progress") or {}
    shown = custom.get("type") == "question" and progress.get("of", 0) > 1
    return words("messaging.progress", **progress) if shown else ""


def _sources(messages: Sequence[Message]) -> str:
    """The sources of a turn's result, by the numbers its text refers to."""
    cards = [_custom(message).get("card") or {} for message in messages]
    listed = [
        words("messaging.source", number=number, text=source["text"], url=source.get("url") or "")
        for card in cards
        for number, source in enumerate(card.get("sources") or (), start=1)
    ]
    return "\n".join([words("messaging.sources"), *listed]) if listed else ""


def _choices(message: Message, style: Style) -> str:
    buttons = message.get("buttons") or ()
    if not buttons or not style.numbered:
        return ""
    titles = enumerate((button["title"] for button in buttons), start=1)
    listed = [words("messaging.choice", number=number, title=title) for number, title in titles]
    multi = _custom(message).get("multi")
    return "\n".join([*listed, words("messaging.reply_numbers") if multi else words("messaging.reply_number")])


def _documents(message: Message) -> Iterator[Post]:
    custom = _custom(message)
    if custom.get("type") != "summary":
        return
    yield Post(DOCUMENT, custom["text"], name=words("messaging.files.text"), media_type="text/plain")
    fhir = json.dumps(custom["fhir"], ensure_ascii=False, indent=1)
    yield Post(DOCUMENT, fhir, name=words("messaging.files.fhir"), media_type="application/fhir+json")


def _custom(message: Message) -> dict[str, Any]:
    return message.get("custom") or {}
