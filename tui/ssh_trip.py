"""The round trip of the SSH connection that a console is reached through, as the kernel has it.

Inside tmux or screen it is they that answer what the terminal is asked, at once and from here. The
kernel knows better, and tells everybody who asks: no byte goes down the line for it. Linux only.
"""

import socket
import struct
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from time import monotonic

EVERY = 5.0
"""The kernel is asked at most so often (s)."""

_SOCK_DIAG, _BY_FAMILY, _REQUEST = 4, 20, 1
_INFO = 2
_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_MESSAGE_SIZE = 72
"""Of what stands before the attributes of an answer, behind its header."""

_RTT_AT = 68
"""Where the smoothed round trip (us) stands in the kernel's `tcp_info`."""

_ESTABLISHED = 1
_ANY_STATE, _NO_COOKIE = 0xFFFFFFFF, b"\xff" * 8


class SshTrip:
    """Tells the round trip of a TCP connection.

    Args:
        local: address and port on this side.
        peer: address and port on the other.
        steady: a clock that only goes forward, in seconds.
    """

    def __init__(
        self,
        local: tuple[str, int],
        peer: tuple[str, int],
        steady: Callable[[], float] = monotonic,
    ) -> None:
        self._question = _question(local, peer)
        self._steady = steady
        self._told_at = float("-inf")
        self._told: float | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "SshTrip | None":
        """Return that of the connection that SSH_CONNECTION names; None where it names none."""
        try:
            peer, peer_port, local, local_port = environ.get("SSH_CONNECTION", "").split()
            return cls((local, int(local_port)), (peer, int(peer_port)))
        except (ValueError, struct.error):
            return None

    def __call__(self) -> float | None:
        """Return the round trip (s); None when the connection is not, or not any more, of here."""
        now = self._steady()
        if now - self._told_at >= EVERY:
            self._told_at, self._told = now, self._ask()
        return self._told

    def _ask(self) -> float | None:
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            return None
        try:
            with socket.socket(family, socket.SOCK_DGRAM, _SOCK_DIAG) as kernel:
                # The kernel has answered by the time the question is sent.
                kernel.setblocking(False)
                kernel.send(self._question)
                return _rtt(kernel.recv(8192))
        except (OSError, IndexError, struct.error):
            return None


def _question(local: tuple[str, int], peer: tuple[str, int]) -> bytes:
    here, there = ip_address(local[0]), ip_address(peer[0])
    family = socket.AF_INET if here.version == 4 else socket.AF_INET6
    sought = struct.pack("=BBBxI", family, socket.IPPROTO_TCP, 1 << (_INFO - 1), _ANY_STATE)
    sought += struct.pack(
        "!HH16s16sI8s", local[1], peer[1], here.packed, there.packed, 0, _NO_COOKIE
    )
    return _HEADER.pack(_HEADER.size + len(sought), _BY_FAMILY, _REQUEST, 1, 0) + sought


def _rtt(answer: bytes) -> float | None:
    length, kind, *_ = _HEADER.unpack_from(answer)
    # Of a connection that is gone, the answer may be about the server's listening socket.
    if kind != _BY_FAMILY or answer[_HEADER.size + 1] != _ESTABLISHED:
        return None
    at = _HEADER.size + _MESSAGE_SIZE
    while at + _ATTRIBUTE.size <= length:
        size, name = _ATTRIBUTE.unpack_from(answer, at)
        if name == _INFO:
            return struct.unpack_from("=I", answer, at + _ATTRIBUTE.size + _RTT_AT)[0] / 1e6
        at += max(4, (size + 3) & ~3)
    return None
