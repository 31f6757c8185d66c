"""What people write is kept as ciphertext: AES-256-GCM, a data key for each conversation, wrapped by a master key.

Who erases a conversation's data key erases the conversation, in every backup that does not hold that key.
Each ciphertext is bound to its place (table, conversation, row), so that none can be moved to another.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.stores.folder import data_folder, kept_key

MASTER_VARIABLE = "BOT_MASTER_KEY"
MASTER_FILE = "master.key"
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2: 96 bits, drawn at random for each text


class UnknownMasterError(Exception):
    """A data key is wrapped by a master key that is not at hand; holds its id."""


@dataclass(frozen=True)
class Seal:
    """Closes and opens the texts of one conversation."""

    conversation: str
    key: bytes

    def close(self, text: str, place: str) -> bytes:
        """Ciphertext of ``text``, to be opened at the same place only."""
        return _encrypted(self.key, text.encode(), self._where(place))

    def open(self, sealed: bytes, place: str) -> str:
        """The text; cryptography's InvalidTag if it was changed, moved or is somebody else's."""
        return _decrypted(self.key, sealed, self._where(place)).decode()

    def _where(self, place: str) -> bytes:
        return f"{self.conversation}/{place}".encode()


class Keyring:
    """The master keys, newest first: the newest wraps, all unwrap."""

    def __init__(self, masters: list[bytes], file: Path | None = None) -> None:
        """``file`` is read again when it changes: a rotation reaches a bot that runs."""
        self._file = file
        self._changed = _changed(file)
        self._masters = _by_id(masters)

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of the master keys, newest first; they tell nothing about the keys."""
        self._reread()
        return tuple(self._masters)

    def wrapped(self, conversation: str, key: bytes) -> tuple[str, bytes]:
        """Id of the newest master key, and the data key wrapped by it."""
        master = self.ids[0]
        return master, _encrypted(self._masters[master], key, conversation.encode())

    def unwrapped(self, conversation: str, master: str, wrapped: bytes) -> bytes:
        """The data key; UnknownMasterError without its master key."""
        if master not in self._masters:
            self._reread()
        if master not in self._masters:
            raise UnknownMasterError(master)
        return _decrypted(self._masters[master], wrapped, conversation.encode())

    def _reread(self) -> None:
        changed = _changed(self._file)
        if self._file is not None and changed != self._changed:
            self._changed, self._masters = changed, _by_id(_parsed(self._file.read_text()))


def keyring() -> Keyring:
    """``$BOT_MASTER_KEY`` (hexadecimal, newest first, commas between), else ``master.key``, drawn on first use."""
    if given := os.environ.get(MASTER_VARIABLE):
        return Keyring(_parsed(given))
    file = data_folder() / MASTER_FILE
    return Keyring(_parsed(kept_key(file).decode()), file)


def write_masters(masters: list[bytes]) -> None:
    """Replace ``master.key`` in one step."""
    folder = data_folder()
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:  # made for its owner only
        file.write("\n".join(key.hex() for key in masters))
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, folder / MASTER_FILE)


def read_masters() -> list[bytes]:
    """What ``master.key`` holds, newest first."""
    return _parsed((data_folder() / MASTER_FILE).read_text())


def new_key() -> bytes:
    """A master or data key."""
    return secrets.token_bytes(KEY_BYTES)


def _parsed(text: str) -> list[bytes]:
    try:
        masters = [bytes.fromhex(part) for part in text.replace(",", " ").split()]
    except ValueError:
        masters = []
    if not masters or any(len(key) != KEY_BYTES for key in masters):
        raise ValueError(f"{MASTER_VARIABLE} or {MASTER_FILE}: a master key is {2 * KEY_BYTES} hexadecimal digits")
    return masters


def _by_id(masters: list[bytes]) -> dict[str, bytes]:
    return {hashlib.sha256(b"master key" + key).hexdigest()[:16]: key for key in masters}


def _changed(file: Path | None) -> int:
    return file.stat().st_mtime_ns if file is not None and file.exists() else 0


def _encrypted(key: bytes, content: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place)


def _decrypted(key: bytes, sealed: bytes, place: bytes) -> bytes:
    return AESGCM(key).decrypt(bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:]), place)
