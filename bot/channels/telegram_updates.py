"""What Telegram tells us (https://core.telegram.org/bots/api#update): the parts that matter, and what they mean."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from bot.channels.events import EDITED, MEDIA, Incoming

ALLOWED = ["message", "edited_message", "callback_query"]
PRIVATE, GROUPS = "private", ("group", "supergroup")
COMMAND = re.compile(r"/(start|stop|delete|help)(?:@\w+)?(?:(?<=start) [\w-]{1,64})?\s*", re.I)
# Kinds of a message with something a person sends; other kinds are service notices ("pinned a message").
MEDIA_FIELDS = {
    *("animation", "audio", "contact", "dice", "document", "game", "location", "paid_media", "photo", "poll"),
    *("sticker", "story", "venue", "video", "video_note", "voice"),
}


class Chat(BaseModel):
    """Where something happened."""

    id: int
    type: Literal["private", "group", "supergroup", "channel"]


class Sender(BaseModel):
    """Who did it."""

    id: int
    is_bot: bool = False


class Message(BaseModel):
    """A message, or the one that a pressed button belongs to."""

    message_id: int
    chat: Chat
    sender: Sender | None = Field(None, alias="from")
    text: str = ""
    caption: str = ""
    media: bool = False


class Press(BaseModel):
    """A pressed button."""

    id: str
    sender: Sender = Field(alias="from")
    message: Message | None = None
    data: str = ""


class Update(BaseModel):
    """One update; kinds that are not listed here are ignored."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Press | None = None

    @classmethod
    def read(cls, data: Any) -> Update | None:
        """From JSON; None if it is not an update as documented."""
        try:
            update = cls.parse_obj(data)
        except (ValidationError, TypeError):
            return None
        for kind in ("message", "edited_message"):
            message: Message | None = getattr(update, kind)
            if message is not None:
                message.media = not MEDIA_FIELDS.isdisjoint(data[kind])
        return update

    @property
    def chat(self) -> Chat | None:
        """Where it happened."""
        message = self.message or self.edited_message or (self.callback_query and self.callback_query.message)
        return message.chat if message else None

    def incoming(self) -> Incoming | None:
        """What a person did in a private chat; None if it is nothing to be answered."""
        if self.chat is None or self.chat.type != PRIVATE:
            return None
        chat, event = str(self.chat.id), str(self.update_id)
        if self.callback_query is not None:
            shown = self.callback_query.message
            message_id = str(shown.message_id) if shown else ""
            return Incoming(chat, chat, event, pressed=(self.callback_query.data,), message=message_id)
        message = self.message or self.edited_message
        if message is None or (message.sender and message.sender.is_bot):
            return None
        text = message.text or message.caption
        if self.edited_message is not None:
            return Incoming(chat, chat, event, text=text, unread=EDITED)
        if message.media:
            return Incoming(chat, chat, event, text=text, unread=MEDIA)
        command = COMMAND.fullmatch(text)
        if command is not None:
            return Incoming(chat, chat, event, command=command[1].casefold())
        return Incoming(chat, chat, event, text=text) if text else None
