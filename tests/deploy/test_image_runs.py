"""What the image copies, run without rights in a folder that may not be written to: in `make test-cluster`, a minute.

As in a container: no capabilities, so that even root's account may not write where the file modes forbid it.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot import model_file, worker
from bot.channels.client import Client
from bot.train import current_model
from tests.deploy.test_image import ROOT, copied
from tools.servers import free_ports

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(os.environ.get("TEST_CLUSTER") != "yes", reason="slow: make test-cluster"),
    pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="setpriv takes root's rights away"),
]
READY_S = 240
WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


@pytest.fixture
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Of a bot and an action server that run as in the image."""
    folder = tmp_path_factory.mktemp("image")
    app, tmp = folder / "app", folder / "tmp"
    tmp.mkdir()
    for name in copied("program"):
        source = ROOT / name
        app.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, app)
    (app / "models").mkdir()
    for file in (current_model(), model_file.record_of(current_model())):
        shutil.copy(file, app / "models")
    for path in (app, *app.rglob("*")):
        path.chmod(0o555 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o444)
    port, actions_port = free_ports(2)
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        **worker.ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp), "TMPDIR": str(tmp),
        "MPLCONFIGDIR": str(tmp), "BOT_VAR": str(tmp / "bot"), worker.ACTIONS_VARIABLE: f"http://127.0.0.1:{actions_port}",
        "SANIC_HOST": "127.0.0.1",
    }  # fmt: skip
    actions = ["rasa_sdk", "--actions", "actions", "-p", str(actions_port), "--logging-config_file", "logging.yml"]
    commands = (actions, ["bot", "worker", "--port", str(port)])
    with ExitStack() as stack, (folder / "out").open("wb") as out:
        for command in commands:
            process = subprocess.Popen(
                [*WITHOUT_RIGHTS, sys.executable, "-m", *command], cwd=app, env=environment, stdout=out, stderr=out
            )
            stack.callback(process.wait, 60)
            stack.callback(process.terminate)
        found = Client(f"http://127.0.0.1:{port}")
        for _ in range(READY_S * 2):
            if found.healthy():
                break
            time.sleep(0.5)
        else:
            pytest.fail((folder / "out").read_text(errors="replace")[-3000:])
        yield found


def test_the_image_needs_nothing_to_write_to_but_tmp(client: Client) -> None:
    assert "Noted" in str(client.say("my calf keeps twitching"))
    assert len(client.turns()) == 1
    assert client.erase()["erased"] is True


@pytest.mark.skipif(not WITHOUT_RIGHTS, reason="only root has rights to take away")
def test_without_rights_nothing_can_be_written_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    done = subprocess.run([*WITHOUT_RIGHTS, "touch", tmp_path / "x"], capture_output=True, text=True)
    assert "Permission denied" in done.stderr
