"""The pump: owns the pty, stamps bytes, answers device queries; a process of its own.

It does nothing but move bytes and stamp them with CLOCK_MONOTONIC, so that the slow emulation of
a terminal in the analyst never delays a time stamp nor blocks the program. To the analyst go
`S` the program's process number, `D` bytes it wrote, `K` a key was written, `X` how it ended; to
the pump go `K` bytes to write and `G` a signal's number.
"""

import collections
import contextlib
import fcntl
import json
import os
import re
import select
import signal
import socket
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from typing import Any

NS = 1_000_000_000
now = time.monotonic_ns
HEAD = struct.Struct("<cQI")  # kind, time stamp in ns, payload length

_QUERY = re.compile(
    rb"\x1b\[(?:\?(?P<decrqm>\d+)\$p|(?P<da1>0?c)|(?P<da2>>0?c)|(?P<dsr>5n)|(?P<cpr>6n))"
    rb"|\x1b\](?P<osc>1[01]);\?(?:\x07|\x1b\\)"
    rb"|\x1bP\+q(?P<tcap>[0-9A-Fa-f;]*)\x1b\\"
)
_SYNCHRONIZED = 2026


class Pump:
    """Runs one program on a new pty until it has exited.

    Args:
        sock: the way to the analyst.
        argv: the program.
        cwd: where it runs.
        env: its whole environment.
        size: columns and rows.
        link_bps: read the terminal no faster than so many bytes a second; 0 reads at once.
    """

    def __init__(
        self,
        sock: socket.socket,
        argv: Sequence[str],
        cwd: str,
        env: Mapping[str, str],
        size: tuple[int, int],
        *,
        link_bps: int = 0,
    ) -> None:
        os.setsid()
        self._sock = sock
        self._link_bps = link_bps
        self._outgoing: collections.deque[bytes] = collections.deque()
        self._incoming = b""
        self._to_program = b""
        self._tail = b""  # for queries split over two reads
        self._budget_at = now()  # when the line takes the next byte
        self._master, self._slave = os.openpty()
        columns, rows = size
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._before = termios.tcgetattr(self._slave)
        spawned = now()
        self._pid = os.fork()
        if self._pid == 0:
            self._become(argv, cwd, env)
        self._post(b"S", spawned, str(self._pid).encode())
        sock.setblocking(False)
        os.set_blocking(self._master, False)

    def run(self) -> None:
        """Move bytes until the program is gone and all of it has been read."""
        exited = os.pidfd_open(self._pid)
        while True:
            throttled = bool(self._link_bps) and now() < self._budget_at
            readers = [self._sock, exited, *([] if throttled else [self._master])]
            writers = [self._sock] if self._outgoing else []
            writers += [self._master] if self._to_program else []
            timeout = max(0.0005, (self._budget_at - now()) / NS) if throttled else None
            readable, writable, _ = select.select(readers, writers, [], timeout)
            if self._master in readable:
                self._read()
            if self._master in writable:
                self._write()
            if self._sock in readable:
                self._obey()
            if self._sock in writable:
                self._tell()
            if exited in readable:
                self._finish()
                return

    def _become(self, argv: Sequence[str], cwd: str, env: Mapping[str, str]) -> None:
        try:
            os.setsid()
            fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self._slave, fd)
            os.closerange(3, 256)
            os.chdir(cwd)
            os.execvpe(argv[0], list(argv), dict(env))
        except OSError as error:
            os.write(2, f"cannot run {argv[0]}: {error}\r\n".encode())
        os._exit(127)

    def _post(self, kind: bytes, stamp: int, payload: bytes = b"") -> None:
        self._outgoing.append(HEAD.pack(kind, stamp, len(payload)) + payload)

    def _read(self) -> bool:
        size = 65536 if not self._link_bps else max(64, self._link_bps // 100)
        try:
            data = os.read(self._master, size)
        except OSError:
            return False
        if not data:
            return False
        stamp = now()
        self._post(b"D", stamp, data)
        if self._link_bps:
            self._budget_at = max(self._budget_at, stamp) + len(data) * NS // self._link_bps
        self._answer_queries(data)
        return True

    def _answer_queries(self, data: bytes) -> None:
        text = self._tail + data
        end = 0
        for match in _QUERY.finditer(text):
            self._to_program += _answer(match)
            end = match.end()
        cut = text.rfind(b"\x1b", max(end, len(text) - 64))
        self._tail = text[cut:] if cut >= 0 else b""
        if _QUERY.match(self._tail):
            self._tail = b""

    def _write(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._to_program = self._to_program[os.write(self._master, self._to_program) :]

    def _obey(self) -> None:
        got = self._sock.recv(65536)
        if not got:  # the analyst is gone: leave nothing behind
            os.killpg(self._pid, signal.SIGKILL)
            os._exit(1)
        self._incoming += got
        while len(self._incoming) >= HEAD.size:
            kind, _, length = HEAD.unpack_from(self._incoming)
            if len(self._incoming) < HEAD.size + length:
                break
            payload = self._incoming[HEAD.size : HEAD.size + length]
            self._incoming = self._incoming[HEAD.size + length :]
            if kind == b"K":
                self._post(b"K", now())
                self._to_program += payload
                self._write()
            elif kind == b"G":
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._pid, int(payload))

    def _tell(self) -> None:
        chunk = b"".join(self._outgoing)
        self._outgoing.clear()
        sent = 0
        with contextlib.suppress(BlockingIOError):
            sent = self._sock.send(chunk)
        if sent < len(chunk):
            self._outgoing.append(chunk[sent:])

    def _finish(self) -> None:
        stamp = now()
        _, status, usage = os.wait4(self._pid, 0)
        while self._read():  # what it wrote just before it went
            pass
        record: dict[str, Any] = {
            "code": os.waitstatus_to_exitcode(status),
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "termios_restored": termios.tcgetattr(self._slave) == self._before,
        }
        self._post(b"X", stamp, json.dumps(record).encode())
        self._sock.setblocking(True)
        self._sock.sendall(b"".join(self._outgoing))


def _answer(match: re.Match[bytes]) -> bytes:
    """What a modest xterm-like terminal answers to a device query."""
    kind = match.lastgroup
    if kind == "decrqm":
        mode = int(match["decrqm"])
        known = mode == _SYNCHRONIZED
        return b"\x1b[?%d;%d$y" % (mode, 2 if known else 0)  # 2: known and off, 0: not known
    if kind == "da1":
        return b"\x1b[?62;22c"
    if kind == "da2":
        return b"\x1b[>41;370;0c"
    if kind == "dsr":
        return b"\x1b[0n"
    if kind == "cpr":  # the pump does not emulate: the top left corner is all it can say
        return b"\x1b[1;1R"
    if kind == "osc":
        colour = b"ffff/ffff/ffff" if match["osc"] == b"10" else b"0000/0000/0000"
        return b"\x1b]" + match["osc"] + b";rgb:" + colour + b"\x1b\\"
    return b"\x1bP0+r\x1b\\"
