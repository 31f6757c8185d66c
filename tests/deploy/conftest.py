"""The tools that read deploy/ take a minute or two; `make check-deploy` installs and asks them, other runs do not."""

from __future__ import annotations

import os

import pytest

from tools import deploy_tools


@pytest.fixture(scope="session")
def tools() -> None:
    if os.environ.get("CHECK_DEPLOY") != "yes":
        pytest.skip("slow: make check-deploy")
    assert deploy_tools.installed()
