"""A model is loaded only with the SHA-256 that was recorded when it was trained.

A model archive is unpacked and a serialised classifier in it is brought to life: whoever can change it may change what
the bot understands, and loaders of such files have let code run before (docs/weaknesses.md). Training writes the digest
beside the model (``NAME.tar.gz.sha256``, in the form that ``sha256sum --check`` reads); whoever ships a model to other
machines can also fix the digest from outside, in ``BOT_MODEL_SHA256``, out of reach for whoever can write the folder.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from pathlib import Path

from bot.channels.texts import text as words

DIGEST_VARIABLE = "BOT_MODEL_SHA256"
SUFFIX = ".sha256"
BLOCK_BYTES = 1024 * 1024
LINE = re.compile(r"([0-9a-f]{64})(?: [ *].+)?\s*")


class UntrustedModelError(Exception):
    """Why a model is not loaded, and what to do, in a plain sentence."""


def record(model: Path) -> Path:
    """Write the digest of a model that was just trained beside it; the file written."""
    beside = record_of(model)
    beside.write_text(f"{sha256(model)}  {model.name}\n", encoding="ascii")
    return beside


def verify(model: Path) -> None:
    """UntrustedModelError if the model is not the one that was recorded, or no digest of it is known."""
    given = os.environ.get(DIGEST_VARIABLE, "").strip().lower()
    wanted = {digest for digest in (given, _recorded(model)) if digest}
    if not wanted:
        raise UntrustedModelError(words("serve.model_unrecorded", model=model.name, record=record_of(model).name))
    found = sha256(model)
    if not all(hmac.compare_digest(found, digest) for digest in wanted):
        raise UntrustedModelError(words("serve.model_changed", model=model.name, record=record_of(model).name))


def newest(models: Path) -> Path | None:
    """The model trained last of those in a folder that have a digest beside them; None without one."""
    return max(filter(is_recorded, models.glob("*.tar.gz")), key=lambda path: path.stat().st_mtime, default=None)


def is_recorded(model: Path) -> bool:
    """Whether there is such a model with a digest beside it; whether it fits is what ``verify`` says."""
    return model.is_file() and record_of(model).is_file()


def record_of(model: Path) -> Path:
    """Where the digest of a model stands."""
    return model.with_name(model.name + SUFFIX)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            total.update(block)
    return total.hexdigest()


def _recorded(model: Path) -> str | None:
    """The digest beside the model; None without one. A file that holds none fits no model."""
    try:
        found = LINE.fullmatch(record_of(model).read_text(encoding="ascii", errors="replace"))
    except FileNotFoundError:
        return None
    return found[1] if found else "unreadable"
