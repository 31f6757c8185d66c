"""Reading of the YAML word lists: strict, with the file and the line in every complaint."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
LINE = "__line__"


class LexiconError(ValueError):
    """A word list that cannot be used: which file, which line, what is wrong."""


_Safe: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel has it: four times as fast


class _WordLoader(_Safe):  # type: ignore[misc]
    """Plain YAML in which "no", "on" and "off" are words, and every mapping knows its line."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


_WordLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_WordLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load_words(path: Path) -> dict[str, Any]:
    """The mapping in ``path``; mappings inside carry their line under ``LINE``."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_WordLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise LexiconError(f"{path.name}, line {line}: {error.problem or error.context}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path.name}: cannot be read ({type(error).__name__})") from error
    if not isinstance(data, dict):
        raise LexiconError(f"{path.name}, line 1: a mapping is expected")
    return data


def checked(path: Path, item: dict[str, Any], *, required: set[str], allowed: set[str]) -> dict[str, Any]:
    """``item`` without its line mark; refused when a key is missing or unknown."""
    line = item.get(LINE, 1)
    keys = set(item) - {LINE}
    for key in sorted(required - keys):
        raise LexiconError(f"{path.name}, line {line}: {key!r} is missing")
    for key in sorted(keys - required - allowed):
        raise LexiconError(f"{path.name}, line {line}: unknown key {key!r}")
    return {key: value for key, value in item.items() if key != LINE}


def items(path: Path, data: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    """The list of mappings under ``key``."""
    for item in data.get(key) or ():
        if not isinstance(item, dict):
            raise LexiconError(f"{path.name}, line {data[LINE]}: {key} must be a list of mappings")
        yield item


def plain(mapping: dict[str, Any] | None) -> dict[str, Any]:
    """A mapping without its line mark."""
    return {key: value for key, value in (mapping or {}).items() if key != LINE}


def digest(directory: Path = DATA) -> str:
    """SHA-256 over the names and bytes of the word lists, for fingerprints."""
    total = hashlib.sha256()
    for path in sorted(directory.glob("*.yml")):
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()
