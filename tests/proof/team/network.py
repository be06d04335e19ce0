"""Hosts with networks of their own: a namespace each, on one bridge, with links to cut."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

BRIDGE = "carddesk0"
NET = "10.213.77"
SERVERS = f"{NET}.1"
"""Where the vendor and the journal's server are."""

Break = Literal["cable", "interface"]
"""A cable that carries nothing is not noticed by the host; an interface that is down is."""


def missing() -> str:
    """Say what this machine lacks to make such hosts, or return an empty text."""
    if os.geteuid() != 0:
        return "hosts in network namespaces are made by root alone"
    lacking = [name for name in ("ip", "openssl") if shutil.which(name) is None]
    if lacking:
        return f"hosts in network namespaces need {' and '.join(lacking)}"
    tried = subprocess.run(
        ["ip", "netns", "add", "carddesk-try"], check=False, capture_output=True, text=True
    )
    if tried.returncode:
        return f"this machine makes no network namespaces: {tried.stderr.strip()}"
    _ip("netns", "delete", "carddesk-try")
    return ""


@contextlib.contextmanager
def hosts(count: int) -> Iterator[list["NetworkHost"]]:
    """Make hosts on one bridge, and remove them."""
    with contextlib.ExitStack() as stack:
        _ip("link", "add", BRIDGE, "type", "bridge")
        stack.callback(_ip, "link", "delete", BRIDGE)
        _ip("address", "add", f"{SERVERS}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        yield [stack.enter_context(_host(number)) for number in range(count)]


class NetworkHost:
    """A host with a name and an address of its own."""

    def __init__(self, number: int) -> None:
        self.name = f"carddesk{number}"
        self._cable = f"cd{number}"

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs there, under the host's own name."""
        named = f'hostname {self.name} && exec "$@"'
        inside = ["unshare", "--uts", "sh", "-c", named, "sh", *arguments]
        return ["ip", "netns", "exec", self.name, *inside]

    def cut(self, how: Break) -> None:
        """Take the host's link down."""
        self._set(how, "down")

    def heal(self, how: Break) -> None:
        """Take it up again."""
        self._set(how, "up")

    def _set(self, how: Break, to: str) -> None:
        if how == "cable":
            _ip("link", "set", self._cable, to)
        else:
            _ip("-netns", self.name, "link", "set", "eth0", to)


@contextlib.contextmanager
def _host(number: int) -> Iterator[NetworkHost]:
    host = NetworkHost(number)
    _ip("netns", "add", host.name)
    try:
        cable = host._cable
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
        _ip("link", "set", cable, "master", BRIDGE, "up")
        _ip("-netns", host.name, "link", "set", "lo", "up")
        _ip("-netns", host.name, "address", "add", f"{NET}.{number + 2}/24", "dev", "eth0")
        _ip("-netns", host.name, "link", "set", "eth0", "up")
        yield host
    finally:
        _ip("netns", "delete", host.name)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for the servers' address; returns it alone, and it with its key."""
    key, alone, whole = (folder / name for name in ("key.pem", "ca.pem", "server.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=servers", "-addext",
         f"subjectAltName=IP:{SERVERS}", "-keyout", str(key), "-out", str(alone)],
        check=True, capture_output=True,
    )  # fmt: skip
    whole.write_bytes(alone.read_bytes() + key.read_bytes())
    return alone, whole


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
