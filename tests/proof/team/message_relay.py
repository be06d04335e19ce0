"""A line to the journal's server that counts the messages of its protocol."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

Way = Literal["up", "down", "committed"]
UNTYPED_REPLY = {80877103, 80877104}
"""Requests for encryption, which are answered with one byte."""
RESET = struct.pack("ii", 1, 0)
"""To close a line at once, with nothing that is still to be sent."""
COMMITTED = b"C\0\0\0\x0bCOMMIT\0"
"""The answer to a COMMIT."""


class LinePoint(NamedTuple):
    """The n-th message of a way, from when the counting began.

    `committed` are the answers to a COMMIT alone.
    """

    way: Way
    number: int


class MessageRelay:
    """Hands messages on, and does something at some of them.

    Attributes:
        target: the address of the server.
        away: whether no line is let through.
        silent: whether the line of a message that does not pass stays open instead of ending.
        abrupt: whether it is reset instead, so that what was on its way is thrown away.
        seen: how many messages went each way since the counting began.
        commits: how many messages had gone up when the server answered a COMMIT, for each.
        unanswered: what the line that was ended last had sent since its last answered COMMIT.
    """

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self.away = self.silent = self.abrupt = False
        self.count({})
        self._begin(self._accept)

    def __enter__(self) -> "MessageRelay":
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._listening)
        self.hang_up()

    def count(self, at: Mapping[LinePoint, Callable[[], bool]]) -> None:
        """Count from here.

        Args:
            at: what is done at a message; it returns whether the message passes, and where it does
                not, its line ends.
        """
        with self._lock:
            self._at = dict(at)
            self.seen: dict[Way, int] = {"up": 0, "down": 0, "committed": 0}
            self.commits: list[int] = []
            self.unanswered = b""

    def heal(self) -> None:
        """Let everything through again; lines that were silent are ended."""
        self._at.clear()
        self.abrupt = False
        if self.away or self.silent:
            self.away = self.silent = False
            self.hang_up()

    def hang_up(self) -> None:
        """Cut every line that is open now."""
        with self._lock:
            held, self._open = self._open, []
        for each in held:
            _end(each)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                try:
                    if self.away:
                        raise ConnectionRefusedError
                    there = socket.create_connection(self.target)
                except OSError:
                    _end(here)
                    continue
                for each in (here, there):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._open += (here, there)
                line = _Line(here, there)
                self._begin(lambda line=line: self._carry(line, "up"))
                self._begin(lambda line=line: self._carry(line, "down"))

    def _carry(self, line: "_Line", way: Way) -> None:
        source, sink = (line.here, line.there) if way == "up" else (line.there, line.here)
        held = b""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                held += data
                passed = b""
                while size := line.first(held, way):
                    message, held = held[:size], held[size:]
                    if not self._passes(line, message, way):
                        if passed:
                            sink.sendall(passed)
                        if line.silent:
                            return
                        raise OSError
                    passed += message
                if passed:
                    sink.sendall(passed)
        line.end()

    def _passes(self, line: "_Line", message: bytes, way: Way) -> bool:
        with self._lock:
            if self.away or line.silent:
                return False
            self.seen[way] += 1
            if way == "up":
                line.unanswered += message
            action = self._at.pop(LinePoint(way, self.seen[way]), None)
            if message == COMMITTED:
                self.seen["committed"] += 1
                point = LinePoint("committed", self.seen["committed"])
                action = self._at.pop(point, action)
                self.commits.append(self.seen["up"])
        if action is not None and not action():
            self.unanswered = line.unanswered
            line.silent, line.abrupt = self.silent, self.abrupt
            return False
        if message == COMMITTED:
            line.unanswered = b""
        return True

    def _begin(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()


class _Line:
    def __init__(self, here: socket.socket, there: socket.socket) -> None:
        self.here, self.there = here, there
        self.unanswered = b""
        self.silent = self.abrupt = False
        self._bare = 0
        self._started = False

    def end(self) -> None:
        """End both sides, by a reset where it is abrupt."""
        for each in (self.here, self.there):
            if self.abrupt:
                with contextlib.suppress(OSError):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    # Only this side notices: the thread that reads lets go of it.
                    each.shutdown(socket.SHUT_RD)
                each.close()
            else:
                _end(each)

    def first(self, data: bytes, way: Way) -> int:
        """Return the size of the first message, 0 while it is not whole."""
        if way == "down":
            if self._bare and data:
                self._bare -= 1
                return 1
            head = 1
        else:
            head = int(self._started)
        if len(data) < head + 4:
            return 0
        size = head + int.from_bytes(data[head : head + 4])
        if len(data) < size:
            return 0
        if not head:
            if int.from_bytes(data[4:8]) in UNTYPED_REPLY:
                self._bare += 1
            else:
                self._started = True
        return size


def _end(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
