"""Names of hosts, resolved beside the program: a silent name server holds up no leaving."""

import asyncio
import errno
import socket
from contextlib import suppress
from threading import Thread
from typing import Any, Final

Key = tuple[Any, ...]
Addresses = list[Any] | OSError


class Resolver:
    """Resolves each name once at a time, in a thread that does not keep the process alive.

    The event loop's own threads are waited for at the end, and a lookup without an answer cannot
    be broken off.

    Args:
        loop: the event loop that the answers go to.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop: Final = loop
        self._lookups: Final[dict[Key, asyncio.Future[Addresses]]] = {}

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Resolve as `loop.getaddrinfo` does; raises OSError."""
        key = (host, port, family, type, proto, flags)
        lookup = self._lookups.get(key)
        if lookup is None:
            lookup = self._lookups[key] = self._loop.create_future()
            lookup.add_done_callback(lambda _: self._lookups.pop(key, None))
            try:
                Thread(target=self._look_up, args=(key, lookup), daemon=True).start()
            except RuntimeError:
                lookup.set_result(OSError(errno.EAGAIN, "no thread can be started"))
        found = await asyncio.shield(lookup)
        if isinstance(found, OSError):
            raise found
        return found

    def _look_up(self, key: Key, lookup: "asyncio.Future[Addresses]") -> None:
        found: Addresses
        try:
            found = socket.getaddrinfo(*key)
        except OSError as error:
            found = error
        # The loop may have ended meanwhile.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_answer, lookup, found)


def _answer(lookup: "asyncio.Future[Addresses]", found: Addresses) -> None:
    if not lookup.done():
        lookup.set_result(found)


def resolve_aside() -> None:
    """Let the running event loop resolve names this way."""
    loop = asyncio.get_running_loop()
    loop.getaddrinfo = Resolver(loop).getaddrinfo
