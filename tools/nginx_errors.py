"""Write ``deploy/nginx/errors.conf``: what nginx answers itself, in the channel's own words.

python -m tools.nginx_errors
"""

from __future__ import annotations

import json
from pathlib import Path

from bot.channels.cleaning import MAX_CHARACTERS
from bot.channels.texts import text as words

FILE = Path(__file__).resolve().parents[1] / "deploy" / "nginx" / "errors.conf"
WAIT_S = 2  # what is left of a burst drains in less
# Name of the location, status that the client gets, code of the sentence, further headers.
ANSWERS: tuple[tuple[str, int, str, dict[str, int]], ...] = (
    ("bad_request", 400, "bad_json", {}),
    ("not_found", 404, "not_found", {}),
    ("not_allowed", 405, "not_allowed", {}),
    ("too_long", 413, "too_long", {}),
    ("too_many", 429, "too_many", {"Retry-After": WAIT_S}),
    ("not_saved", 503, "not_saved", {}),
)
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
HEAD = """\
# What nginx answers itself, in the form of every other error. Written by `python -m tools.nginx_errors`; the sentences
# stand in bot/channels/texts.yml.
"""


def configuration() -> str:
    """The whole file."""
    return HEAD + "".join(map(_location, ANSWERS))


def _location(answer: tuple[str, int, str, dict[str, int]]) -> str:
    name, status, code, headers = answer
    sentence = words(f"errors.{code}", limit=MAX_CHARACTERS, seconds=WAIT_S)
    body = json.dumps({"error": code, "message": sentence})
    if set(body) & set("'\\$"):
        raise ValueError(f"errors.{code}: nginx cannot quote an apostrophe, a backslash or a dollar sign")
    lines = [f'add_header {header} "{value}" always;' for header, value in {**HEADERS, **headers}.items()]
    lines.append(f"return {status} '{body}';")
    return f"location @{name} {{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def main() -> None:
    """Write the file."""
    FILE.write_text(configuration(), encoding="utf-8")


if __name__ == "__main__":
    main()
