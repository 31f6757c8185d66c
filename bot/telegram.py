"""``python -m bot telegram set-webhook URL | delete-webhook | status``: tell Telegram where the bot is.

Reads TELEGRAM_TOKEN and TELEGRAM_SECRET from the environment. Exit status 0 if Telegram agreed, else 1 with the reason.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.channels.asked import CannotOpenError
from bot.channels.platform import GoneError, LaterError, RefusedPostError
from bot.channels.telegram import NAME, POLLING, WEBHOOK, Telegram, TelegramSettings
from bot.channels.telegram_api import API, BotApi, SetUpError
from bot.channels.telegram_updates import ALLOWED
from bot.channels.texts import text as words

PATH = f"/webhooks/{NAME}/webhook"
SET, DELETE, STATUS = "set-webhook", "delete-webhook", "status"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the commands; see the module for the exit status."""
    options = _parser().parse_args(argv)
    environment = os.environ
    settings = TelegramSettings(
        token=environment.get("TELEGRAM_TOKEN", ""),
        secret=environment.get("TELEGRAM_SECRET", ""),
        mode=WEBHOOK if options.command == SET else POLLING,
        api=environment.get("TELEGRAM_API") or API,
    )
    try:
        settings.checked(NAME)
        told = asyncio.run(_told(options, settings))
    except CannotOpenError as reason:
        told, status = str(reason), 1
    except SetUpError as wrong:
        told, status = words("channels.telegram_set_up", code=wrong.code), 1
    except (GoneError, RefusedPostError):
        told, status = words("telegram.refused"), 1
    except LaterError:
        told, status = words("telegram.unreachable"), 1
    else:
        status = 0
    print(told, file=sys.stderr if status else sys.stdout)
    return status


async def _told(options: argparse.Namespace, settings: TelegramSettings) -> str:
    async with aiohttp.ClientSession() as session:
        api = BotApi(session, settings.token, settings.api)
        if options.command == SET:
            return await _set(api, options.url, settings.secret)
        if options.command == DELETE:
            await api.call("deleteWebhook")
            return words("telegram.deleted")
        return _status(await api.call("getMe"), await api.call("getWebhookInfo"))


async def _set(api: BotApi, url: str, secret: str) -> str:
    address = url.rstrip("/") + PATH
    if urlsplit(address).scheme != "https":
        raise CannotOpenError(words("telegram.https"))
    await api.call("setWebhook", url=address, secret_token=secret, allowed_updates=ALLOWED)
    menu = [{"command": name, "description": words(f"telegram.menu.{name}")} for name in Telegram.commands]
    await api.call("setMyCommands", commands=menu)
    return words("telegram.set", url=address)


def _status(bot: dict[str, Any], hook: dict[str, Any]) -> str:
    error = hook.get("last_error_message")
    return words(
        "telegram.status",
        bot=bot.get("username", ""),
        url=hook.get("url") or words("telegram.none"),
        waiting=hook.get("pending_update_count", 0),
        error=error or words("telegram.none"),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot telegram", description=words("telegram.help"))
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(SET, help=words("telegram.help_set")).add_argument("url", help=words("telegram.help_url"))
    commands.add_parser(DELETE, help=words("telegram.help_delete"))
    commands.add_parser(STATUS, help=words("telegram.help_status"))
    return parser
