"""A text for a customer as a printer of so many columns takes it, a QR code of each code below."""

from collections.abc import Sequence

from services.domain.models import Card
from services.domain.secrets import Secret
from services.domain.text import cell_width

QUIET = 2
"""White dots around a QR code: the paper around it is white, too."""

TEAR_OFF = "\n" * 3
"""What a printer of rolls needs below, for the text to come out of it."""


def printed(text: Secret, cards: Sequence[Card], columns: int, *, qr: bool) -> Secret:
    """Return a text broken into lines of at most so many columns, with the QR codes of its cards.

    A QR code that is wider than the paper is left out; its code is in the text.
    """
    lines = [part for line in text.reveal().split("\n") for part in broken(line, columns)]
    for number, card in enumerate(cards if qr else (), 1):
        # A desk without a printer never needs it.
        from widgets.drawing.big_letters import qr_lines

        code = [line.rstrip() for line in qr_lines(card.value, QUIET)]
        if code and max(map(len, code)) <= columns:
            lines += ["", *([f"{number}."] if len(cards) > 1 else []), *code]
    return Secret("\n".join(lines) + TEAR_OFF)


def broken(line: str, columns: int) -> list[str]:
    """Break a line at its blanks, and inside a word only where that alone is too wide."""
    parts: list[str] = []
    start = 0
    while cell_width(line[start:]) > columns:
        end = start
        while cell_width(line[start : end + 1]) <= columns:
            end += 1
        blank = line.rfind(" ", start + 1, end + 1)
        stop = blank if blank > start else max(end, start + 1)
        parts.append(line[start:stop].rstrip(" ") if blank > start else line[start:stop])
        start = stop + 1 if blank > start else stop
    return [*parts, line[start:]]
