"""A code as a picture in half blocks: letters to read across a counter, and a QR code.

Letters have 5x7 dots, six columns by four rows. A nought has a stroke, a one a foot and an I two
bars, so that none is taken for another.
"""

from collections.abc import Sequence

from services.domain.secrets import Secret

SIGN_WIDTH = 6
"""Cells of a sign, the column after it included."""

GROUP = 4
GAP = 3
"""Cells between two groups of a code that has no dashes of its own."""

LONGEST = 24
"""Signs of the longest code that is drawn like this."""

_DOTS = {
    "A": ".###. #...# #...# ##### #...# #...# #...#",
    "B": "####. #...# #...# ####. #...# #...# ####.",
    "C": ".###. #...# #.... #.... #.... #...# .###.",
    "D": "####. #...# #...# #...# #...# #...# ####.",
    "E": "##### #.... #.... ####. #.... #.... #####",
    "F": "##### #.... #.... ####. #.... #.... #....",
    "G": ".###. #...# #.... #.### #...# #...# .###.",
    "H": "#...# #...# #...# ##### #...# #...# #...#",
    "I": "##### ..#.. ..#.. ..#.. ..#.. ..#.. #####",
    "J": "..### ...#. ...#. ...#. ...#. #..#. .##..",
    "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
    "L": "#.... #.... #.... #.... #.... #.... #####",
    "M": "#...# ##.## #.#.# #.#.# #...# #...# #...#",
    "N": "#...# ##..# #.#.# #..## #...# #...# #...#",
    "O": ".###. #...# #...# #...# #...# #...# .###.",
    "P": "####. #...# #...# ####. #.... #.... #....",
    "Q": ".###. #...# #...# #...# #.#.# #..#. .##.#",
    "R": "####. #...# #...# ####. #.#.. #..#. #...#",
    "S": ".#### #.... #.... .###. ....# ....# ####.",
    "T": "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    "U": "#...# #...# #...# #...# #...# #...# .###.",
    "V": "#...# #...# #...# #...# #...# .#.#. ..#..",
    "W": "#...# #...# #...# #.#.# #.#.# ##.## #...#",
    "X": "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
    "Y": "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
    "Z": "##### ....# ...#. ..#.. .#... #.... #####",
    "0": ".###. #...# #..## #.#.# ##..# #...# .###.",
    "1": "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    "2": ".###. #...# ....# ..##. .#... #.... #####",
    "3": "####. ....# ....# .###. ....# ....# ####.",
    "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "5": "##### #.... ####. ....# ....# #...# .###.",
    "6": "..##. .#... #.... ####. #...# #...# .###.",
    "7": "##### ....# ...#. ..#.. .#... .#... .#...",
    "8": ".###. #...# #...# .###. #...# #...# .###.",
    "9": ".###. #...# #...# .#### ....# ...#. .##..",
    "-": "..... ..... ..... .###. ..... ..... .....",
}
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def half_blocks(dots: Sequence[Sequence[bool]]) -> list[str]:
    """Return lines of dots as text, two lines of dots in each; the lower one of the last is off."""
    width = len(dots[0]) if dots else 0
    pairs = zip(dots[::2], [*dots[1::2], [False] * width], strict=False)
    return ["".join(map(_HALVES.__getitem__, zip(*pair, strict=True))) for pair in pairs]


def letters(code: str, width: int) -> list[str]:
    """Return a code in big letters, in lines of text that are at most so wide.

    Returns:
        Lines of cells, a blank line between two rows of letters; none for a code that is too long,
        or has signs that there are no letters for, or where not even a group fits the width.
    """
    if not code or len(code) > LONGEST or not set(code) <= _DOTS.keys():
        return []
    lines: list[str] = []
    for row in _rows(code, width):
        lines += [""] if lines else []
        lines += [(" " * GAP).join(parts) for parts in zip(*map(_group, row), strict=True)]
    return lines if all(len(line) <= width for line in lines) else []


def _rows(code: str, width: int) -> list[list[str]]:
    """Share the groups of a code out on as few rows as hold them."""
    dashed = "-" in code
    pieces = (
        code.replace("-", "- ").split()
        if dashed
        else [code[at : at + GROUP] for at in range(0, len(code), GROUP)]
    )
    rows: list[list[str]] = []
    for piece in pieces:
        longer = f"{rows[-1][-1]}{piece}" if rows else piece
        if rows and dashed and _width([longer]) <= width:
            rows[-1] = [longer]
        elif rows and not dashed and _width([*rows[-1], piece]) <= width:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _width(groups: Sequence[str]) -> int:
    signs = sum(map(len, groups))
    return signs * SIGN_WIDTH + (len(groups) - 1) * GAP


def _group(signs: str) -> list[str]:
    """Return the four lines of text of some signs beside each other."""
    drawn = [half_blocks([[dot == "#" for dot in row] for row in _DOTS[s].split()]) for s in signs]
    return [" ".join(parts) + " " for parts in zip(*drawn, strict=True)]


QUIET = 4
"""Dots around a code that stay white, as the standard asks for."""

LARGEST = 57
"""Dots of the widest code that is drawn, its quiet zone not counted."""


def qr_lines(secret: Secret, quiet: int = QUIET) -> list[str]:
    """Return the code of a value as lines of text, black dots drawn; none where it is too long.

    The quiet zone, so many dots wide, is part of it. It has to be drawn black on white: the ground
    is half of it.
    """
    # Most consoles never show a card.
    import segno

    try:
        code = segno.make(secret.reveal(), error="m", micro=False)
    except ValueError:
        return []
    size = len(code.matrix)
    if size > LARGEST:
        return []
    side, blank = [False] * quiet, [False] * (size + 2 * quiet)
    dots = [[*side, *(bool(dot) for dot in row), *side] for row in code.matrix]
    return half_blocks([*[blank] * quiet, *dots, *[blank] * quiet])
