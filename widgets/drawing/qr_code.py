"""A QR code for the customer's telephone, in half blocks: it holds a text and nothing else."""

from services.domain.secrets import Secret
from widgets.drawing.big_letters import half_blocks

QUIET = 4
"""Dots around a code that stay white, as the standard asks for."""

LARGEST = 57
"""Dots of the widest code that is drawn, its quiet zone not counted."""


def qr_lines(secret: Secret) -> list[str]:
    """Return the code of a value as lines of text, black dots drawn; none where it is too long.

    The quiet zone is part of it. It has to be drawn black on white: the ground is half of it.
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
    side, blank = [False] * QUIET, [False] * (size + 2 * QUIET)
    dots = [[*side, *(bool(dot) for dot in row), *side] for row in code.matrix]
    return half_blocks([*[blank] * QUIET, *dots, *[blank] * QUIET])
