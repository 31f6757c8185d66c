"""The channel's files fit together: texts, page, credentials."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
import yaml
from rasa.shared.utils.common import class_from_module_path

from bot.channels.site import ERROR_OF_STATUS, NOT_BUILT
from bot.channels.texts import TEXTS_FILE, text

ROOT = Path(__file__).parents[2]
USERS = [
    *ROOT.glob("bot/channels/*.py"),
    *ROOT.glob("bot/stores/*.py"),
    *ROOT.glob("bot/terminal/*.py"),
    *ROOT.glob("bot/*.py"),
]
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
    mentioned = set(re.findall(r"[a-z_\d]+", SOURCE))
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


def test_where_the_page_is_not_built_it_says_so_and_names_the_emergency_numbers() -> None:
    page = NOT_BUILT.read_text()
    assert "make page" in page
    for number in ("112", "999", "911"):
        assert number in page
    assert "<script" not in page


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


@pytest.mark.parametrize("origin", ["*", "clinic.example", "https://clinic.example/", "https://a b", 7])
def test_only_an_origin_can_be_allowed_to_embed(origin: object) -> None:
    from bot.channels.site import Site

    with pytest.raises(ValueError, match="not an origin"):
        Site("x", [origin])  # type: ignore[list-item]
