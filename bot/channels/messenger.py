"""What all messaging platforms share: nobody's event is lost, handled twice or answered out of order.

An event is written down before the platform is told "received" (`Messenger.accept`), and worked on afterwards, one
after the other for each person. The answer is written down before it is sent and ticked off when the platform has it.
Whatever a crash leaves behind is taken up again. A post that was sent just before a crash, and not ticked off, is sent
twice: platforms offer no way to ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Coroutine, Sequence
from typing import Any

from bot.channels.cleaning import clean
from bot.channels.core import Core
from bot.channels.doorstep import CONSENT_VERSION, Doorstep
from bot.channels.events import DELETE, STOP, Incoming, pseudonym
from bot.channels.limits import Buckets
from bot.channels.platform import Courier, GoneError, Platform, UndeliveredError
from bot.channels.posts import TEXT, Post
from bot.channels.replies import Replies, wish_in
from bot.channels.texts import text as words
from bot.channels.urgency import Urgency
from bot.channels.urgent import Message
from bot.stores.letters import STORE_ERRORS, Accepted, Letter, Letters

logger = logging.getLogger(__name__)

ROUND_S = 3.0  # between two looks for work that was left behind
LEASE_S = 10.0  # a process that has not renewed for so long is dead, and its conversations are free
REST_S = 30.0  # until a conversation is tried again whose posts the platform did not take
GIVE_UP_S = 24 * 3600.0  # an answer that is a day late helps nobody
MOST_WAITING = 30  # events of one person that are not answered yet; more are refused, and told so
TOLD_EVERY_S = 30  # how often that is told
MEET_S = 2.0  # platforms want to be told "received" within 3 s
STORE_WAITS_S = (0.2, 0.6)  # between tries to write an event down, before its person is told that it was not saved
CLOSING_S = 10.0  # within the time that the process manager waits (`bot.supervision.STOP_S`)


class Messenger:
    """One platform's events in, the bot's posts out. To be made in a running event loop, and started."""

    def __init__(self, platform: Platform, core: Core, letters: Letters, courier: Courier | None = None) -> None:
        """``letters`` in the database of ``core``."""
        self._platform = platform
        self._letters = letters
        self._courier = courier or Courier(platform)
        self._urgency = Urgency(self._courier, core.conversations.gate)
        self._replies = Replies(platform, core, letters)
        self._doorstep = Doorstep(self._courier, self._urgency.of, self._has_agreed, self._agreed)
        self._owner = uuid.uuid4().hex
        self._again: set[str] = set()  # conversations that have got a letter while they were worked on
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._resting: dict[str, float] = {}
        self._told = Buckets(1 / TOLD_EVERY_S, 1)
        self._watch: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        """Take up what was left, and look for more from time to time."""
        self._watch = self._task(self._rounds())

    async def close(self) -> None:
        """Let what runs come to an end; what is not done by then is done after the next start."""
        self._closing = True
        if self._watch is not None:
            self._watch.cancel()
        work = {*self._workers.values(), *self._tasks}
        if work:
            await asyncio.wait(work, timeout=CLOSING_S)
        for task in work:
            task.cancel()
        with contextlib.suppress(*STORE_ERRORS):
            await self._letters.release(self._owner)

    async def accept(self, incoming: Incoming) -> None:
        """Take an event on: afterwards the platform may be told that it was received.

        UndeliveredError if it could be neither kept nor answered: the platform should deliver it again.
        """
        incoming = incoming.with_short_id()
        conversation = pseudonym(self._platform.name, incoming.platform_id)
        key = conversation, incoming.event_id
        due = self._urgency.expect(key, clean(incoming.text))
        if due:
            self._task(self._urgency.in_time(key, incoming))
        waits = await self._accepted(conversation, incoming)
        if due and not waits:
            self._urgency.forget(key)

    async def _accepted(self, conversation: str, incoming: Incoming) -> bool:
        """Whether the event now waits for its answer; if not, it was answered or was here before."""
        key = conversation, incoming.event_id
        for wait in (*STORE_WAITS_S, None):
            try:
                accepted = await self._kept(conversation, incoming)
                if accepted is Accepted.NOBODY:
                    await self._within(MEET_S, self._meet(conversation, incoming))
                return accepted is Accepted.NEW
            except UndeliveredError:
                raise
            except Exception as error:
                self._tell("store", error)
            urgent = self._urgency.of(clean(incoming.text))
            await self._within(MEET_S, self._urgency.say(key, incoming, urgent))
            if wait is not None:
                await asyncio.sleep(wait)
        if self._urgency.said(key) is None:
            await self._within(MEET_S, self._say_at_once(incoming, {"text": words("errors.not_saved")}))
        return False

    async def _has_agreed(self, conversation: str) -> bool:
        return await self._letters.consent(conversation) == CONSENT_VERSION

    async def _kept(self, conversation: str, incoming: Incoming) -> Accepted:
        """Write the event down and set to work, if its person has agreed to that."""
        letter = Letter(self._platform.name, incoming.event_id, conversation, incoming.to_dict())
        accepted = await self._letters.accept(letter, consent=CONSENT_VERSION, most=MOST_WAITING)
        if accepted is Accepted.FULL:
            self._refuse(conversation, incoming)
        if accepted is Accepted.NEW:
            if conversation in self._workers or await self._letters.waiting(letter.channel, conversation) > 1:
                await self._urgent_first(letter, incoming)
            self._wake(conversation)
        return accepted

    async def _urgent_first(self, letter: Letter, incoming: Incoming) -> None:
        """What came before may take its time, in whatever process; an emergency may not."""
        urgent = self._urgency.of(await self._replies.words_of(letter.conversation, incoming))
        if urgent is not None:
            self._task(self._say_and_note(letter, incoming, urgent))

    async def _say_and_note(self, letter: Letter, incoming: Incoming, message: Message) -> None:
        await self._urgency.say((letter.conversation, letter.event), incoming, message)
        await self._letters.said(letter, [post.to_dict() for post in self._platform.render([message])])

    def _refuse(self, conversation: str, incoming: Incoming) -> None:
        urgent = self._urgency.of(clean(incoming.text))
        if urgent is not None:
            self._task(self._urgency.say((conversation, incoming.event_id), incoming, urgent))
        elif not self._told.wait(conversation):
            self._task(self._say_at_once(incoming, {"text": words("errors.too_many", seconds=TOLD_EVERY_S)}))

    async def _meet(self, conversation: str, incoming: Incoming) -> None:
        try:
            if not await self._doorstep.meet(conversation, incoming):
                await self._kept(conversation, incoming)
        except GoneError:
            self._doorstep.forget(conversation)

    async def _agreed(self, conversation: str, events: Sequence[Incoming]) -> None:
        name = self._platform.name
        letters = [Letter(name, event.event_id, conversation, event.to_dict()) for event in events]
        await self._letters.agree(letters, consent=CONSENT_VERSION)
        self._wake(conversation)

    async def _say_at_once(self, incoming: Incoming, message: Message) -> None:
        """Past the database and the queue."""
        try:
            for post in self._platform.render([message]):
                await self._courier.send(incoming.address, post)
        except GoneError:
            return

    async def _rounds(self) -> None:
        while not self._closing:
            try:
                await self._letters.renew(self._owner, LEASE_S)
                for conversation in await self._letters.conversations(self._platform.name):
                    if self._resting.get(conversation, 0.0) <= time.monotonic():
                        self._resting.pop(conversation, None)
                        self._wake(conversation)
            except Exception as error:  # whatever it is, the next round comes
                self._tell("store", error)
            await asyncio.sleep(ROUND_S)

    def _wake(self, conversation: str) -> None:
        if self._closing:
            return
        if conversation in self._workers:
            self._again.add(conversation)
            return
        worker = asyncio.get_running_loop().create_task(self._work(conversation))
        self._workers[conversation] = worker
        worker.add_done_callback(lambda done: self._ended(conversation, done))

    def _ended(self, conversation: str, worker: asyncio.Task[None]) -> None:
        del self._workers[conversation]
        error = None if worker.cancelled() else worker.exception()
        if error is not None:
            self._tell("work", error)
            rest = REST_S if isinstance(error, UndeliveredError) else ROUND_S
            self._resting[conversation] = time.monotonic() + rest
        if conversation in self._again:  # a letter came when this one had just looked for the last time
            self._again.discard(conversation)
            if error is None:
                self._wake(conversation)

    async def _work(self, conversation: str) -> None:
        """All letters of one conversation, in order, until none is left."""
        if not await self._letters.lease(conversation, self._owner, LEASE_S):
            return  # another process does it
        try:
            while not self._closing:
                letter = await self._letters.next(self._platform.name, conversation)
                if letter is None:
                    break
                await self._handle(letter)
        finally:
            with contextlib.suppress(*STORE_ERRORS):
                await self._letters.release(self._owner, conversation)

    async def _handle(self, letter: Letter) -> None:
        incoming = Incoming.from_dict(letter.body)
        wish = wish_in(incoming)
        try:
            if wish in (DELETE, STOP):
                for post in await self._replies.erase(letter.conversation, wish):
                    await self._courier.send(incoming.address, post)
            elif time.time() - letter.received < GIVE_UP_S:
                if not letter.answered:
                    await self._answer(letter, incoming)
                await self._deliver(letter, incoming.address)
        except GoneError:
            logger.info("%s: somebody cannot be reached any more", self._platform.name)
        await self._letters.finish(letter)
        self._urgency.forget((letter.conversation, letter.event))

    async def _answer(self, letter: Letter, incoming: Incoming) -> None:
        key = letter.conversation, letter.event
        said = self._urgency.said(key)
        try:
            async for reply in self._replies.to(letter, said):
                posts = [post.to_dict() for post in await self._new(letter, reply.posts)]
                offer = reply.offer.to_dict() if reply.offer else None
                await self._letters.add_posts(letter, posts, final=reply.final, offer=offer)
                if not reply.final:
                    await self._deliver(letter, incoming.address)
        except STORE_ERRORS:
            await self._urgency.say(key, incoming, self._urgency.of(clean(incoming.text)))
            raise
        except (GoneError, UndeliveredError):
            raise
        except Exception as error:  # whatever it was, it must not hold up the person's next message for ever
            self._tell("answer", error)
            await self._letters.add_posts(letter, [Post(TEXT, words("errors.broken")).to_dict()], final=True)

    async def _new(self, letter: Letter, posts: Sequence[Post]) -> list[Post]:
        """Without what was said before a crash."""
        said = {body["text"] for _, body, _ in await self._letters.posts(letter) if body["kind"] == TEXT}
        return [post for post in posts if post.kind != TEXT or post.text not in said]

    async def _deliver(self, letter: Letter, address: str) -> None:
        for position, body, sent in await self._letters.posts(letter):
            if sent:
                continue
            post, key = Post.from_dict(body), (letter.conversation, letter.event)
            if post.kind == TEXT and self._urgency.has_said(key, post.text):
                await self._letters.sent(letter, position)
                continue
            message = await self._courier.send(address, post)
            if post.kind == TEXT:
                self._urgency.answered(key)
            await self._letters.sent(letter, position, offer=await self._shown(letter, post, message))

    async def _shown(self, letter: Letter, post: Post, message: str) -> dict[str, Any] | None:
        """The offer that this post has brought before the person's eyes, if it is still the last one."""
        offer = await self._replies.offer(letter.conversation) if post.offer and post.kind == TEXT else None
        if offer is None or post.offer is None or offer.id != post.offer.id:
            return None
        return offer.shown_in(message).to_dict()

    async def _within(self, seconds: float, work: Coroutine[Any, Any, None]) -> None:
        """Wait for work as long as the platform waits for us; it goes on afterwards. Its error, if it had one."""
        task = self._task(work)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if done:
            task.result()

    def _task(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._tell("task", error)

    def _tell(self, part: str, error: BaseException) -> None:
        logger.error("%s %s failed: %s", self._platform.name, part, type(error).__name__)
