"""Digits as people type them: those of other scripts, a keyboard row that needs shift, a quantity.

Pure.
"""

import re
import unicodedata
from typing import Final

from services.domain.text import clean

AZERTY_ROW: Final = dict(zip("&é\"'(-è_çà", "1234567890", strict=True)) | {"§": "6", "!": "8"}
"""What the digit row of a French or Belgian keyboard types without shift, and the digit it means.

`-` is the key of 6: where a digit is asked for it is one.
"""

_ROW: Final = str.maketrans(AZERTY_ROW)


def western(text: str) -> str:
    """Return text with its Arabic-Indic, Persian and other decimal digits as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def typed(text: str, keyboard: str) -> str:
    """Return what was typed where digits are asked for, its digits as 0 to 9.

    Args:
        text: what the keys typed; never what was pasted, in which a sign is itself.
        keyboard: the `ui.keyboard` setting.
    """
    text = western(text)
    return text.translate(_ROW) if keyboard.startswith("azerty") else text


def signed(value: float) -> str:
    """Return a difference in tenths with its sign, nothing being plus: `+1.5`, `-0.1`, `+0.0`."""
    return f"{round(value, 1) + 0.0:+.1f}"


def folded(text: str) -> str:
    """Return text so that one row of keys gives one text, whichever of the keyboards it is on."""
    return western(text).translate(_ROW)


MOST_CARDS = 100_000


_QUANTITY = re.compile(r"[1-9][0-9]{0,5}")


def quantity(text: str) -> int:
    """Read how many cards to buy: a whole number from 1 to 100000 in the digits 0 to 9.

    Raises:
        BadInput: for anything else, also for what Python would take as a number.
    """
    # Errors are made of phrases, which print amounts: they come after this module.
    from services.domain.errors import BadInput

    if _QUANTITY.fullmatch(text) and int(text) <= MOST_CARDS:
        return int(text)
    raise BadInput(
        f'The quantity "{clean(text, 40)}" is not a whole number from 1 to {MOST_CARDS}',
        advice="Nothing was sent.",
    )
