"""One thing an operator can do: its id, keys and words, where it exists, and when it can work."""

from msgspec import Struct

from tui.actions.context import ActionContext, Reason
from tui.actions.disabled_reasons import always

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


class Action(Struct, frozen=True):
    """Something an operator can do: its id, default keys, words, where it exists, and when.

    `keys` is as in the settings, `key,key`, the one to show first; empty for what is only a row
    of the palette. `area` is its topic in the help, `label` the verb.
    `hint` is whether the key line names it, `buys` marks what a read-only desk does not show at
    all, `short` what the key line calls it in fewer words, `priority` what works even while text is
    typed. `listed` keys are heard where they are pressed, by a list or by the ticket, so that no
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
    listed: bool = False
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
