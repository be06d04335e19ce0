"""The last moment before the first byte of a purchase, and a socket that takes nothing back later.

Everything here hangs on the order of httpcore's trace events; a test pins it.
"""

import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.vendor.placement import LARGEST_REPLY, PlacementAttempt
from services.vendor.reading import TUNNEL

LINGER_NOT = struct.pack("ii", 1, 0)
UNACKNOWLEDGED_MS = 15_000


class SendHook:
    """Watches one purchase go over the wire: the hook before it, and its answer's end."""

    def __init__(self, hook: Callable[[], Awaitable[None]], attempt: PlacementAttempt) -> None:
        """Watch for `attempt`, awaiting `hook` before a byte of the purchase leaves."""
        self.stopped_by: Exception | None = None
        self.beyond_proxy = False
        self._hook = hook
        self._attempt = attempt

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take one event of httpcore; raising keeps back what the event announces."""
        if event == "connection.connect_tcp.complete":
            # Set here, not by the transport: that one forgets socket options behind a proxy.
            cut_when_closed(info["return_value"].get_extra_info("socket"))
        elif event == "http11.send_request_headers.started":
            # A proxy's CONNECT passes here before the purchase and carries nothing of it.
            if info["request"].method == b"POST":
                await self._announce()
        elif event == TUNNEL:
            self.beyond_proxy = True
        elif event == "http11.receive_response_body.complete":
            self._attempt.whole = len(self._attempt.body) <= LARGEST_REPLY

    async def _announce(self) -> None:
        if self._attempt.sent:
            raise RuntimeError("a purchase is sent once")
        try:
            await self._hook()
        except Exception as error:
            self.stopped_by = error
            raise
        self._attempt.sent = True


def cut_when_closed(connection: socket.socket) -> None:
    """Make closing drop what the kernel has not delivered, and give up on a dead line in 15 s.

    Otherwise the kernel can deliver a purchase long after its process gave up, or died.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
