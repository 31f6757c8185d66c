"""The data folder, and the key with which conversations are signed."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

FOLDER_VARIABLE = "BOT_VAR"
SECRET_VARIABLE = "BOT_SECRET"
DEFAULT_FOLDER = "var"
KEY_BYTES = 32  # as long as the digest of HMAC-SHA256 (RFC 2104, section 3)


def data_folder() -> Path:
    """The folder of everything that is kept: ``$BOT_VAR``, else ``var``; made on first use, for its owner only."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def signing_key() -> bytes:
    """``$BOT_SECRET``, else the key kept in ``secret.key``, which is drawn at the first start.

    ValueError if the variable or the file holds less than 16 bytes.
    """
    given = os.environ.get(SECRET_VARIABLE)
    key = given.encode() if given else kept_key(data_folder() / "secret.key")
    if len(key) < KEY_BYTES // 2:
        raise ValueError(f"{SECRET_VARIABLE} or secret.key: a signing key needs at least {KEY_BYTES // 2} bytes")
    return key


def kept_key(path: Path) -> bytes:
    """The 32 bytes, in hexadecimal, of a file; drawn if there is none, and readable by its owner only."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # made for its owner only
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            with contextlib.suppress(FileExistsError):  # another process was quicker
                os.link(file.name, path)
    return path.read_bytes().strip()
