"""Settings of a messaging platform, from the environment: each names its variable and the form it has to have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from bot.channels import asked
from bot.channels.texts import text as words

ADDRESS = r"https?://[^\s/]+(/\S*)?"
Some = TypeVar("Some", bound="Settings")


def setting(variable: str, form: str, default: str = "") -> Any:
    """A field that comes from this variable and has to match this pattern."""
    return field(default=default, metadata={"variable": variable, "form": form})


def secret(variable: str, form: str = r"\S{8,1000}") -> Any:
    """The same for what must show in no ``repr``."""
    return field(default="", repr=False, metadata={"variable": variable, "form": form})


@dataclass(frozen=True)
class Settings:
    """A subclass's fields are made with `setting` and `secret`."""

    def checked(self: Some, platform: str) -> Some:
        """Itself; CannotOpenError if something is missing or malformed, naming the variable and never its value."""
        given = {each.metadata["variable"]: getattr(self, each.name) for each in fields(self)}
        asked.needed(platform, given)
        for each in fields(self):
            variable, value = each.metadata["variable"], getattr(self, each.name)
            if value and not re.fullmatch(each.metadata["form"], value):
                raise asked.CannotOpenError(words("channels.malformed", variable=variable))
        return self


def of_credentials(kind: type[Some], platform: str, credentials: dict[str, Any] | None) -> Some:
    """Settings from a part of ``credentials.yml``; ValueError for one that does not exist."""
    given = credentials or {}
    if unknown := set(given) - {each.name for each in fields(kind)}:
        raise ValueError(f"{platform}: unknown {', '.join(sorted(unknown))}")
    return kind(**{name: str(value).strip() for name, value in given.items()})
