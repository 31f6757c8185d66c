"""A platform that records what is sent, and a bot that answers as it is told: for what needs no server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.channels.conversation import Conversations, Deadlines
from bot.channels.core import Core
from bot.channels.doorstep import OFFER_ID
from bot.channels.events import Incoming
from bot.channels.messenger import Messenger
from bot.channels.platform import Courier
from bot.channels.posts import TEXT, Post, Style, posts_of
from bot.stores.database import Database
from bot.stores.erasing import Erased, erase
from bot.stores.inbox import Inbox
from bot.stores.letters import Letters
from bot.stores.lock_store import ConversationLocks
from bot.stores.sealing import Keyring
from bot.stores.start import prepare

URGENT = {"text": "Call now.", "custom": {"type": "red_flag", "level": "L1", "rule": "RF-04"}}
ROOMY = Style(1_000)
SHORT = Deadlines(answer=0.2, urgent=0.1, turn=5)
CALF = "my calf twitches"
CHEST = "crushing chest pain"


class Recorder:
    """Speaks the `Platform` protocol; ``fails`` holds errors to be raised by the next calls."""

    name, title = "recorder", "the recorder"
    commands = {"start": "/start", "stop": "/stop", "delete": "/delete", "help": "/help"}

    def __init__(self, style: Style) -> None:
        self.style = style
        self.sent: list[tuple[str, Post]] = []
        self.fails: list[Exception] = []

    def render(self, messages: Sequence[dict]) -> list[Post]:
        return posts_of(messages, self.style)

    async def send(self, address: str, post: Post) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append((address, post))
        return f"m{len(self.sent)}"


class Bot:
    """Answers from ``answers`` by the message's text, else repeats it; counts what reaches it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.answers: dict[str, list[dict]] = {}
        self.fails = False
        self.go = asyncio.Event()
        self.go.set()

    async def handle(self, conversation: str, _message_id: str, text: str) -> list[dict]:
        await self.go.wait()
        if self.fails:
            raise ValueError(text)
        self.heard.append((conversation, text))
        return self.answers.get(text, [{"text": f"Heard: {text}"}])


class Nothing:
    """An agent that is never asked."""


class Store:
    """A tracker store that holds no events; it erases what the channel keeps."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def erase(self, conversation: str) -> Erased:
        return await self.database.run(erase, conversation)


async def never(*_: str) -> None:
    """Recovers nothing."""


def gate(text: str) -> dict[str, Any] | None:
    return dict(URGENT) if "chest" in text else None


@dataclass
class World:
    """One process: a messenger over a database that may outlive it."""

    folder: Path
    style: Style = ROOMY
    deadlines: Deadlines = SHORT
    bot: Bot = field(default_factory=Bot)
    events: int = 0

    def __post_init__(self) -> None:
        database = Database(f"sqlite:///{self.folder / 'talks.db'}", Keyring([bytes(32)]))
        self.engine = database.engine
        sa.event.listen(self.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        prepare(database)
        self.letters = Letters(database)
        self.platform = Recorder(self.style)
        locks = ConversationLocks(kept_in=database)
        talks = Conversations(self.bot.handle, never, gate, locks.lock, Inbox(database), self.deadlines)
        self.core = Core(talks, Nothing(), Store(database))
        self.messenger = Messenger(self.platform, self.core, self.letters, Courier(self.platform, first_wait=0.001))
        self.messenger.start()

    async def does(self, **what: Any) -> list[Post]:
        """One event of the person ``who`` (default "ann"); the posts that came of it."""
        self.events += 1
        who, event = what.pop("who", "ann"), what.pop("event", f"e{self.events}")
        before = len(self.platform.sent)
        await self.messenger.accept(Incoming(who, f"chat-{who}", event, **what))
        await self.quiet()
        return [post for _, post in self.platform.sent[before:]]

    async def says(self, text: str, **more: Any) -> str:
        """The same for words; the texts that came of it."""
        return texts(await self.does(text=text, **more))

    async def agrees(self, who: str = "ann") -> None:
        await self.does(text="hello there", who=who)
        await self.does(pressed=(f"{OFFER_ID}.0",), who=who)

    async def quiet(self) -> None:
        """Until nothing is being worked on."""
        for _ in range(2):  # the end of one may begin another
            while work := [*self.messenger._workers.values(), *self.messenger._tasks - {self.messenger._watch}]:
                await asyncio.wait(work)
                await asyncio.sleep(0)

    def rows(self) -> int:
        """In all tables, but for who works on what."""
        with self.engine.connect() as connection:
            tables = [
                name for name in sa.inspect(self.engine).get_table_names() if name not in ("leases", "alembic_version")
            ]
            return sum(connection.execute(sa.text(f"select count(*) from {name}")).scalar() for name in tables)

    def holds(self, words: str) -> bool:
        """Whether the database's file holds these words."""
        return any(words.encode() in path.read_bytes() for path in self.folder.iterdir())


def texts(posts: Sequence[Post]) -> str:
    return "\n".join(post.text for post in posts if post.kind == TEXT)


def run(folder: Path, talk: Callable[[World], Any], **more: Any) -> None:
    """``talk`` with a new process."""

    async def inside() -> None:
        world = World(folder, **more)
        try:
            await talk(world)
        finally:
            await world.messenger.close()

    logging.disable(logging.CRITICAL)
    try:
        asyncio.run(inside())
    finally:
        logging.disable(logging.NOTSET)
