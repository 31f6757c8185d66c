"""The pretrained encoder: the same text is always the same vector, whatever stands beside it, and no text breaks it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.nlu import sentence_encoder
from bot.nlu.sentence_encoder import LONGEST, WIDTH, EncoderMissingError, encoder, model_folder, shortened

TEXTS = ["my calf keeps twitching", "yes", "does low vitamin d cause hair loss?", "my calf keeps cramping"]


def test_vectors_have_length_one() -> None:
    rows = encoder()(TEXTS)
    assert rows.shape == (len(TEXTS), WIDTH)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_vector_is_that_of_the_published_model() -> None:
    """Similarities that the authors' own library gives for these two pairs."""
    mine, alike, other = encoder()(
        ["my calf keeps twitching", "I have muscle fasciculations in my leg", "what is the weather in paris"]
    )
    assert mine @ alike == pytest.approx(0.572, abs=0.002)
    assert mine @ other == pytest.approx(0.028, abs=0.002)


def test_text_is_encoded_alike_alone_and_among_others() -> None:
    together = encoder()(TEXTS)
    assert np.allclose(together, np.concatenate([encoder()([text]) for text in TEXTS]), atol=1e-5)


def test_same_text_gives_the_same_numbers_to_the_last_digit() -> None:
    assert np.array_equal(encoder()(TEXTS), encoder()(TEXTS))


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_text_without_a_word_is_nothing(text: str) -> None:
    assert not encoder()([text]).any()


@pytest.mark.parametrize("text", ["\ud800", "🙂", "\x00", "не понимаю", "x" * 5000, "word " * 5000])
def test_odd_text_gets_finite_numbers(text: str) -> None:
    assert np.isfinite(encoder()([text])).all()


def test_long_text_keeps_its_beginning_and_its_end() -> None:
    kept = shortened(list(range(1000)))
    assert len(kept) == LONGEST
    assert (kept[0], kept[-1]) == (0, 999)
    assert shortened([1, 2, 3]) == [1, 2, 3]


def test_no_text_gives_no_rows() -> None:
    assert encoder()([]).shape == (0, WIDTH)


def test_missing_package_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_encoder, "PACKAGE", "no_such_package_anywhere")
    with pytest.raises(EncoderMissingError, match="make setup"):
        model_folder()


def test_other_weights_than_the_published_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "damaged_encoder"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    shutil.copy(model_folder() / "tokenizer.json", package / "model")
    (package / "model/model.safetensors").write_bytes(b"other")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sentence_encoder, "PACKAGE", "damaged_encoder")
    with pytest.raises(EncoderMissingError, match=r"model\.safetensors"):
        model_folder()
