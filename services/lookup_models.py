"""What a lookup found, as frozen values: each hit with what it was found by."""

from msgspec import Struct

from services.book_models import BoardOrder
from services.text import SafeText


class Hit(Struct, frozen=True):
    """An order or a purchase, and what it was found by, such as `order id` or `note`."""

    by: tuple[str, ...]
    row: BoardOrder


class Found(Struct, frozen=True):
    """What a lookup found, the surest first, of a day the newest first.

    `asked` is what was looked for, in words that hold no serial; `said` are sentences for the
    operator: what could not be asked, and whether there may be more. `partial` is whether the
    vendor, who was not asked, may know more.
    """

    asked: SafeText
    hits: tuple[Hit, ...] = ()
    said: tuple[str, ...] = ()
    partial: bool = False
