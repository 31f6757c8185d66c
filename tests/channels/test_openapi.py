"""docs/openapi.yml is valid, and says what the channel does: its routes, its error codes, the shape of its answers."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate_spec

from bot.channels.client import Client
from bot.channels.site import ERROR_OF_STATUS, HEALTH, READY
from bot.channels.texts import TEXTS_FILE
from bot.channels.web import WebInput

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "openapi.yml"
SPEC = yaml.safe_load(FILE.read_text(encoding="utf-8"))
PREFIX = "/webhooks/web"


def described() -> set[tuple[str, str]]:
    return {(path, method.upper()) for path, calls in SPEC["paths"].items() for method in calls}


def test_it_is_valid() -> None:
    validate_spec(SPEC)


def test_it_names_every_route_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_VAR", str(tmp_path))
    monkeypatch.setattr("bot.logs.take_over", lambda: None)
    site = WebInput.from_credentials({}).blueprint(None)  # type: ignore[arg-type]
    routes = {(PREFIX + route.uri, method) for route in site._future_routes for method in route.methods}
    assert described() == routes | {(HEALTH, "GET"), (READY, "GET")}


def test_it_names_every_error() -> None:
    errors = set(yaml.safe_load(TEXTS_FILE.read_text(encoding="utf-8"))["errors"])
    source = "".join((ROOT / "bot" / "channels" / name).read_text() for name in ("web.py", "site.py"))
    raised = {code for code in errors if f'"{code}"' in source} | set(ERROR_OF_STATUS.values())
    words = set(
        re.findall(r"[a-z_]+", " ".join(str(r["description"]) for r in SPEC["components"]["responses"].values()))
    )
    assert raised - words - {"nothing_told"} == set()  # that one is the summary's own 404


def resolved(part: Any) -> Any:
    """With every reference replaced by what it refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            found: Any = SPEC
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            return resolved(found)
        return {key: resolved(value) for key, value in part.items()}
    return [resolved(value) for value in part] if isinstance(part, list) else part


def fits(client: Client, method: str, path: str, body: bytes | None = None, *, token: str | None = None) -> int:
    """Make a call and hold the answer against its schema; its status."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(client.url + path, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=12) as response:
            status, told = response.status, json.loads(response.read())
    except urllib.error.HTTPError as refused:
        status, told = refused.code, json.loads(refused.read())
    response = resolved(SPEC["paths"][path][method.lower()]["responses"][str(status)])
    OAS30Validator(response["content"]["application/json"]["schema"]).validate(told)
    return int(status)


@pytest.mark.server
def test_answers_have_the_shapes_it_gives(client: Client) -> None:
    token, message = client.start(), "/webhooks/web/message"
    assert fits(client, "POST", "/webhooks/web/session") == 200
    assert fits(client, "POST", message, b'{"message": "hello"}', token=token) == 200
    assert fits(client, "POST", message, b'{"message": "I have crushing chest pain"}', token=token) == 200
    assert fits(client, "POST", message, b"{", token=token) == 400
    assert fits(client, "POST", message, b"{}") == 401
    assert fits(client, "POST", message, b"x" * 20_000, token=token) == 413
    for path, method in sorted(described() - {("/webhooks/web/session", "POST"), (message, "POST")}):
        assert fits(client, method, path, token=token) in (200, 404, 503), path
