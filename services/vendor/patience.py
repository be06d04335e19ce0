"""One read on the wire, and how long it waits: when it is asked again, and when it ends. Pure."""

from collections.abc import Collection, Mapping
from typing import Any, Final

TUNNEL = "proxy.start_tls.started"
"""httpcore's name for the moment when a proxy has made the way to the vendor."""

REUSED_SECONDS = 3.0
"""For the first byte over a connection that was there before: it may be dead without a sign."""

SILENT_SECONDS = 5.0
"""From here on it is said that there is no answer, and it is asked on another connection."""

LAST_SECONDS = 10.0
"""From here on a read is ended unless its answer comes in well."""

LEAST_BYTES = 4_096
DRIP_SECONDS = 3.0
"""An answer that has brought less after so many seconds only drips."""


class Reading:
    """One GET on the wire: whether its connection was an old one, and how far the answer came.

    Attributes:
        sent: whether its request may have left.
        reused: whether it went over a connection that was there before.
        answering: whether the answer's head is in.
        size: how many bytes of its body are in.
        first: when its head came, in seconds of the event loop's clock.
        heard: when something last came.
        request_id: the vendor's mark of the answer, as its head names it.
        beyond_proxy: whether the connection came further than to a proxy, had there been one.
    """

    def __init__(self) -> None:
        self.sent = False
        self.reused = True
        self.answering = False
        self.size = 0
        self.first = 0.0
        self.heard = 0.0
        self.request_id = ""
        self.beyond_proxy = True

    def take(self, now: float, size: int = 0) -> None:
        """Take note that the head, or so many more bytes of the body, came now."""
        if not self.answering:
            self.answering = True
            self.first = now
        self.heard = now
        self.size += size

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take one event of httpcore."""
        if event == "connection.connect_tcp.started":
            self.reused = self.beyond_proxy = False
        elif event == "http11.send_request_headers.started":
            # A proxy's CONNECT passes here as well: it counts for nothing at the vendor.
            self.sent = self.sent or info["request"].method == b"GET"
        elif event == TUNNEL:
            self.beyond_proxy = True


class Patience:
    """What is done about a read that has no whole answer yet.

    Times are seconds of the event loop's clock; `reads` are its tries that are still under way.

    Args:
        deadline: seconds that a read may take in all.
    """

    def __init__(self, deadline: float) -> None:
        self._deadline: Final = deadline

    def next_look(self, began: float, now: float, reads: Collection[Reading]) -> float:
        """Return the seconds until something may have to be done."""
        marks = [REUSED_SECONDS, SILENT_SECONDS, LAST_SECONDS, self._deadline]
        times = [began + mark for mark in marks]
        times += [read.heard + SILENT_SECONDS for read in reads if read.answering]
        times += [read.first + DRIP_SECONDS for read in reads if read.answering]
        return min((time - now for time in times if time > now), default=SILENT_SECONDS)

    def tried(self, waited: float) -> bool:
        """Whether so many seconds without a whole answer are worth a word."""
        return waited >= SILENT_SECONDS

    def stirs(self, began: float, now: float, reads: Collection[Reading]) -> bool:
        """Whether it is time to ask once more."""
        if all(read.reused and not read.answering for read in reads):
            return now - began >= REUSED_SECONDS
        return self._silent_for(began, now, reads) >= SILENT_SECONDS

    def over(self, began: float, now: float, reads: Collection[Reading]) -> bool:
        """Whether no whole answer is to be expected any more."""
        if now - began >= self._deadline:
            return True
        if not reads or now - began < LAST_SECONDS:
            return False
        if self._silent_for(began, now, reads) >= SILENT_SECONDS:
            return True
        return all(
            now - read.first >= DRIP_SECONDS and read.size < LEAST_BYTES
            for read in reads
            if read.answering
        )

    def _silent_for(self, began: float, now: float, reads: Collection[Reading]) -> float:
        return now - max((read.heard for read in reads if read.answering), default=began)
