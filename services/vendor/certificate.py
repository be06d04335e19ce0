"""Who issued a certificate, for whom and for when: as much of X.509 as a sentence needs. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct

from services.domain.text import NOTHING, SafeText, clean

LONGEST_NAME = 80
SHORTEST_MESSAGE = 10
COMMON_NAME, ORGANISATION = b"\x55\x04\x03", b"\x55\x04\x0a"
VERSION, UTC_TIME, OBJECT_ID = 0xA0, 0x17, 0x06
ENCODINGS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}


class Certificate(Struct, frozen=True):
    """What a certificate says of itself; nothing of it is verified. Times are UTC."""

    issuer: SafeText = NOTHING
    subject: SafeText = NOTHING
    begins: datetime | None = None
    ends: datetime | None = None


class _Element(NamedTuple):
    tag: int
    content: bytes


def read(encoded: bytes) -> Certificate | None:
    """Read a certificate (DER); None where it is none."""
    try:
        [whole] = _elements(encoded)
        fields = list(_elements(next(_elements(whole.content)).content))
        if fields[0].tag == VERSION:
            del fields[0]
        _serial, _algorithm, issuer, validity, subject = fields[:5]
        begins, ends = map(_moment, _elements(validity.content))
        return Certificate(_name(issuer.content), _name(subject.content), begins, ends)
    except (ValueError, IndexError, StopIteration, LookupError):
        return None


def of_message(message: bytes) -> Certificate | None:
    """Read the first certificate of a TLS handshake's Certificate message, version 1.2 or 1.3."""
    if len(message) < SHORTEST_MESSAGE:
        return None
    at = 4
    if int.from_bytes(message[at : at + 3]) != len(message) - at - 3:
        # Version 1.3 has a context before its list.
        at += 1 + message[at]
    length = int.from_bytes(message[at + 3 : at + 6])
    return read(message[at + 6 : at + 6 + length])


def _elements(data: bytes) -> Iterator[_Element]:
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("cut short")
        yield _Element(tag, data[at : at + length])
        at += length


def _name(content: bytes) -> SafeText:
    """Return the common name, else the organisation."""
    found: dict[bytes, str] = {}
    for group in _elements(content):
        for pair in _elements(group.content):
            kind, value = _elements(pair.content)
            if kind.tag == OBJECT_ID and value.tag in ENCODINGS:
                found[kind.content] = value.content.decode(ENCODINGS[value.tag])
    return clean(found.get(COMMON_NAME) or found.get(ORGANISATION) or "", LONGEST_NAME)


def _moment(element: _Element) -> datetime:
    text = element.content.decode("ascii")
    if element.tag == UTC_TIME:
        # Two digits of the year: 50 to 99 are of the last century.
        text = f"{19 if text[:2] >= '50' else 20}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
