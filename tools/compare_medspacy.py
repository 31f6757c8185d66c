"""medspaCy on the same annotated rows, beside the bot: ``python -m tools.compare_medspacy GOLD.jsonl``.

Makes ``.venv-medspacy`` from ``requirements-medspacy.txt`` when it is missing (medspaCy needs another spaCy than Rasa
allows), gives medspaCy the bot's own plain wordings, and prints both readers' figures. Without a package index
the comparison is left out, and says so; the exit status stays 0, since the bot's own figures do not need it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bot.clinical import load_lexicon, read
from bot.evaluate import Score, Share, evaluate, evaluate_read, load_gold
from tools.environments import ROOT, MissingError, last_line, made
from tools.plain_wordings import wordings

PLACE = ROOT / ".venv-medspacy"
PYTHON = PLACE / "bin" / "python"
LOCK = ROOT / "requirements-medspacy.txt"


def make_environment() -> None:
    """Make the environment of medspaCy when it is missing; MissingError with the installer's last words."""
    try:
        made(PLACE, LOCK)
    except MissingError as reason:
        raise MissingError(f"it could not be installed: {reason}") from None


def medspacy_score(gold: Path) -> Score:
    """medspaCy's figures on the rows of ``gold``."""
    words = PLACE / "wordings.json"
    words.write_text(json.dumps(list(wordings(load_lexicon()))), encoding="utf-8")
    done = subprocess.run(
        [str(PYTHON), str(ROOT / "tools" / "medspacy_reader.py"), str(words)],
        input=gold.read_text(encoding="utf-8"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise MissingError(f"it stopped while reading: {last_line(done.stderr)}")
    said = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}
    return evaluate_read(load_gold(gold), said)


def table(ours: Score, theirs: Score) -> str:
    """Both readers' figures, one a line."""
    lines = [f"{'':10} {'this bot':>9} {'medspaCy':>9}"]
    for name in ("findings", "concepts", "status", "exposures"):
        pair = (getattr(score, name) for score in (ours, theirs))
        lines.append(f"{name:10}" + "".join(f" {v.f1 if isinstance(v, Share) else v:9.3f}" for v in pair))
    return "\n".join(lines)


def main() -> int:
    """Print the comparison for the file named."""
    gold = Path(sys.argv[1])
    try:
        make_environment()
        print(table(evaluate(load_gold(gold), read)[0], medspacy_score(gold)))
    except MissingError as error:
        print(f"medspaCy's figures are left out: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
