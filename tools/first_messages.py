"""Sends every text of an annotated file as a first message to a bot of its own, and counts what comes back.

    .venv/bin/python -m tools.first_messages FILE.jsonl

Starts the real Rasa server and action server on free ports with an empty database; the model must be trained.
Prints how many texts got a visible answer, of which kind, and how long a turn took (median, longest).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bot.channels.client import ChannelError, Client
from tools.servers import running

KINDS = ("red_flag", "assessment", "question", "answer")


def kind_of(answers: list[dict[str, Any]]) -> str:
    """The weightiest payload of a turn; "text" when there is none, "nothing" for silence."""
    if not any(answer.get("text") for answer in answers):
        return "nothing"
    types = {answer.get("custom", {}).get("type") for answer in answers}
    return next((kind for kind in KINDS if kind in types), "text")


def main() -> None:
    """Run the count and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    texts = [json.loads(line)["text"] for line in parser.parse_args().file.read_text(encoding="utf-8").splitlines()]
    with running() as url:
        kinds, seconds = Counter[str](), []
        for text in texts:
            client, begun = Client(url), time.perf_counter()
            try:
                kinds[kind_of(client.say(text))] += 1
            except ChannelError as refused:
                kinds[f"refused: {refused.code}"] += 1
            seconds.append(time.perf_counter() - begun)
    answered = sum(count for kind, count in kinds.items() if kind in (*KINDS, "text"))
    print(f"{answered} of {len(texts)} answered: {dict(kinds)}")
    print(f"a turn took {statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s (longest)")


if __name__ == "__main__":
    main()
