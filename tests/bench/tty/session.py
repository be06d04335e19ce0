"""One life of one program under a pty: what it wrote and when, and keys written to it."""

import contextlib
import json
import os
import re
import select
import signal
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.tty.keys import encode_key
from tests.bench.tty.pump import HEAD, NS, Pump, now
from tests.bench.tty.terminal import Terminal


class BenchError(Exception):
    """The program did not do what it was expected to do."""


@dataclass(frozen=True)
class Program:
    """A program to measure.

    Attributes:
        name: for people.
        argv: what is run.
        ready: a regex on the screen's text, true once the program can be worked with.
        env: added to a small environment.
        home: its HOME.
        cwd: where it runs.
        size: columns and rows.
        quit: the keys that end it.
        link_bps: read its output no faster than so many bytes a second; 0 reads at once.
    """

    name: str
    argv: Sequence[str]
    ready: str
    home: Path
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    size: tuple[int, int] = (120, 40)
    quit: Sequence[str] = ("ctrl+q",)
    link_bps: int = 0

    def environment(self) -> dict[str, str]:
        """Return its whole environment."""
        self.home.mkdir(parents=True, exist_ok=True)
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.home),
            "SHELL": "/bin/sh",
            "USER": "bench",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            **self.env,
        }


@dataclass(frozen=True)
class Chunk:
    """What came in one piece: when (ns), how many bytes, whether the (watched) screen changed."""

    at: int
    size: int
    changed: bool
    watched: bool


class Session:
    """A running program, its terminal and the stamped record of what it wrote."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.term = Terminal(*program.size)
        self.pid = 0
        self.spawned = 0
        self.chunks: list[Chunk] = []
        self.exit: dict[str, Any] | None = None
        self.exited_at = 0
        self.painted_at = 0
        self.bytes_out = 0
        self._keys_at: list[int] = []
        self._buffer = bytearray()
        self._watch: Callable[[], Any] | None = None
        self._watch_value: Any = None
        self._pattern: re.Pattern[str] | None = None
        self._found_at = 0
        self._sock, theirs = socket.socketpair()
        for end in (self._sock, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self._pump_pid = os.fork()
        if self._pump_pid == 0:
            self._become_pump(theirs)
        theirs.close()
        self.wait(lambda: self.pid != 0, 10, "spawn")

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Waiting.

    def wait(self, condition: Callable[[], bool], timeout: float, what: str) -> None:
        """Until `condition` holds; BenchError after `timeout` s, or when the program ends."""
        end = now() + int(timeout * NS)
        while not condition():
            if self.exit is not None and not self._receive(0):
                if condition():
                    return
                raise BenchError(
                    f"{self.program.name} exited with {self.exit['code']} while waiting for {what}"
                    f"\n{self.term.text()}"
                )
            left = (end - now()) / NS
            if left <= 0:
                raise BenchError(
                    f"{self.program.name}: {timeout} s passed waiting for {what}\n"
                    f"{self.term.text()}"
                )
            self._receive(left if self.exit is None else 0)

    def until(self, pattern: str, timeout: float = 30) -> int:
        """Wait for a regex to match the screen; returns the stamp (ns) of the chunk that did it."""
        self._pattern, self._found_at = re.compile(pattern, re.M), 0
        if self._pattern.search(self.term.text()):
            return now()
        try:
            self.wait(lambda: self._found_at != 0, timeout, repr(pattern))
        finally:
            self._pattern = None
        return self._found_at

    def quiet(self, settle: float, limit: float) -> None:
        """Until nothing has been written for `settle` s, at most `limit` s."""
        end = now() + int(limit * NS)
        while self.exit is None and now() <= end and self._receive(settle):
            pass

    def still(self, settle: float, limit: float) -> None:
        """Until the screen has not changed for `settle` s, at most `limit` s."""
        start = now()
        while self.exit is None:
            last = max([c.at for c in self.chunks[-50:] if c.changed], default=start)
            left = settle - (now() - max(last, self.spawned)) / NS
            if left <= 0 or now() - start > limit * NS:
                return
            self._receive(left)

    def rest(self, seconds: float) -> None:
        """Let time pass while output is still taken."""
        end = now() + int(seconds * NS)
        while now() < end and self.exit is None:
            self._receive((end - now()) / NS)

    # Doing.

    def press(self, *keys: str) -> int:
        """Write keys in one piece; returns when they were written (ns, stamped by the pump)."""
        seen = len(self._keys_at)
        data = b"".join(encode_key(key, self.term.application_cursor) for key in keys)
        self._send(b"K", data)
        self.wait(lambda: len(self._keys_at) > seen, 5, "the pump")
        return self._keys_at[-1]

    def play(self, keys: Iterable[str]) -> None:
        """Press keys one after the other, each once the screen is quiet."""
        for key in keys:
            self.press(key)
            self.quiet(0.15, 3)

    def watch(self, pattern: str = "", *, column: int | None = None) -> None:
        """Count as a key's effect only a change of this part of the screen.

        Args:
            pattern: a regex; its first group's text counts.
            column: the backgrounds in that column, which is where a row cursor is.
        """
        self._watch = None
        if pattern:
            compiled = re.compile(pattern, re.M)

            def matched() -> Any:
                match = compiled.search(self.term.text())
                return match and match.group(compiled.groups and 1)

            self._watch = matched
        elif column is not None:
            self._watch = lambda: self.term.backgrounds(column)
        self._watch_value = self._watch() if self._watch else None

    def close(self) -> None:
        """End the program if it still runs, and the pump."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.exit is None and self.pid:
                self._send(b"G", str(int(number)).encode())
                with contextlib.suppress(BenchError):
                    self.wait(lambda: self.exit is not None, 2, number.name)
        self._sock.close()
        if self._pump_pid:
            os.waitpid(self._pump_pid, 0)
            self._pump_pid = 0

    def _become_pump(self, theirs: socket.socket) -> None:
        code = 1
        program = self.program
        try:
            self._sock.close()
            cwd = str(program.cwd or program.home)
            env = program.environment()
            pump = Pump(theirs, program.argv, cwd, env, program.size, link_bps=program.link_bps)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                pump.run()
                code = 0
        finally:
            os._exit(code)

    def _send(self, kind: bytes, payload: bytes) -> None:
        with contextlib.suppress(OSError):
            self._sock.sendall(HEAD.pack(kind, 0, len(payload)) + payload)

    def _receive(self, timeout: float) -> bool:
        """Handle what has arrived, waiting up to `timeout` s; False when nothing came."""
        ready, _, _ = select.select([self._sock], [], [], max(0.0, timeout))
        if not ready:
            return False
        try:
            data = self._sock.recv(1 << 20)
        except ConnectionResetError:
            data = b""
        if not data:
            if self.exit is None:
                raise BenchError("the pump died")
            return False
        self._buffer += data
        return self._unpack()

    def _unpack(self) -> bool:
        while len(self._buffer) >= HEAD.size:
            kind, stamp, length = HEAD.unpack_from(self._buffer)
            if len(self._buffer) < HEAD.size + length:
                break
            payload = bytes(self._buffer[HEAD.size : HEAD.size + length])
            del self._buffer[: HEAD.size + length]
            if kind == b"D":
                self._output(stamp, payload)
            elif kind == b"K":
                self._keys_at.append(stamp)
            elif kind == b"S":
                self.pid, self.spawned = int(payload), stamp
            elif kind == b"X":
                self.exit, self.exited_at = json.loads(payload), stamp
        return True

    def _output(self, stamp: int, data: bytes) -> None:
        """Take one piece of the program's output."""
        self.bytes_out += len(data)
        changed = self.term.feed(data)
        watched = changed
        if self._watch is not None:
            value = self._watch() if changed else self._watch_value
            watched = value != self._watch_value
            self._watch_value = value
        self.chunks.append(Chunk(stamp, len(data), changed, watched))
        if not self.painted_at and not self.term.wordless():
            self.painted_at = stamp
        # Piece by piece, so that the stamp is that of the piece which made it true.
        if self._pattern and not self._found_at and self._pattern.search(self.term.text()):
            self._found_at = stamp
