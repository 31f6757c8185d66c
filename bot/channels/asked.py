"""The messaging platforms that the operator asks for, from the environment: ``BOT_CHANNELS=telegram,slack``.

Nothing is open but the web channel unless it is named there, and what is named does not start without its secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.channels.texts import text as words

CHANNELS_VARIABLE = "BOT_CHANNELS"
PLATFORMS_FILE = Path(__file__).with_name("platforms.yml")


class CannotOpenError(Exception):
    """Why a platform cannot be opened, in a plain sentence that names the variable; never its value."""


def credentials(file: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """``credentials.yml`` with the platforms asked for; values that come from the environment stand as ``${NAME}``.

    CannotOpenError for an unknown platform or a variable that is not set.
    """
    channels: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    known = _platforms()
    for name in check(environment):
        settings = known[name]["settings"]
        channels[known[name]["channel"]] = {
            setting: f"${{{variable}}}" for setting, variable in settings.items() if environment.get(variable)
        }
    return channels


def check(environment: Mapping[str, str]) -> list[str]:
    """The names in ``BOT_CHANNELS``; CannotOpenError if one is unknown or lacks a variable."""
    names, known = asked_for(environment), _platforms()
    for name in names:
        if name not in known:
            raise CannotOpenError(words("channels.unknown", name=name, known=", ".join(known)))
        needed(name, environment)
    return names


def asked_for(environment: Mapping[str, str]) -> list[str]:
    """The names in ``BOT_CHANNELS``."""
    names = environment.get(CHANNELS_VARIABLE, "").replace(",", " ").casefold().split()
    return [name for name in dict.fromkeys(names) if name != "web"]


def needed(name: str, environment: Mapping[str, str]) -> None:
    """CannotOpenError if a variable that the platform needs is not set."""
    platform = _platforms()[name]
    variables = list(platform["needs"])
    for setting, more in platform.get("needs_unless", {}).items():
        variable, _, value = setting.partition("=")
        if environment.get(variable, "") != value:
            variables += more
    for variable in variables:
        if not environment.get(variable, "").strip():
            raise CannotOpenError(words("channels.not_set", name=name, variable=variable))


def _platforms() -> dict[str, Any]:
    platforms: dict[str, Any] = yaml.safe_load(PLATFORMS_FILE.read_text(encoding="utf-8"))
    return platforms
