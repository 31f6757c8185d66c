"""What surrounds the channel on the public port: the page, security headers, JSON errors, how the bot is, nothing else.

Rasa serves its version at ``/`` and Sanic explains its errors in HTML; both are replaced here, for the whole
application, when the channel's blueprint is registered.
"""

from __future__ import annotations

import gzip
import hmac
import logging
import os
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json, raw

from bot.channels import metrics
from bot.channels.addresses import is_this_machine
from bot.channels.readiness import OK, Readiness, readiness_of
from bot.channels.slow_clients import Waits
from bot.channels.texts import text as words

logger = logging.getLogger(__name__)

PAGE_FOLDER = Path(__file__).parents[2] / "web" / "dist"  # built by web/build.py
NOT_BUILT = Path(__file__).with_name("not_built.html")
PAGE = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/vitamin-d-chat.js": ("vitamin-d-chat.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/favicon.svg": ("favicon.svg", "image/svg+xml"),
}
HEALTH, READY, METRICS = "/health", "/ready", "/metrics"
METRICS_TOKEN_VARIABLE = "BOT_METRICS_TOKEN"
FORWARDING_HEADERS = ("x-forwarded-for", "x-real-ip", "forwarded", "via")
READ_AND_REFUSE_BYTES = 2 * 1024 * 1024  # read to the end, so that the client gets to see the 413; beyond it is cut off
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Vary": "Accept-Encoding, Origin",
}
ERROR_OF_STATUS = {400: "bad_json", 404: "not_found", 405: "not_allowed", 413: "too_long"}


ORIGIN = re.compile(r"https?://[\w.-]+(:\d+)?", re.ASCII)
# For pages of other sites that the operator has named; no cookie is ever used, so no credentials are allowed.
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


class Site(Blueprint):
    """A blueprint that also decides what else the application answers: the page, how the bot is, its own routes."""

    def __init__(self, name: str, origins: Sequence[str] = (), waits: Waits | None = None) -> None:
        """``origins``: sites ("https://clinic.example") whose pages may embed the chat; ValueError for no origin."""
        super().__init__(name)
        if wrong := [origin for origin in origins if not ORIGIN.fullmatch(str(origin))]:
            raise ValueError(
                f"credentials.yml: not an origin such as https://clinic.example: {', '.join(map(str, wrong))}"
            )
        self.ctx.origins = frozenset(origins)
        self.ctx.waits = waits or Waits()
        self.ctx.readiness = None

    def watch(self, agent: Agent) -> None:
        """Tell from now on, at ``/ready``, whether what ``agent`` needs works."""
        self.ctx.readiness = readiness_of(agent)

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Register the routes, and with the first site close the rest of the application."""
        super().register(app, options)
        prefix = options["url_prefix"].rstrip("/") + "/"
        app.register_middleware(self._headers, "response")
        if hasattr(app.ctx, "open_prefixes"):
            app.ctx.open_prefixes += (prefix,)
            return
        app.ctx.open_prefixes = (prefix,)
        app.config.REQUEST_MAX_SIZE = READ_AND_REFUSE_BYTES
        self.ctx.waits.apply(app)

        async def outside(request: Request) -> HTTPResponse | None:
            return None if request.path.startswith(app.ctx.open_prefixes) else await self._outside(request)

        app.register_middleware(outside, "request")
        app.exception(Exception)(self._failure)

    async def _headers(self, request: Request, response: HTTPResponse) -> None:
        response.headers.update(HEADERS)
        if self._welcome(request):
            response.headers["Access-Control-Allow-Origin"] = request.headers["origin"]
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            if request.method == "OPTIONS":
                response.headers.update(PREFLIGHT)

    async def _failure(self, request: Request, exception: Exception) -> HTTPResponse:
        status = exception.status_code if isinstance(exception, SanicException) else 500
        if status == 404 and not request.path.startswith("/webhooks/"):  # Sanic knows no route for the page
            return await self._outside(request)
        if status >= 500:
            logger.error("request failed: %s", type(exception).__name__)
        return error(status, ERROR_OF_STATUS.get(status, "broken"), limit=2_000)

    async def _outside(self, request: Request) -> HTTPResponse:
        """Answer what is not the channel's own."""
        path = request.path
        open_paths = {*PAGE, HEALTH, READY}
        if path not in open_paths and not (path == METRICS and may_see_metrics(request)):
            return error(404, "not_found")
        if request.method not in ("GET", "HEAD"):
            return error(405, "not_allowed")
        if path == METRICS:
            return raw(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
        if path == READY:
            return await self._readiness()
        if path == HEALTH:
            agent = getattr(request.app.ctx, "agent", None)
            return json({"status": "ok", "model": bool(agent and agent.is_ready())})
        return _page(path, gzipped="gzip" in request.headers.get("accept-encoding", ""))

    async def _readiness(self) -> HTTPResponse:
        readiness: Readiness | None = self.ctx.readiness
        parts = await readiness.look() if readiness else {}
        ready = bool(parts) and all(state == OK for state in parts.values())
        return json({"ready": ready, "parts": parts}, status=200 if ready else 503)

    def _welcome(self, request: Request) -> bool:
        return request.headers.get("origin") in self.ctx.origins


def error(status: int, code: str, *, headers: dict[str, str] | None = None, **values: Any) -> HTTPResponse:
    """An error as every client gets it: ``{"error": code, "message": a plain sentence}``. It is counted by its code."""
    metrics.REFUSED.labels(code).inc()
    return json({"error": code, "message": words(f"errors.{code}", **values)}, status=status, headers=headers)


def may_see_metrics(request: Request) -> bool:
    """Whether a request comes from this machine itself, through no proxy, or carries the operator's token."""
    token = os.environ.get(METRICS_TOKEN_VARIABLE)
    if token and hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode()):
        return True
    return is_this_machine(request.ip) and not any(name in request.headers for name in FORWARDING_HEADERS)


def _page(path: str, *, gzipped: bool) -> HTTPResponse:
    """A file of the built page; where it is not built, the API works all the same and the page says what to do."""
    name, kind = PAGE[path]
    file = PAGE_FOLDER / name
    try:
        changed = file.stat().st_mtime_ns
    except FileNotFoundError:
        if path != "/":
            return error(404, "not_found")
        return raw(NOT_BUILT.read_bytes(), status=503, content_type=kind)
    content = _content(file, changed, gzipped)
    return raw(content, content_type=kind, headers={"Content-Encoding": "gzip"} if gzipped else None)


@lru_cache(maxsize=2 * len(PAGE))
def _content(file: Path, _changed: int, gzipped: bool) -> bytes:
    content = file.read_bytes()
    return gzip.compress(content, mtime=0) if gzipped else content
