"""What a whole answer to a read is worth: its value, or the error that says why there is none."""

import codecs
import zlib
from collections.abc import Mapping
from typing import Any, TypeVar

from services.domain.errors import BadReply
from services.domain.text import clean
from services.vendor.wire_values import LONGEST_WORD

T = TypeVar("T")
PLAIN = ("", "identity")
TUNNEL = "proxy.start_tls.started"
"""httpcore's name for the moment when a proxy has made the way to the vendor."""


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


def decoded(body: bytes, encoding: str, largest: int) -> bytes:
    """Return the body of an answer to a read as it was before it was packed for the way.

    Reads ask for no packing; some networks pack all the same, or put a byte-order mark in front.

    Args:
        body: as it came.
        encoding: the Content-Encoding header, empty when absent.
        largest: the bytes that it may hold at most.

    Raises:
        BadReply: it is packed in another way, is no such thing, or holds more.
    """
    ways = [way for way in map(str.strip, encoding.lower().split(",")) if way not in PLAIN]
    if ways in (["gzip"], ["x-gzip"]):
        body = _unpacked(body, largest)
    elif ways:
        named = clean(", ".join(ways), LONGEST_WORD)
        raise BadReply(
            f"The vendor's answer is compressed ({named}), which carddesk did not ask for and does"
            " not read",
            advice="Something between here and the vendor does that: a proxy, as a rule.",
        )
    return body.removeprefix(codecs.BOM_UTF8)


def _unpacked(body: bytes, largest: int) -> bytes:
    unpacked = bytearray()
    try:
        while body:
            gzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            # One byte more than allowed shows that there is more, whatever it would grow to.
            unpacked += gzip.decompress(body, largest + 1 - len(unpacked))
            if len(unpacked) > largest:
                raise BadReply("The vendor's answer is larger than any real one")
            if not gzip.eof:
                raise BadReply("The vendor's answer was cut short")
            body = gzip.unused_data
    except zlib.error:
        body = b"broken"
    if body:
        raise BadReply("The vendor's answer says that it is compressed, and cannot be unpacked")
    return bytes(unpacked)
