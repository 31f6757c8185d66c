"""Holds the scripted talks of tests/cases/talks with a bot of its own and prints how they came out.

    .venv/bin/python -m tools.talk_figures

Starts the real Rasa server and action server on free ports with an empty database; the model must be trained. Prints
the share of talks that end in the tier or level of the knowledge base, emergencies missed, and how many questions the
bot asked until the result (median, most).
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter

from bot.channels.client import Client
from tools.servers import patient, running
from tools.talks import Held, cases, hold, is_by_rule, is_right, is_under_triage, outcome


def main() -> None:
    """Hold them all and print the figures."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    held: list[tuple[dict, Held]] = []
    with running() as url:
        for case in cases():
            client = Client(url)
            held.append((case, hold(case, lambda text, client=client: patient(client, text))))  # type: ignore[misc]
    right = Counter(case["file"] for case, talk in held if is_right(case, talk))
    for file, count in Counter(case["file"] for case, _ in held).items():
        print(f"{file}: {right[file]} of {count} right")
    for case, talk in held:
        if not is_right(case, talk):
            print(f"  {case['name']}: {case['gold']}, but {outcome(talk)}")
    print(f"all: {right.total()} of {len(held)} = {right.total() / len(held):.3f}")
    print(f"emergencies L0 to L2 missed or taken too lightly: {sum(is_under_triage(*one) for one in held)}")
    named = [one for one in held if "rule" in one[0].get("gold", {})]
    print(f"by the very rule named: {sum(is_by_rule(*one) for one in named)} of {len(named)}")
    asked = [talk.questions for _, talk in held if talk.tier and not talk.level]
    print(f"questions until the result: median {statistics.median(asked):g}, most {max(asked)} ({len(asked)} talks)")


if __name__ == "__main__":
    main()
