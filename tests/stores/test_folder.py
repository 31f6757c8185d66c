"""The data folder and the signing key."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.stores.folder import data_folder, signing_key


def test_the_folder_is_for_its_owner_only() -> None:
    assert stat.S_IMODE(data_folder().stat().st_mode) == 0o700


def test_the_signing_key_is_made_once_and_for_its_owner_only() -> None:
    key = signing_key()
    assert key == signing_key()
    assert len(key) == 64
    assert stat.S_IMODE((data_folder() / "secret.key").stat().st_mode) == 0o600


def test_the_signing_key_may_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", "s" * 40)
    assert signing_key() == b"s" * 40
    assert not folder.exists()
    monkeypatch.setenv("BOT_SECRET", "short")
    with pytest.raises(ValueError, match="signing key"):
        signing_key()
