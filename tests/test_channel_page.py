"""docs/channels.md says what the channels say today: renew its talks with ``make channel-page``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.channels.events import PLAIN_COMMANDS
from bot.channels.texts import text as words
from tools.channel_page import PAGE, TERMINAL, drawn, replaced

PAGE_TEXT = PAGE.read_text(encoding="utf-8")
PLATFORMS = yaml.safe_load((Path(__file__).parents[1] / "bot/channels/platforms.yml").read_text(encoding="utf-8"))
TITLES = {"telegram": "Telegram", "slack": "Slack", "whatsapp": "WhatsApp", "whatsapp-meta": "WhatsApp"}
COMMANDS = {**PLAIN_COMMANDS}
SLASHED = {name: f"/{name}" for name in COMMANDS}
RENEW = "run `make channel-page`"


def plain(text: str) -> str:
    """Without the drawing, one space between words."""
    return " ".join(re.sub(r"[│╭╮╰╯═─▸☐☑]", " ", text).split())


def said(name: str, platform: str) -> str:
    commands = SLASHED if platform == "telegram" else COMMANDS
    return plain(words(f"messaging.{name}", platform=TITLES[platform], **commands))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_talk_of_a_platform_is_what_would_be_said_today(platform):
    talk = plain(drawn(PAGE_TEXT, platform))
    for part in (
        said("consent", platform),
        said("agreed", platform),
        plain(words("messaging.progress", step=1, of=3)),
        plain(words("messaging.chosen", chosen="none of these")),
        said("erased", platform),
        "25-hydroxyvitamin D",
        "INDIRECT",
    ):
        assert part in talk, f"{part!r} is not in the page: {RENEW}"


def test_the_talk_of_the_terminal_is_what_would_be_said_today():
    talk = plain(drawn(PAGE_TEXT, TERMINAL))
    card = ("first", "advice", "tests", "safety_net", "sources", "note")
    for part in (
        words("shell.consent"),
        words("shell.welcome"),
        words("menu.progress", step=1, of=3),
        words("menu.choose"),
        *(words(f"card.{name}") for name in card),
    ):
        assert plain(part) in talk, f"{part!r} is not in the page: {RENEW}"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_steps_name_every_setting_that_is_needed(platform):
    settings = PLATFORMS[platform]
    needed = [*settings["needs"], *(name for more in settings.get("needs_unless", {}).values() for name in more)]
    assert [name for name in needed if name not in PAGE_TEXT] == []
    assert f"`{platform}`" in PAGE_TEXT


def test_slacks_manifest_fits_the_channel():
    (block,) = re.findall(r"```yaml\n(.+?)```", PAGE_TEXT, re.DOTALL)
    manifest = yaml.safe_load(block)
    events, actions = (manifest["settings"][part] for part in ("event_subscriptions", "interactivity"))
    assert events["bot_events"] == ["message.im"]
    assert {events["request_url"], actions["request_url"]} == {"https://bot.clinic.example/webhooks/slack/webhook"}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {"chat:write", "files:write", "im:history"}


def test_a_talk_replaces_the_former_one_and_nothing_else():
    page = "a\n<!-- talk: x -->\nold\n<!-- end of talk: x -->\nz"
    new = replaced(page, "x", "new")
    assert new == "a\n<!-- talk: x -->\n```text\nnew\n```\n<!-- end of talk: x -->\nz"
    assert replaced(new, "x", "new") == new
    with pytest.raises(ValueError, match="substring"):
        replaced(page, "y", "new")
