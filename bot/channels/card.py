"""The result of an intake as headings and sentences, for every channel that shows text. Pure.

The page draws its own card; its words and the order of its parts are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.channels.texts import text as words

Message = dict[str, Any]
Kind = Literal["first", "results", "advice", "link", "tests", "safety_net", "sources", "note"]


@dataclass(frozen=True)
class Section:
    """A part of the card. ``lines`` are whole sentences; ``listed``: they are items of a list."""

    kind: Kind
    title: str
    lines: tuple[str, ...]
    listed: bool = False
    badge: str = ""


def card_of(message: Message) -> Mapping[str, Any] | None:
    """The card that a message carries."""
    custom = message.get("custom") or {}
    return custom.get("card") if custom.get("type") == "assessment" else None


def with_card_alone(answer: Sequence[Message]) -> list[Message]:
    """A turn in which the card stands for the sentences that say the same; their buttons come after it."""
    if not any(card_of(message) for message in answer):
        return list(answer)
    kept: list[Message] = []
    for message in answer:
        if (message.get("custom") or {}).get("type") != "part":
            kept.append(message)
        elif message.get("buttons"):
            kept.append({"buttons": message["buttons"]})
    return kept


def sections(card: Mapping[str, Any]) -> list[Section]:
    """The parts that have something to say, in the order of the page."""
    because = [words("card.because", because=card["because"])] if card.get("because") else []
    found = [
        Section("first", words("card.first"), _lines(card, "see_doctor")),
        Section("results", words("card.results"), _lines(card, "results")),
        Section("advice", words("card.advice"), (*because, *_lines(card, "advice"))),
        *(_link(link) for link in card.get("links") or ()),
        Section("tests", words("card.tests"), tuple(_tests(card)), listed=True),
        Section("safety_net", words("card.safety_net"), _lines(card, "safety_net"), listed=True),
        Section("sources", words("card.sources"), tuple(_sources(card))),
    ]
    note = Section("note", "", (words("card.note"),))
    return [*(section for section in found if section.lines), note]


def title(card: Mapping[str, Any]) -> str:
    """The heading of the whole card."""
    return words("card.title", title=card["title"]) if card.get("title") else words("card.untitled")


def _lines(card: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(line for line in card.get(name) or () if line)


def _link(link: Mapping[str, Any]) -> Section:
    marks = "".join(f" [{number}]" for number in link.get("sources") or ())
    causes = list(link.get("other_causes") or ())
    joint = "; " if any("," in cause for cause in causes) else ", "  # a cause with a comma must not look like two
    more = words("card.more_often", causes=joint.join(causes)) if causes else ""
    lines = (f"{link['meaning']}{marks}", link.get("line") or "", more)
    return Section("link", link["name"], tuple(line for line in lines if line), badge=link["badge"])


def _tests(card: Mapping[str, Any]) -> Iterable[str]:
    for test in card.get("tests") or ():
        yield words("card.test", name=test["name"], why=test["why"]) if test.get("why") else test["name"]


def _sources(card: Mapping[str, Any]) -> Iterable[str]:
    for number, source in enumerate(card.get("sources") or (), start=1):
        yield f"[{number}] {source['text']} {source.get('url') or ''}".strip()
