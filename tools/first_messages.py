"""Sends every text of an annotated file as a first message to a bot of its own, and counts what comes back.

    .venv/bin/python -m tools.first_messages FILE.jsonl

Starts the real Rasa server and action server on free ports with an empty database; the model must be trained.
Prints how many texts got a visible answer, of which kind, and how long a turn took (median, longest).
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bot.channels.client import ChannelError, Client
from bot.supervision import Plan, Servers
from bot.train import PROJECT, current_model

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
    with tempfile.TemporaryDirectory() as folder, Servers(_plan(Path(folder))) as servers:
        while not (servers.healthy("bot") and servers.healthy("actions")):
            time.sleep(0.5)
        kinds, seconds = Counter[str](), []
        for text in texts:
            client, begun = Client(servers.plan.url), time.perf_counter()
            try:
                kinds[kind_of(client.say(text))] += 1
            except ChannelError as refused:
                kinds[f"refused: {refused.code}"] += 1
            seconds.append(time.perf_counter() - begun)
    answered = sum(count for kind, count in kinds.items() if kind in (*KINDS, "text"))
    print(f"{answered} of {len(texts)} answered: {dict(kinds)}")
    print(f"a turn took {statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s (longest)")


def _plan(folder: Path) -> Plan:
    sockets = [socket.socket() for _ in range(2)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return Plan(PROJECT, current_model(), folder, *ports)


if __name__ == "__main__":
    main()
