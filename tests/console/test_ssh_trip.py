"""The round trip of the connection behind the terminal, asked of the kernel."""

import socket
import struct
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import StillClock
from tui.line import LONG, Line
from tui.ssh_trip import EVERY, SshTrip

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the Linux kernel")
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture(params=["127.0.0.1", "::1"])
def connection(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """A connection over which something has passed: this side, and the other."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    try:
        server = socket.create_server((request.param, 0), family=family)
    except OSError:
        pytest.skip(f"no {request.param} here")
    with server, socket.create_connection(server.getsockname()[:2]) as far:
        near, _ = server.accept()
        with near:
            near.sendall(b"a picture")
            far.recv(100)
            far.sendall(b"a key")
            near.recv(100)
            yield near, far


def variable(near: socket.socket) -> dict[str, str]:
    """What sshd would say of this side of a connection."""
    (peer, peer_port), (local, local_port) = near.getpeername()[:2], near.getsockname()[:2]
    return {"SSH_CONNECTION": f"{peer} {peer_port} {local} {local_port}"}


@LINUX
def test_it_is_what_the_kernel_tells_the_owner_of_the_connection(connection: Pair) -> None:
    near, _ = connection
    told = SshTrip.of(variable(near))
    assert told is not None
    info = near.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    assert told() == struct.unpack_from("=I", info, 68)[0] / 1e6
    assert 0 < told() < 1


@LINUX
def test_a_connection_that_is_gone_tells_nothing(connection: Pair) -> None:
    near, far = connection
    clock = StillClock()
    told = SshTrip(near.getsockname()[:2], near.getpeername()[:2], clock.steady)
    assert told()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    near.close()
    far.close()
    assert told()
    clock.advance(EVERY)
    assert told() is None


@pytest.mark.parametrize("value", ["", "no connection", "10.0.0.1 x 10.0.0.2 22", "1 2 3 4"])
def test_without_a_connection_there_is_nothing_to_tell(value: str) -> None:
    told = SshTrip.of({"SSH_CONNECTION": value})
    assert told is None or told() is None
    assert SshTrip.of({}) is None


@pytest.mark.parametrize(("far", "thin"), [(0.02, False), (2 * LONG, True), (None, False)])
def test_a_long_way_behind_a_terminal_that_is_near_is_a_long_line(
    far: float | None, thin: bool
) -> None:
    line = Line("auto", StillClock().steady, lambda: far)
    for _ in range(3):
        line.took(0.001)
    assert line.judge() is thin
    assert line.trip == max(0.001, far or 0)
