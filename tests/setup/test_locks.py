"""The lock files: complete, by hash, of one mind, and free of download addresses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = [f"requirements{kind}.txt" for kind in ("", "-dev", "-uv", "-node", "-deploy", "-compose")]
PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^ ;]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text().splitlines()
    return {found["name"]: found["version"] for found in map(PIN.match, lines) if found}


@pytest.mark.parametrize("lock", LOCKS)
def test_only_pins_and_hashes(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    strange = [line for line in lines if not PIN.match(line) and not HASH.match(line)]
    assert strange == [], "addresses, options and headers have no place in a lock file"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()
    bare = [head.split("==")[0] for head in re.split(r"\n(?=\S)", text) if "--hash=sha256:" not in head]
    assert bare == []


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_asked_for_is_locked(lock: str) -> None:
    asked = [
        re.split(r"[<>=!~\[ #]", line.strip())[0].lower().replace("_", "-")
        for line in (ROOT / lock.replace(".txt", ".in")).read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    ]
    assert asked
    assert set(asked) <= set(pins(lock))


def test_locks_agree_on_shared_packages() -> None:
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    shared = runtime.keys() & dev.keys()
    assert shared
    assert {n: runtime[n] for n in shared} == {n: dev[n] for n in shared}


def test_rasa_and_spacy_are_the_versions_the_project_is_built_on() -> None:
    runtime = pins("requirements.txt")
    assert runtime["rasa"] == "3.6.21"
    assert runtime["spacy"].startswith("3.8.")


def test_the_lock_of_the_web_chat_pins_by_hash_and_names_no_address() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text()
    assert "://" not in text
    packages = {name: info for name, info in json.loads(text)["packages"].items() if name}
    assert packages
    assert [name for name, info in packages.items() if not info.get("integrity", "").startswith("sha512-")] == []


def test_the_web_chat_needs_nothing_when_it_runs() -> None:
    assert "dependencies" not in json.loads((ROOT / "web" / "package.json").read_text())
