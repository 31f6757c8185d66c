"""How a platform brings an event: again and again, signed anew, until it is answered with 2xx."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable

PATIENCE_S, AGAIN_S = 60, 0.2


def deliver(url: str, body: bytes, headers: Callable[[], dict[str, str]]) -> None:
    """AssertionError if it is never taken."""
    told = ""
    for _ in range(int(PATIENCE_S / AGAIN_S)):
        try:
            urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers()), timeout=15).close()
        except (urllib.error.HTTPError, OSError) as refused:
            told = str(refused)
            time.sleep(AGAIN_S)
        else:
            return
    raise AssertionError(f"an event was not taken: {told}")
