"""What a letter is answered with: the bot's answer to words, a press or a number; the channel's own to the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from bot.channels.cleaning import MAX_CHARACTERS, clean
from bot.channels.conversation import NotSavedError
from bot.channels.core import Core
from bot.channels.doorstep import OFFER_ID, wish_of
from bot.channels.events import AGREE, DECLINE, EDITED, HELP, START, STOP, Incoming
from bot.channels.offers import Choice, Offer
from bot.channels.platform import Platform, says
from bot.channels.posts import CLOSE, MARK, TEXT, Post
from bot.channels.texts import text as words
from bot.channels.urgent import Message, without_repeating
from bot.stores.inbox import Answer
from bot.stores.letters import Letter, Letters

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """Posts, in order; ``offer`` replaces the former one, None leaves it; ``final`` if nothing more will come."""

    posts: list[Post] = field(default_factory=list)
    offer: Offer | None = None
    final: bool = True


NOTHING_OFFERED = Offer("", ())


class Replies:
    """Answers the letters of one platform."""

    def __init__(self, platform: Platform, core: Core, letters: Letters) -> None:
        """Say through ``core``; remember offers in ``letters``."""
        self._platform = platform
        self._core = core
        self._letters = letters

    async def to(self, letter: Letter, said_urgent: Message | None = None) -> AsyncIterator[Reply]:
        """One reply, or two if the answer takes long. ``said_urgent``: an urgent answer that was sent already."""
        incoming = Incoming.from_dict(letter.body)
        wish = wish_in(incoming)
        if wish:
            yield await self._own(letter, wish)
        elif incoming.pressed:
            async for reply in self._pressed(letter, incoming, said_urgent):
                yield reply
        else:
            async for reply in self._told(letter, incoming, said_urgent):
                yield reply

    async def words_of(self, conversation: str, incoming: Incoming) -> str:
        """What an event says, in words; "" if it says nothing."""
        if not incoming.pressed:
            return clean(incoming.text)
        offer = await self.offer(conversation)
        choice = offer.press(incoming.pressed) if offer else None
        return choice.text if choice else ""

    async def offer(self, conversation: str) -> Offer | None:
        """What was offered last."""
        body = await self._letters.offer(conversation)
        return Offer.from_dict(body) if body and body["id"] else None

    async def _own(self, letter: Letter, wish: str) -> Reply:
        """What the channel answers itself."""
        if wish == AGREE:
            more = await self._letters.waiting(letter.channel, letter.conversation) > 1
            return self._says("agreed" if more else "agreed_without_message")
        return self._says({START: "welcome", HELP: "help", DECLINE: "declined"}[wish])

    async def _early(self, letter: Letter, text: str) -> tuple[Answer, asyncio.Future[Answer] | None]:
        """What can be said within the deadline, and the answer proper if that is still to come."""
        talks = self._core.conversations
        try:
            return await talks.say(letter.conversation, text, letter.event), self._running(letter)
        except NotSavedError:  # not within the deadline, that is; the letter itself is safe
            if (running := self._running(letter)) is None:
                raise
            return [{"text": words("answers.slow")}], running

    def _running(self, letter: Letter) -> asyncio.Future[Answer] | None:
        return self._core.conversations.running(letter.conversation, letter.event)

    async def erase(self, conversation: str, wish: str) -> list[Post]:
        """Erase all there is of a conversation, and what to say then; it can be written down nowhere any more."""
        former = await self.offer(conversation)
        try:
            await self._core.erase(conversation)
        except Exception as error:
            logger.error("erasing failed: %s", type(error).__name__)
            return self._says("not_erased").posts
        return [*_closed(former), *self._says("stopped" if wish == STOP else "erased").posts]

    async def _pressed(self, letter: Letter, incoming: Incoming, said: Message | None) -> AsyncIterator[Reply]:
        offer = await self.offer(letter.conversation)
        choice = offer.press(incoming.pressed) if offer else None
        if offer is None or choice is None:
            yield Reply([*_closed_at(incoming.message), *self._says("old_buttons").posts])
        elif choice.ticked is not None:
            yield Reply([Post(MARK, offer=choice.ticked, message=offer.message)], offer=choice.ticked)
        elif not choice.text:
            yield self._says("choose_first")
        else:
            async for reply in self._turn(letter, choice, said):
                yield reply

    async def _told(self, letter: Letter, incoming: Incoming, said: Message | None) -> AsyncIterator[Reply]:
        text, gate = clean(incoming.text), self._core.conversations.gate
        if len(text) > MAX_CHARACTERS or (incoming.unread == EDITED and gate(text) is None):
            urgent = gate(text)
            too_long = {"text": words("errors.too_long", limit=MAX_CHARACTERS)}
            edited = {"text": says(self._platform, "no_edits")}
            yield Reply(self._platform.render([urgent or (edited if incoming.unread == EDITED else too_long)]))
        elif not text:
            yield self._says("only_words")
        else:
            offer = await self.offer(letter.conversation)
            choice = offer.number(text) if offer and self._platform.style.numbered else None
            note = [{"text": says(self._platform, "only_words")}] if incoming.unread and not gate(text) else []
            async for reply in self._turn(letter, choice or Choice(text), said, note):
                yield reply

    async def _turn(
        self, letter: Letter, choice: Choice, said: Message | None, before: Sequence[Message] = ()
    ) -> AsyncIterator[Reply]:
        """One turn of the bot. What takes long is apologised for at once and answered when it is done."""
        try:
            early, running = await self._early(letter, choice.text)
            if running is not None:
                early = without_repeating(said, early)
                yield Reply(self._platform.render(early), final=False)
                said = _urgent_in(early) or said
            answer = without_repeating(said, early if running is None else await running)
        except NotSavedError:
            yield Reply([Post(TEXT, words("errors.not_saved"))])
            return
        chosen = ", ".join(choice.titles)
        if chosen and _urgent_in(answer) is None:
            before = [{"text": words("messaging.chosen", chosen=chosen)}, *before]
        posts, former = self._platform.render([*before, *answer]), await self.offer(letter.conversation)
        offer = next((post.offer for post in reversed(posts) if post.offer), NOTHING_OFFERED)
        yield Reply([*_closed(former), *posts], offer=offer)

    def _says(self, name: str) -> Reply:
        return Reply([Post(TEXT, says(self._platform, name))])


def wish_in(incoming: Incoming) -> str:
    """What the person wants besides talking; "" if they talk."""
    if incoming.pressed == (f"{OFFER_ID}.1",):
        return STOP  # "no thanks" on a privacy text that was agreed to: taken back
    return incoming.command or ("" if incoming.pressed else wish_of(clean(incoming.text)))


def _closed(offer: Offer | None) -> list[Post]:
    return _closed_at(offer.message if offer else "")


def _closed_at(message: str) -> list[Post]:
    return [Post(CLOSE, message=message)] if message else []


def _urgent_in(messages: Sequence[Message]) -> Message | None:
    return next((m for m in messages if (m.get("custom") or {}).get("type") == "red_flag"), None)
