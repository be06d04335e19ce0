"""Codes read back from what is drawn: big letters and QR codes, from the lines of a screen."""

from collections.abc import Sequence

from widgets.drawing.big_letters import QUIET, SIGN_WIDTH, letters

BLOCKS = "▀▄█"
SIGNS = {
    tuple(line.ljust(SIGN_WIDTH - 1)[: SIGN_WIDTH - 1] for line in letters(sign, SIGN_WIDTH)): sign
    for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
}


def letters_in(lines: Sequence[str]) -> list[str]:
    """Return each row of big letters that can be read anywhere on these lines."""
    width = max(map(len, lines), default=0)
    padded = [line.ljust(width + SIGN_WIDTH) for line in lines]
    found: list[str] = []
    for top in range(len(padded) - 3):
        row = ""
        column = 0
        while column < width:
            sign = SIGNS.get(
                tuple(line[column : column + SIGN_WIDTH - 1] for line in padded[top : top + 4])
            )
            row += sign or ""
            column += SIGN_WIDTH if sign else 1
        if len(row) > 1:
            found.append(row)
    return found


def matrix_in(lines: Sequence[str], quiet: int = QUIET) -> list[list[bool]]:
    """Return the dots of a QR code drawn in half blocks, its quiet zone left out."""
    size = max(map(len, lines), default=0)
    dots: list[list[bool]] = []
    for line in (each.ljust(size) for each in lines):
        dots.append([sign in "▀█" for sign in line])
        dots.append([sign in "▄█" for sign in line])
    inside = slice(quiet, size - quiet)
    assert not any(map(any, [*dots[:quiet], *dots[size - quiet :]]))
    return [row[inside] for row in dots[inside]]
