"""The channel's files fit together: texts, page, credentials."""

from __future__ import annotations

import re
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from rasa.shared.utils.common import class_from_module_path

from bot.channels.site import ERROR_OF_STATUS, PAGE_FOLDER
from bot.channels.texts import TEXTS_FILE, text

ROOT = Path(__file__).parents[2]
USERS = [*ROOT.glob("bot/channels/*.py"), ROOT / "bot/serve.py", ROOT / "bot/shell.py"]
CALLS = re.compile(r"""words\(\s*f?"([a-z_.{}]+)\"""")
CODES = re.compile(r"""(?:error|RefusedError)\(\s*\d+, "([a-z_]+)\"""")


def leaves(tree: dict, before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        found |= leaves(value, f"{before}{key}.") if isinstance(value, dict) else {before + key: value}
    return found


TEXTS = leaves(yaml.safe_load(TEXTS_FILE.read_text()))
SOURCE = "\n".join(path.read_text() for path in USERS)
ASKED = set(CALLS.findall(SOURCE))


def test_every_text_that_is_asked_for_exists() -> None:
    assert len(ASKED) > 20
    plain = {name for name in ASKED if "{" not in name}
    assert plain - set(TEXTS) == set()
    codes = {*CODES.findall(SOURCE), *ERROR_OF_STATUS.values(), "broken"}
    assert len(codes) > 8
    assert codes - {name.split(".")[1] for name in TEXTS if name.startswith("errors.")} == set()


def test_no_text_is_unused() -> None:
    mentioned = set(re.findall(r"[a-z_]+", SOURCE))
    assert {name for name in TEXTS if name.split(".")[-1] not in mentioned} == set()


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_can_be_filled_in(name: str) -> None:
    fields = {field for _, field, _, _ in string.Formatter().parse(TEXTS[name]) if field}
    filled = text(name, **dict.fromkeys(fields - {"emergency"}, 7))
    assert filled
    assert "{" not in filled


@pytest.mark.parametrize("name", ["answers.nothing_said", "answers.slow", "errors.not_saved", "errors.broken"])
def test_every_apology_says_what_to_do_in_an_emergency(name: str) -> None:
    assert "112" in text(name)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed((PAGE_FOLDER / "index.html").read_text())

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.tags.append((tag, dict(attributes)))


SCRIPT = (PAGE_FOLDER / "chat.js").read_text()


def test_the_page_needs_nothing_inline_and_nothing_from_elsewhere() -> None:
    for tag, attributes in Page().tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        address = attributes.get("src") or attributes.get("href")
        assert address is None or re.fullmatch(r"/[a-z.]+", address)


def test_nothing_is_shown_as_html() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", SCRIPT)


def test_the_script_finds_its_elements_and_words() -> None:
    page = (PAGE_FOLDER / "index.html").read_text()
    ids = {attributes["id"] for _, attributes in Page().tags if "id" in attributes}
    assert set(re.findall(r'\$\("(\w+)"\)', SCRIPT)) <= ids
    assert set(re.findall(r"words\.(\w+)", SCRIPT)) == set(re.findall(r"<dt>(\w+)</dt>", page))


def test_the_conversation_is_announced_politely() -> None:
    log = next(attributes for _, attributes in Page().tags if attributes.get("id") == "log")
    assert (log["role"], log["aria-live"]) == ("log", "polite")


def test_only_our_channels_are_open_and_each_can_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_VAR", str(tmp_path))
    credentials = yaml.safe_load((ROOT / "credentials.yml").read_text())
    assert all(name.startswith("bot.channels.") for name in credentials)
    for name, settings in credentials.items():
        channel = class_from_module_path(name).from_credentials(settings)
        assert channel.name() == "web"


def test_a_setting_that_does_not_exist_is_refused() -> None:
    from bot.channels.web import WebInput

    with pytest.raises(ValueError, match=r"unknown burst; known: .*message_burst"):
        WebInput.from_credentials({"burst": 3})
