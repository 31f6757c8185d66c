"""What all channels share: one message of one person in, the bot's visible answer out.

The promise: a message is handled once, in order, and always gets an answer that says something; an urgent answer comes
first and does not wait for the rest; what could not be kept is said to be lost. Nothing here knows Rasa or HTTP.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from bot import logs
from bot.channels import metrics
from bot.channels.cleaning import has_words
from bot.channels.texts import text as words
from bot.channels.urgent import Message, with_urgent_first
from bot.stores.inbox import Answer, Inbox

logger = logging.getLogger(__name__)

Key = tuple[str, str]  # conversation, message id
NOT_KEPT = {"kept": False}  # in an urgent answer's payload, where the message it answers could not be stored


@dataclass(frozen=True)
class Deadlines:
    """Seconds. They nest: page 12 > channel 8 > action 3."""

    answer: float = 8.0
    urgent: float = 1.0  # an urgent answer within 2 s, whatever else is slow and however busy the machine
    turn: float = 30.0  # a turn that takes longer is given up, so that the next message is not held back for ever


class NotSavedError(Exception):
    """The message was neither handled nor kept; the person has to be told to send it again."""


@dataclass
class Conversations:
    """Says messages to the bot.

    ``handle(conversation, message_id, text)`` runs one turn and returns the bot's messages; it raises if the turn was
    not kept. ``recover(conversation, message_id)`` returns what was said to a message of which only the answer was
    lost. ``gate(text)`` returns the urgent message of a text. ``lock(conversation)`` is held by one turn at a time, of
    whatever process; the turn may take it again. All texts are clean (`bot.channels.cleaning`).
    """

    handle: Callable[[str, str, str], Awaitable[list[Message]]]
    recover: Callable[[str, str], Awaitable[list[Message] | None]]
    gate: Callable[[str], Message | None]
    lock: Callable[[str], AbstractAsyncContextManager[object]]
    inbox: Inbox
    deadlines: Deadlines = field(default_factory=Deadlines)
    _running: dict[Key, asyncio.Task[Answer]] = field(default_factory=dict, init=False)
    _written: set[Key] = field(default_factory=set, init=False)  # of the running ones, those in the inbox
    _told: set[Key] = field(default_factory=set, init=False)  # of these, those whose sender was told that we have them
    _doors: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, init=False)

    async def say(self, conversation: str, text: str, message_id: str | None = None) -> Answer:
        """The answer to a message: never empty. The same id is handled once; NotSavedError if nothing could be done."""
        logs.begin_turn()
        began = time.monotonic()
        try:
            answer = await self._answer(conversation, text, message_id)
        except NotSavedError:
            metrics.NOT_SAVED.inc()
            raise
        metrics.count_answer(answer, time.monotonic() - began)
        return answer

    async def _answer(self, conversation: str, text: str, message_id: str | None) -> Answer:
        urgent = self._urgent(text)
        key = (conversation, message_id or uuid.uuid4().hex)
        task = self._running.get(key) or self._started(key, text, urgent)
        return await self._in_time(key, task, urgent)

    def running(self, conversation: str, message_id: str) -> asyncio.Future[Answer] | None:
        """The answer that is still to come, if what `say` has just returned was said in its place; else None.

        It raises NotSavedError as `say` does.
        """
        task = self._running.get((conversation, message_id))
        return None if task is None or task.done() else asyncio.shield(task)

    async def forget(self, conversation: str) -> None:
        """Stop what is still running for a conversation."""
        tasks = [task for key, task in self._running.items() if key[0] == conversation]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _urgent(self, text: str) -> Message | None:
        try:
            return self.gate(text)
        except Exception as error:
            _tell("gate", error)
            return None

    def _started(self, key: Key, text: str, urgent: Message | None) -> asyncio.Task[Answer]:
        task = asyncio.get_running_loop().create_task(self._turn(key, text, urgent))
        self._running[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: Key, task: asyncio.Task[Answer]) -> None:
        self._running.pop(key, None)
        self._written.discard(key)
        self._told.discard(key)
        if not task.cancelled():
            task.exception()  # marks it as seen: it was told where it happened

    async def _turn(self, key: Key, text: str, urgent: Message | None) -> Answer:
        part = "inbox"
        try:
            async with self._door(key[0]):  # in the order in which they came
                entry = await self.inbox.open(*key, text)
            self._written.add(key)
            if entry.known:  # another process may have said so
                self._told.add(key)
            if entry.answer is not None:
                return entry.answer
            part = "lock"
            async with self.lock(key[0]):
                part = "turn"
                return await self._handled(key, text, urgent)
        except Exception as error:
            _tell(part, error)
            return self._urgent_or_not_saved(key, urgent)

    async def _handled(self, key: Key, text: str, urgent: Message | None) -> Answer:
        """The answer, found or made; the lock is held, so nobody else is at it."""
        entry = await self.inbox.open_again(*key, text)  # answered by another process while this one waited?
        if entry.answer is not None:
            return entry.answer
        try:
            said = await self.recover(*key)  # stopped between keeping the turn and keeping its answer
            if said is None:
                said = await self._said(*key, text)
        except Exception:
            await self._failed(key, urgent)
            raise
        answer = with_urgent_first(said or [_excuse("nothing_said")], urgent)
        await self._keep(key, answer)
        return answer

    async def _said(self, conversation: str, message_id: str, text: str) -> list[Message]:
        if not has_words(text):
            return [{"text": words("answers.no_words")}]
        return await asyncio.wait_for(self.handle(conversation, message_id, text), self.deadlines.turn)

    async def _failed(self, key: Key, urgent: Message | None) -> None:
        if urgent is not None:
            await self._keep(key, [urgent])
            return
        if key in self._told:  # stays, unanswered, so that the same id is handled when it comes again
            return
        try:
            await self.inbox.forget(*key)
        except Exception as error:
            _tell("inbox", error)

    async def _keep(self, key: Key, answer: Answer) -> None:
        try:
            await self.inbox.close(*key, answer)
        except Exception as error:  # the turn itself is kept, so a repeated message finds its answer there
            _tell("inbox", error)

    async def _in_time(self, key: Key, task: asyncio.Task[Answer], urgent: Message | None) -> Answer:
        limit = self.deadlines.answer if urgent is None else self.deadlines.urgent
        done, _ = await asyncio.wait({task}, timeout=limit)
        if done and not task.cancelled():
            return task.result()
        if not done and key in self._written:
            self._told.add(key)
            return [urgent or _excuse("slow")]
        return self._urgent_or_not_saved(key, urgent)

    def _urgent_or_not_saved(self, key: Key, urgent: Message | None) -> Answer:
        if urgent is None:
            raise NotSavedError
        return [urgent if key in self._written else {**urgent, "custom": {**urgent["custom"], **NOT_KEPT}}]

    def _door(self, conversation: str) -> asyncio.Lock:
        return self._doors.setdefault(conversation, asyncio.Lock())


def _excuse(reason: str) -> Message:
    metrics.UNANSWERED.labels(reason).inc()
    return {"text": words(f"answers.{reason}")}


def _tell(part: str, error: Exception) -> None:
    """Into the log: what failed and with which kind of error; never its message, which may quote the person."""
    logger.error("%s failed: %s", part, type(error).__name__)
