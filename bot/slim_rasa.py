"""``python -m bot.slim_rasa run ...``: Rasa's command line in a process that loads no TensorFlow.

Rasa imports TensorFlow for components that our configuration does not have (DIET, TED): ten seconds of every start
and several hundred megabytes that nothing uses. Rasa's files stay as they are; where they import TensorFlow they get a
stand-in on which names can be looked up and classes be based, and which does nothing. A model that has a component of
that kind must not be run so: ask ``needs_tensorflow``.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import runpy
import sys
import tarfile
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGES = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"})
NEEDING = frozenset({
    "DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy", "ConveRTFeaturizer",
    "LanguageModelFeaturizer",
})  # fmt: skip
METADATA = "metadata.json"  # in a model file


def main() -> None:
    """Become Rasa."""
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    import spacy  # noqa: F401 - its library looks whether there is a TensorFlow: there is none

    del sys.modules["tensorflow"]
    sys.meta_path.insert(0, _Finder())
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)


def needs_tensorflow(model: Path) -> bool:
    """Whether a component of this model file works with TensorFlow; true for a file that is no model.

    What is wrong with it is for Rasa to say. Raises OSError.
    """
    try:
        with tarfile.open(model) as archive:
            content = archive.extractfile(next(entry for entry in archive if Path(entry.name).name == METADATA))
            return content is None or bool(NEEDING & set(_components(json.load(content))))
    except (tarfile.TarError, StopIteration, ValueError, LookupError):
        return True


def _components(metadata: dict[str, Any]) -> Sequence[str]:
    schemas = (metadata["train_schema"], metadata["predict_schema"])
    return [node["uses"].rpartition(".")[2] for schema in schemas for node in schema["nodes"].values()]


class _Absence(type):
    """Of a class of which every attribute, call and item is the class itself."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        if cls is not _Absent:
            return super().__call__(*arguments, **named)
        is_decorator = len(arguments) == 1 and not named and isinstance(arguments[0], (type, types.FunctionType))
        return arguments[0] if is_decorator else _Absent

    def __getitem__(cls, _: Any) -> Any:
        return _Absent


class _Absent(metaclass=_Absence):
    """Stands for everything in TensorFlow."""


class _Module(types.ModuleType):
    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing is in it."""


if __name__ == "__main__":
    main()
