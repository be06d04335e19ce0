"""Every variable that could hurt, set to something that would, and the real command beside them."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.canary import KEY, Vendor, vendor
from tests.terminal.conftest import OpenTerminal, home, terminal

__all__ = ["home", "terminal", "vendor"]
pytestmark = pytest.mark.terminal


class Trap:
    """A port that must never be called: the proxy of another person."""

    def __init__(self) -> None:
        self.calls = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        while True:
            try:
                call, _ = self._server.accept()
            except OSError:
                return
            self.calls += 1
            call.close()

    def close(self) -> None:
        # Shut first: a thread that waits in accept is not woken by close alone.
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.close()


@pytest.fixture
def hurting(tmp_path: Path, trap: Trap, vendor: Vendor) -> dict[str, str]:
    """An account, each variable that is dropped, and a file in each place that one names."""
    place = tmp_path / "hurt"
    place.mkdir()
    (place / "startup.py").write_text(f"open({str(place / 'started')!r}, 'w')\n")
    (place / "openssl.cnf").write_text("openssl_conf = broken\n[broken]\nproviders = nothing\n")
    (place / "ca.pem").write_text("no certificate\n")
    (place / "hosts").write_text("localhost evil.example\n")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return {
        "CARDDESK_BASE_URL": vendor.url,
        "CARDDESK_API_KEY": KEY,
        "CARDDESK_ENVIRONMENT": "sandbox",
        **dict.fromkeys(proxies, trap.url),
        **{name.lower(): trap.url for name in proxies},
        "NO_PROXY": "",
        "no_proxy": "",
        "SSLKEYLOGFILE": str(place / "tls-keys"),
        "SSL_CERT_FILE": str(place / "ca.pem"),
        "SSL_CERT_DIR": str(place),
        "REQUESTS_CA_BUNDLE": str(place / "ca.pem"),
        "CURL_CA_BUNDLE": str(place / "ca.pem"),
        "OPENSSL_CONF": str(place / "openssl.cnf"),
        "OPENSSL_MODULES": str(place),
        "OPENSSL_ENGINES": str(place),
        "TEXTUAL": "devtools,debug",
        "TEXTUAL_PRESS": "ctrl+q",
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_SCREENSHOT_LOCATION": str(place),
        "TEXTUAL_LOG": str(place / "textual.log"),
        "TEXTUAL_DEBUG": "1",
        "TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver",
        "PYTHONINSPECT": "1",
        "PYTHONSTARTUP": str(place / "startup.py"),
        "PYTHONBREAKPOINT": "os.abort",
        "PYTHONWARNINGS": "always",
        "PYTHONASYNCIODEBUG": "1",
        "NETRC": str(place / "netrc"),
        "HOSTALIASES": str(place / "hosts"),
    }


def made(home: dict[str, str]) -> set[str]:
    return {path.name for path in (Path(home["HOME"]) / "hurt").iterdir()}


def test_a_console_among_hostile_variables_works_and_leaks_none(
    terminal: OpenTerminal,
    home: dict[str, str],
    hurting: dict[str, str],
    trap: Trap,
) -> None:
    before = made(home)
    desk = terminal(size=(100, 30), **hurting)
    desk.wait_for("✓ other desk")
    desk.press("3", "enter")
    desk.wait_for("•••• ••••")
    desk.press("v")
    desk.wait_for("CANARY-CODE-0")
    desk.press("v")
    desk.wait_gone("CANARY-CODE")
    desk.press("ctrl+q")
    desk.press("\x04")
    assert desk.exit_code() == 0
    assert b">>>" not in desk.bytes
    assert b"Warning" not in desk.bytes
    assert trap.calls == 0
    assert made(home) == before


def test_a_command_among_hostile_variables_asks_the_vendor_alone(
    terminal: OpenTerminal,
    home: dict[str, str],
    hurting: dict[str, str],
    trap: Trap,
) -> None:
    before = made(home)
    for command in (("balance",), ("orders",), ("doctor",), ("config", "show"), ("--version",)):
        done = terminal(*command, size=(100, 30), **hurting)
        done.press("\x04")
        assert done.exit_code() == 0, (command, done.text)
        assert b">>>" not in done.bytes
        assert KEY.encode() not in done.bytes
    assert trap.calls == 0
    assert made(home) == before


def test_the_trap_would_notice(trap: Trap) -> None:
    host, port = trap.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as call:
        call.recv(1)
    assert trap.calls == 1
