"""Whether a message only tells or only asks."""

from __future__ import annotations

import pytest

from bot.asking import only_asks, only_tells
from bot.clinical import read


@pytest.mark.parametrize(
    ("text", "tells", "asks"),
    [
        ("i work nights and dont get any sun", True, False),
        ("my legs ache and i'm vegan", True, False),
        ("i work nights, how do i get sun", False, False),
        ("I take 5000 IU of vitamin D a day", False, False),
        ("my vitamin d was 18 ng/ml", False, False),
        ("and what about depression", False, True),
        ("what if i have chest pain", False, True),
        ("what about my aching knees", False, False),
        ("vegan and vitamin d", False, False),
    ],
)
def test_telling_and_asking(text, tells, asks):
    reading = read(text)
    assert (only_tells(reading, text), only_asks(reading, text)) == (tells, asks)
