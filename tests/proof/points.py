"""Where a process can be killed: the product's own functions, wrapped from outside."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.desk.account import Account
from services.journal.emergency_file import Emergency
from services.journal.sqlite.connection import JournalFile
from services.journal.transaction import JournalTransaction
from services.local_files.key_identity import KeyIdentities
from services.system.liveness import Presence
from services.vendor.placement import SendHook
from services.vendor.transport import Transport


class Points:
    """Counts the points a process passes, writes each down, and dies at the chosen one.

    Args:
        log: the file that gets a line for each point; it is outside the desk's own folders.
        kill_at: which point, from 1, is the last; 0 lets the process live.
    """

    def __init__(self, log: Path, kill_at: int) -> None:
        self._fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._kill_at = kill_at
        self._count = 0
        self._lock = threading.Lock()

    def at(self, name: str) -> None:
        """Pass a point, or die at it."""
        with self._lock:
            self._count += 1
            os.write(self._fd, f"{name}\n".encode())
            if self._count == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()

    def watch(self, *, server: bool = False) -> None:
        """Wrap every hook, commit and response of the product in this process.

        Args:
            server: whether the journal is on one.
        """
        self._around(Presence, "__enter__", "presence")
        self._around(KeyIdentities, "save", "identity")
        self._around(Emergency, "append", "emergency")
        self._around(Account, "close", "leaving")
        if server:
            from services.journal.postgres.engine import PostgresEngine

            self._watch_journal(PostgresEngine)
        else:
            self._watch_journal(JournalFile)
        self._watch_requests()
        self._watch_placing()

    def _around(self, owner: type, method: str, name: str) -> None:
        real = getattr(owner, method)

        def passed(*values: Any, **named: Any) -> Any:
            self.at(f"{name} before")
            result = real(*values, **named)
            self.at(f"{name} after")
            return result

        setattr(owner, method, passed)

    def _watch_journal(self, owner: Any) -> None:
        real = owner.transaction
        points = self

        def transaction(
            file: object, work: Callable[[JournalTransaction], Any], **named: Any
        ) -> Any:
            def inside(tx: JournalTransaction) -> Any:
                result = work(tx)
                points.at("commit: all written, not committed")
                return result

            points.at("commit: before")
            result = real(file, inside, **named)
            points.at("commit: done")
            return result

        owner.transaction = transaction

    def _watch_requests(self) -> None:
        real = Transport._exchange
        points = self

        async def exchange(door: Transport, url: str, *values: Any, **named: Any) -> Any:
            endpoint = url.rsplit("/v3/", 1)[-1].split("/", 2)[:2]
            points.at(f"GET {'/'.join(endpoint)}: before")
            answer = await real(door, url, *values, **named)
            points.at(f"GET {'/'.join(endpoint)}: answered")
            return answer

        Transport._exchange = exchange  # type: ignore[method-assign]

    def _watch_placing(self) -> None:
        real = SendHook.trace
        points = self

        async def trace(sending: SendHook, event: str, info: Any) -> None:
            points.at(f"trace {event}")
            await real(sending, event, info)
            if event == "http11.send_request_headers.started":
                points.at("trace: SENDING is committed, no byte has left")

        SendHook.trace = trace  # type: ignore[method-assign]
