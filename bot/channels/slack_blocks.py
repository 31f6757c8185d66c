"""Posts as Slack's Block Kit (https://docs.slack.dev/reference/block-kit/blocks/), within its limits. Pure.

What people or the bot write is ``plain_text`` everywhere: nothing in it can become a link, a mention or markup. Only
headings of the result card, which are ours, are marked up.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Any

from bot.channels import card as cards
from bot.channels.offers import DONE, Offer
from bot.channels.posts import TEXT, Post, Style, posts_of, split
from bot.channels.texts import text as words
from bot.channels.urgent import Message

Block = dict[str, Any]

SECTION_TEXT = 3000  # https://docs.slack.dev/reference/block-kit/blocks/section-block/
HEADER_TEXT = 150  # .../header-block/
BUTTON_TEXT = 75  # https://docs.slack.dev/reference/block-kit/block-elements/button-element/
OPTION_TEXT = 75  # https://docs.slack.dev/reference/block-kit/composition-objects/option-object/
OPTIONS = 10  # https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element/
BUTTONS = 25  # elements of an actions block: .../blocks/actions-block/
MOST_BLOCKS = 50  # of one message
STYLE = Style(SECTION_TEXT)
INTERACTIVE = frozenset(["actions", "input"])


def render(messages: Sequence[Message]) -> list[Post]:
    """The posts of a turn; the result is a card of blocks in place of the sentences that say the same."""
    place = next((number for number, message in enumerate(messages) if cards.card_of(message)), None)
    if place is None:
        return posts_of(messages, STYLE)
    shown = cards.with_card_alone(messages)
    at = next(number for number, message in enumerate(shown) if cards.card_of(message))
    offered = [message for message in shown[at:] if message.get("buttons")]
    offer = Offer.of(offered[0]) if offered else None
    rest = [message for message in shown[at + 1 :] if message not in offered[:1]]
    return [*posts_of(shown[:at], STYLE), *_card(shown[at], offer), *(posts_of(rest, STYLE) if rest else [])]


def blocks_of(post: Post) -> list[Block]:
    """What a text post looks like: its card or its words, then its buttons."""
    body = list(post.blocks) or [_section(part) for part in split(post.text, STYLE)]
    return [*body, *_offered(post.offer)]


def without_buttons(blocks: Sequence[Block]) -> list[Block]:
    """The same message once it has been answered."""
    return [block for block in blocks if block.get("type") not in INTERACTIVE]


def fallback(post: Post) -> str:
    """The text for notifications and screen readers; Slack reads mark-up there, so its three characters are escaped."""
    return html.escape(post.text, quote=False)


def _card(message: Message, offer: Offer | None) -> list[Post]:
    """One post, or several if the card has more blocks than a message may have; the buttons are on the last."""
    card = cards.card_of(message) or {}
    title, sections = cards.title(card), cards.sections(card)
    blocks: list[Block] = [{"type": "header", "text": _plain(title, HEADER_TEXT)}]
    for section in sections:
        blocks += _blocks_of_section(section)
    room = MOST_BLOCKS - len(_offered(offer))
    pages = [blocks[start : start + room] for start in range(0, len(blocks), room)]
    lines = [line for section in sections if section.kind in ("first", "advice") for line in section.lines]
    summary = split("\n".join([title, *lines]), STYLE)[0]
    posts = [Post(TEXT, summary if number == 0 else title, blocks=tuple(page)) for number, page in enumerate(pages)]
    last = posts[-1]
    return [*posts[:-1], Post(TEXT, last.text, offer, blocks=last.blocks)]


def _blocks_of_section(section: cards.Section) -> Iterator[Block]:
    if section.kind == "note":
        yield {"type": "context", "elements": [_plain(" ".join(section.lines), SECTION_TEXT)]}
        return
    yield {"type": "divider"}
    badge = f"  `{html.escape(section.badge, quote=False)}`" if section.badge else ""
    heading = f"*{html.escape(section.title, quote=False)}*{badge}"
    yield {"type": "section", "text": {"type": "mrkdwn", "text": heading, "verbatim": True}}
    mark = f"{words('messaging.bullet')} " if section.listed else ""
    for part in split("\n".join(f"{mark}{line}" for line in section.lines), STYLE):
        if section.kind == "sources":
            yield {"type": "context", "elements": [_plain(part, SECTION_TEXT)]}
        else:
            yield _section(part)


def _offered(offer: Offer | None) -> list[Block]:
    if offer is None:
        return []
    return list(_boxes(offer)) if offer.multi else list(_buttons(offer))


def _buttons(offer: Offer) -> Iterator[Block]:
    elements = [_button(title, offer.token(number)) for number, (title, _) in enumerate(offer.buttons)]
    for start in range(0, len(elements), BUTTONS):
        yield {"type": "actions", "block_id": offer.token(f"b{start}"), "elements": elements[start : start + BUTTONS]}


def _boxes(offer: Offer) -> Iterator[Block]:
    """Boxes to tick, ten at most in a group, and a button that says that all is ticked."""
    options = [
        {"text": _plain(title, OPTION_TEXT), "value": offer.token(number)}
        for number, (title, _) in enumerate(offer.buttons)
    ]
    for start in range(0, len(options), OPTIONS):
        boxes = {"type": "checkboxes", "action_id": f"ticks{start}", "options": options[start : start + OPTIONS]}
        yield {"type": "actions", "block_id": offer.token(f"t{start}"), "elements": [boxes]}
    done = {**_button(words("messaging.done"), offer.token(DONE)), "style": "primary"}
    yield {"type": "actions", "block_id": offer.token("d"), "elements": [done]}


def _button(title: str, token: str) -> Block:
    return {"type": "button", "text": _plain(title, BUTTON_TEXT), "value": token, "action_id": token}


def _section(text: str) -> Block:
    return {"type": "section", "text": _plain(text, SECTION_TEXT)}


def _plain(text: str, limit: int) -> Block:
    short = text if len(text) <= limit else text[: limit - 1] + words("messaging.cut")
    return {"type": "plain_text", "text": short, "emoji": False}
