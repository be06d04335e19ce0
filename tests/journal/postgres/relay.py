"""A line between a console and the journal's server, which can be cut around a COMMIT."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Literal

Cut = Literal["", "before", "after"]


class Relay:
    """Hands every byte on, until `cut` says where the line ends.

    `before`: the next COMMIT never reaches the server. `after`: it does, and its answer is lost.

    Attributes:
        waits: how often each line's console had sent something and waited for what came.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port = self._listening.getsockname()[1]
        self.cut: Cut = ""
        self._shut = False
        self._flows = threading.Event()
        self._flows.set()
        self.committed = threading.Event()
        self.waits: list[int] = []
        self._start(self._accept)

    def __enter__(self) -> "Relay":
        return self

    def __exit__(self, *_: object) -> None:
        self._end(self._listening)
        self.hang_up()

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Let every line stay open and carry nothing meanwhile, as a tunnel does that is cut."""
        self._flows.clear()
        yield
        self._flows.set()

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        """Let no line through meanwhile."""
        self._shut = True
        self.hang_up()
        yield
        self._shut = False

    def hang_up(self) -> None:
        """Cut every line that is open now."""
        for each in self._open:
            self._end(each)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                if self._shut:
                    self._end(here)
                    continue
                there = socket.create_connection(self._target)
                self._open += (here, there)
                deaf, waits = threading.Event(), threading.Event()
                self.waits.append(0)
                number = len(self.waits) - 1
                self._start(self._up, here, there, deaf, waits)
                self._start(self._down, here, there, deaf, waits, number)

    def _up(
        self,
        here: socket.socket,
        there: socket.socket,
        deaf: threading.Event,
        waits: threading.Event,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := here.recv(65536):
                waits.set()
                self._flows.wait()
                if self.cut and b"COMMIT" in data:
                    where, self.cut = self.cut, ""
                    if where == "before":
                        break
                    deaf.set()
                there.sendall(data)
        self._end(here)
        self._end(there)

    def _down(
        self,
        here: socket.socket,
        there: socket.socket,
        deaf: threading.Event,
        waits: threading.Event,
        number: int,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := there.recv(65536):
                if waits.is_set():
                    waits.clear()
                    self.waits[number] += 1
                self._flows.wait()
                if not deaf.is_set():
                    here.sendall(data)
                elif b"COMMIT" in data:
                    # The server has committed, and says so to no one.
                    self.committed.set()
                    break
        self._end(here)
        self._end(there)

    def _end(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()

    def _start(self, work: object, *values: object) -> None:
        threading.Thread(target=work, args=values, daemon=True).start()  # type: ignore[arg-type]
