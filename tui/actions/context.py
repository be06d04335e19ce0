"""What the screen knows when a key is pressed: what an action judges by whether it can work now."""

from collections.abc import Callable

from msgspec import Struct


class ActionContext(Struct, frozen=True):
    """What an action has to know of the screen to tell whether it can work now.

    `place` is the pane of the desk that has the cursor, else the name of the screen. `buying` is
    false where no way to buy is shown at all (a read-only desk); `why_not` is why buying is off
    for the moment, in words. `can_copy` and `can_print` are settings. `purchase` is the state of
    the chosen one, `late` where its order came late, `fits` where one came that may be it, and
    `asked_here` whether it was this operator who asked for it. `sort` is what the list is sorted
    by, as its board has it, and `sorts` the ids and titles of the columns that it can be sorted by.
    `goods` is whether it is known what the order is of.
    `why_not_ours` is why the selected order cannot be the purchase, in words. `files` counts the
    written files listed. `giving` is whether the order has cards that can be marked as handed
    over. `sold_out` says that the denomination under the cursor, if in sight, is out of stock,
    and since when. `nothing_to_open` is why no row can be opened, `why_not_closed` why the shift
    that is shown cannot be closed, in words. `watched` is
    whether there is a watch on the goods of a dialog, `case` whether a case is highlighted. `line`
    is what became of the selected line of a sale, `lines` counts them.
    """

    place: str = "catalogue"
    buying: bool = True
    why_not: str = ""
    roomy: bool = True
    product: bool = False
    denomination: bool = False
    sold_out: str = ""
    order: bool = False
    nothing_to_open: str = ""
    mine: bool = False
    goods: bool = False
    giving: bool = False
    cards: int = 0
    revealed: bool = False
    privacy: bool = False
    can_copy: bool = True
    can_print: bool = False
    unsettled: int = 0
    purchase: str = ""
    asked_here: bool = False
    sort: str = ""
    sorts: tuple[tuple[str, str], ...] = ()
    unclaimed: int = 0
    lists: int = 0
    why_not_ours: str = "No order here is a possible one."
    files: int = 0
    why_not_closed: str = ""
    watched: bool = False
    case: bool = False
    line: str = ""
    lines: int = 0


Reason = Callable[[ActionContext], str]
"""Tells in a sentence why an action cannot work now; empty when it can."""
