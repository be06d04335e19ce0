"""One thing an operator can do: its id, keys and words, where it exists, and when it can work."""

from collections.abc import Callable

from msgspec import Struct

PANES = ("catalogue", "stock", "orders", "balance", "ledger", "log")
DESK = frozenset(PANES)
BALANCE = frozenset({"balance"})
ORDER = frozenset({"order"})
UNRESOLVED = frozenset({"unresolved"})
MONEY = frozenset({"money"})
FOUND = frozenset({"found"})
TIMELINE = frozenset({"timeline"})
UNDELIVERED = frozenset({"undelivered"})
SHIFT = frozenset({"shift"})
SALE = frozenset({"sale"})
CASES = frozenset({"cases"})
LISTS = (DESK - BALANCE) | FOUND | UNDELIVERED | CASES
FILTERED = LISTS | UNRESOLVED | frozenset({"help", "handed"})
ONE_ORDER = frozenset({"orders"}) | ORDER | FOUND | TIMELINE | UNDELIVERED
SCREENS = DESK | ORDER | UNRESOLVED | MONEY | FOUND | TIMELINE | UNDELIVERED | SHIFT | CASES | SALE
DIALOGS = frozenset(
    {"ticket", "review", "help", "ask", "prompt", "palette", "hand", "handed", "watch"}
)
SETUP = frozenset({"welcome", "set-up"})
LETTERS = frozenset({"help", "hand", "handed"})
"""Dialogs in which nothing is typed: a letter is a key there, as on a screen."""
EVERYWHERE = SCREENS | DIALOGS | SETUP
TICKET = frozenset({"ticket"})
REVIEW = frozenset({"review"})
ASK = frozenset({"ask"})
HAND = frozenset({"hand"})
HANDED = frozenset({"handed"})
HELP = frozenset({"help"})
WATCH = frozenset({"watch"})
GOODS = frozenset({"catalogue", "stock"})
CHOICES = DESK | HAND | HELP | SHIFT | WATCH | SALE
"""Where left and right choose."""
PARTS = DESK | ORDER | UNRESOLVED | TICKET | SALE | HELP
"""Screens of several parts."""
GOING = SCREENS | LETTERS | TICKET
"""From where a digit leads to its pane; a ticket lets it only once nothing is typed or asked."""

ACTS_ON_ROW = frozenset({"buy", "reveal", "hand", "mark", "note", "ours", "off"})
"""Actions that do something for the row under the cursor, which must be the row that was meant."""

CHOOSES_ROW = ACTS_ON_ROW | {"open", "pin", "timeline", "palette"}
"""Actions by which the row under the cursor is chosen, so that it keeps the cursor."""


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


def always(_: ActionContext) -> str:
    """Return no reason: it can always work."""
    return ""


class Action(Struct, frozen=True):
    """Something an operator can do: its id, default keys, words, where it exists, and when.

    `keys` is as in the settings, `key,key`, the one to show first; empty for what is only a row
    of the palette. `area` is its topic in the help, `label` the verb.
    `hint` is whether the key line names it, `buys` marks what a read-only desk does not show at
    all, `short` what the key line calls it in fewer words, `priority` what works even while text is
    typed. `in_widget` keys are heard by the list or the ticket that has the focus, so that no
    screen binds them.
    """

    id: str
    keys: str
    area: str
    label: str
    help: str
    where: frozenset[str]
    needs: Reason = always
    hint: bool = False
    buys: bool = False
    priority: bool = False
    in_widget: bool = False
    short: str = ""

    @property
    def title(self) -> str:
        """What the palette lists: `cards: Note`, `console: Lock`."""
        return f"{'console' if self.area == 'desk' else self.area}: {self.label}"

    def reason(self, now: ActionContext) -> str:
        """Return why it cannot work now, in a sentence; empty when it can."""
        return self.needs(now)

    def offered(self, now: ActionContext) -> bool:
        """Whether it is shown at all at this place of this desk."""
        return now.place in self.where and (now.buying or not self.buys)
