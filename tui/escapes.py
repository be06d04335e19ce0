"""Telling an escape that was pressed from one that begins a sequence, when both come in one piece.

Textual reads an escape with another key less than a tenth of a second behind it as that key held
with Alt, or as a sign such as `£`, or drops the escape. Nothing here is on Alt, and on a slow line
escape and the key after it arrive together.
"""

from collections.abc import Iterator

from textual._xterm_parser import XTermParser
from textual.message import Message

ESCAPE = "\x1b"

GOES_ON = frozenset("[O" + ESCAPE + "\t\x7f")
"""What may follow an escape that is part of a key: sequences, shift+tab on the Linux console, and
the key that rubs out a word."""


class Escapes:
    """Feeds a parser of keys, and ends its waiting where an escape was a key of its own.

    Args:
        parser: makes messages of what is typed.
    """

    def __init__(self, parser: XTermParser) -> None:
        self._parser = parser
        self._last = ""

    def feed(self, text: str) -> Iterator[Message]:
        """Yield what was typed; an escape and the key behind it are two keys."""
        start = 0
        for at, character in enumerate(text):
            if self._last == ESCAPE and character not in GOES_ON:
                yield from self._feed(text[start:at])
                yield from self._end_waiting()
                start = at
            self._last = character
        yield from self._feed(text[start:])

    def _feed(self, text: str) -> Iterator[Message]:
        # To the parser, no text at all is the end of all text.
        if text:
            yield from self._parser.feed(text)

    def _end_waiting(self) -> Iterator[Message]:
        parser = self._parser
        if parser._timeout_time is not None:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            parser._timeout_time = 0.0  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            yield from parser.tick()
