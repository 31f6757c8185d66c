"""Words people write do not get through a log, whatever quotes them."""

from __future__ import annotations

import io
import logging
import logging.config
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.privacy import Redaction

ROOT = Path(__file__).parents[2]
CANARY = "canaryinthecoalmine"


def logged(name: str, say) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    handler.addFilter(Redaction())
    logger = logging.Logger(name)
    logger.addHandler(handler)
    say(logger)
    return stream.getvalue()


def failing(logger: logging.Logger) -> None:
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        logger.exception("handling failed")


@pytest.mark.parametrize(
    "say",
    [
        lambda logger: logger.info(f"got {CANARY}"),
        lambda logger: logger.error("got %s", CANARY),
        lambda logger: logger.warning('{"user_text": "' + CANARY + '"}'),
        lambda logger: logger.error("failed", exc_info=ValueError(CANARY)),
        failing,
    ],
)
@pytest.mark.parametrize("name", ["rasa.core.processor", "rasa_sdk.endpoint", "sanic.error", "root", "asyncio"])
def test_foreign_lines_lose_their_words_and_keep_their_place(name: str, say) -> None:
    line = logged(name, say)
    assert CANARY not in line
    assert "test_privacy.py:" in line
    assert name in line


def test_our_own_lines_keep_their_words_and_lose_the_errors() -> None:
    line = logged("bot.channels.web", failing)
    assert "handling failed | RuntimeError (test_privacy.py:" in line
    assert "from ValueError (test_privacy.py:" in line
    assert CANARY not in line


def test_the_action_servers_log_file_uses_it() -> None:
    configuration = yaml.safe_load((ROOT / "logging.yml").read_text())
    handlers = configuration["handlers"]
    assert all("redaction" in handler["filters"] for handler in handlers.values())
    assert set(configuration["root"]["handlers"]) == set(handlers)
    logging.config.DictConfigurator(configuration).configure_filter(configuration["filters"]["redaction"])


def test_withhold_covers_handlers_warnings_and_uncaught_errors() -> None:
    program = f"""
import logging, warnings
logging.basicConfig(level=logging.DEBUG)
logging.getLogger("rasa").info("before anybody writes")
from bot import privacy
privacy.withhold()
privacy.withhold()
logging.getLogger("rasa").addHandler(logging.StreamHandler())
logging.getLogger("rasa").debug("{CANARY}")
warnings.warn("{CANARY}")
raise ValueError("{CANARY}")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    output = done.stdout + done.stderr
    assert CANARY not in output
    assert "before anybody writes" in output
    assert "UserWarning at <string>" in output
    assert "stopped by ValueError" in output
