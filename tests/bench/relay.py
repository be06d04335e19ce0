"""A bad line for any program: it runs in this terminal, as if far away behind a slow modem.

    python -m tests.bench.relay [--round-trip 0.2] [--baud 9600] COMMAND...

Each byte of either direction takes half the round trip, and no more than baud / 10 bytes a second
pass. What the line does not take waits with the program, as behind a modem: its writes block.
"""

import argparse
import collections
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time
import tty

BITS_A_BYTE = 10
AHEAD = 0.05
"""So much (s) of what the line carries is taken from a program before it has passed."""


class Direction:
    """One direction of the line: bytes on their way, each with the time when it arrives."""

    def __init__(self, delay: float, bytes_s: float) -> None:
        self._delay, self._bytes_s = delay, bytes_s
        self._free_at = 0.0
        self._under_way: collections.deque[tuple[float, bytes]] = collections.deque()

    @property
    def due(self) -> float:
        """When the next piece arrives; never if nothing is under way."""
        return self._under_way[0][0] if self._under_way else float("inf")

    def takes(self, now: float) -> bool:
        """Whether there is room at the near end."""
        return self._free_at < now + AHEAD

    @property
    def piece(self) -> int:
        """How many bytes are taken at once."""
        return max(1, int(self._bytes_s * AHEAD))

    def send(self, data: bytes, now: float) -> None:
        """Put bytes on the line."""
        self._free_at = max(self._free_at, now) + len(data) / self._bytes_s
        self._under_way.append((self._free_at + self._delay, data))

    def arrived(self, now: float) -> bytes:
        """Return what has arrived by now."""
        found = b""
        while self._under_way and self._under_way[0][0] <= now:
            found += self._under_way.popleft()[1]
        return found


def main() -> int:
    """Run the command; the exit code is its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--round-trip", type=float, default=0.2, metavar="SECONDS")
    parser.add_argument("--baud", type=float, default=9600)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        parser.error("what is to be run?")
    pid, far = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    near = sys.stdin.fileno()
    before = termios.tcgetattr(near)
    tty.setraw(near)
    _same_size(far)
    signal.signal(signal.SIGWINCH, lambda *_: _same_size(far))
    try:
        _carry(near, far, args.round_trip / 2, args.baud / BITS_A_BYTE)
    finally:
        termios.tcsetattr(near, termios.TCSAFLUSH, before)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _carry(near: int, far: int, delay: float, bytes_s: float) -> None:
    """Carry bytes between the terminal and the program until the program is gone."""
    out, back = Direction(delay, bytes_s), Direction(delay, bytes_s)
    ended = False
    while not ended or out.due < float("inf"):
        now = time.monotonic()
        _write(sys.stdout.fileno(), out.arrived(now))
        if not ended:
            _write(far, back.arrived(now))
        readers = [near] if back.takes(now) else []
        readers += [far] if out.takes(now) and not ended else []
        wake = min(out.due, back.due, now + AHEAD)
        ready, _, _ = select.select(readers, [], [], max(0.001, wake - now))
        for source, line in ((far, out), (near, back)):
            if source not in ready:
                continue
            try:
                data = os.read(source, line.piece)
            except OSError:
                data = b""
            if data:
                line.send(data, time.monotonic())
            elif source == far:
                ended = True


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _same_size(far: int) -> None:
    size = fcntl.ioctl(sys.stdin.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
    fcntl.ioctl(far, termios.TIOCSWINSZ, size)


if __name__ == "__main__":
    sys.exit(main())
