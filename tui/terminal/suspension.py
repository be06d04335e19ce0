"""Stopping the process as ctrl+z does, so that the shell has the terminal meanwhile."""

import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress

PROMPT = "carddesk is suspended, cards hidden. Press enter to go on. "
WAITING = 'printf %s "$1"; while read -r _; do kill -CONT "$PPID"; done'


def can_stop() -> bool:
    """Tell whether ctrl+z means anything: the program that started us may have turned it off."""
    return signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN


def in_background(terminal: int) -> bool:
    """Tell whether another process has the terminal: the shell, after `bg`."""
    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:
        return False


def wait_for_terminal(terminal: int) -> None:
    """Stop until this process has the terminal: it may have been started with `&`."""
    while in_background(terminal) and _stopped_by_group():
        pass


def stop(terminal: int) -> None:
    """Stop this process and its group; returns once it is continued and has the terminal.

    A group without a shell behind it is not stopped by ctrl+z, since no process could continue it:
    there a child of ours waits for enter.

    Args:
        terminal: the descriptor of the terminal, which has its own modes again.
    """
    while True:
        if not _stopped_by_group():
            with _somebody_who_continues(terminal):
                os.kill(os.getpid(), signal.SIGSTOP)
        if not in_background(terminal):
            return


def _stopped_by_group() -> bool:
    """Stop the group, and tell whether it was stopped: somebody continued it."""
    continued = False

    def note(*_: object) -> None:
        nonlocal continued
        continued = True

    before = signal.signal(signal.SIGCONT, note), signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        os.kill(0, signal.SIGTSTP)
    finally:
        signal.signal(signal.SIGCONT, before[0])
        signal.signal(signal.SIGTSTP, before[1])
    return continued


@contextmanager
def _somebody_who_continues(terminal: int) -> Generator[None]:
    """Let a child wait at the terminal for enter, and continue us."""
    before = signal.signal(signal.SIGCONT, signal.SIG_DFL)
    child = None
    with suppress(OSError):
        child = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", WAITING, "sh", PROMPT],
            stdin=terminal,
            stdout=terminal,
            stderr=subprocess.DEVNULL,
        )
    try:
        yield
    finally:
        if child is not None:
            child.kill()
            child.wait()
        signal.signal(signal.SIGCONT, before)
