"""YAML read strictly: a mistake is refused with the file, the line and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class KnowledgeError(Exception):
    """A knowledge file that cannot be trusted: ``file``, ``line`` (from 1) and ``what`` is wrong."""

    def __init__(self, file: str, line: int, what: str) -> None:
        super().__init__(f"{file}, line {line}: {what}")
        self.file, self.line, self.what = file, line, what


@dataclass(frozen=True)
class Document:
    """A parsed file that still knows on which line each of its parts stands."""

    file: str
    data: Any
    lines: dict[tuple[Any, ...], int] = field(repr=False, default_factory=dict)

    def line(self, *path: Any) -> int:
        """Line of the innermost part of ``path`` that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, what: str, *path: Any) -> KnowledgeError:
        """The error to raise for the part at ``path``."""
        return KnowledgeError(self.file, self.line(*path), what)

    def parsed(self, model: type[Model]) -> Model:
        """The document as ``model``; raises KnowledgeError at the first part that does not fit."""
        try:
            return model.parse_obj(self.data)
        except ValidationError as problem:
            first = problem.errors()[0]
            path = tuple(first["loc"])
            name = ".".join(str(part) for part in path if part != "__root__")
            raise self.error(f"{name}: {first['msg']}", *path) from problem


def read(path: Path) -> Document:
    """Parse one file; raises KnowledgeError for text that is no YAML, empty files and repeated keys."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if node is None:
            raise KnowledgeError(path.name, 1, "the file is empty")
        lines = dict(_lines(node, (), loader, path.name))
        return Document(path.name, loader.construct_document(node), lines)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        raise KnowledgeError(path.name, line, f"no valid YAML: {problem.problem}") from problem
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise KnowledgeError(path.name, 1, f"cannot be read: {problem}") from problem


def _lines(node: Any, path: tuple[Any, ...], loader: Any, file: str) -> Iterator[tuple[tuple[Any, ...], int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, (*path, index), loader, file)
    elif isinstance(node, yaml.MappingNode):
        seen: set[Any] = set()
        for key_node, value in node.value:
            key = loader.construct_object(key_node)
            if key in seen:
                raise KnowledgeError(file, key_node.start_mark.line + 1, f"{key!r} stands twice")
            seen.add(key)
            yield from _lines(value, (*path, key), loader, file)
            yield (*path, key), key_node.start_mark.line + 1
