"""One thing an operator can do: its id, keys and words, where it exists, and when it can work."""

from msgspec import Struct

from tui.reasons import always
from tui.situation import Reason, Situation

PANES = ("catalogue", "stock", "orders", "ledger", "log")
DESK = frozenset(PANES)
ORDER = frozenset({"order"})
UNRESOLVED = frozenset({"unresolved"})
MONEY = frozenset({"money"})
FOUND = frozenset({"found"})
STORY = frozenset({"story"})
UNDELIVERED = frozenset({"undelivered"})
LISTS = DESK | FOUND | UNDELIVERED
FILTERED = LISTS | UNRESOLVED | frozenset({"help", "handed"})
ONE_ORDER = frozenset({"orders"}) | ORDER | FOUND | STORY | UNDELIVERED
SCREENS = DESK | ORDER | UNRESOLVED | MONEY | FOUND | STORY | UNDELIVERED
DIALOGS = frozenset({"ticket", "help", "ask", "prompt", "palette", "export", "hand", "handed"})
SETUP = frozenset({"welcome", "set-up"})
LETTERS = frozenset({"help", "export", "hand", "handed"})
"""Dialogs in which nothing is typed: a letter is a key there, as on a screen."""
EVERYWHERE = SCREENS | DIALOGS | SETUP
TICKET = frozenset({"ticket"})
ASK = frozenset({"ask"})
EXPORT = frozenset({"export"})
HAND = frozenset({"hand"})
HANDED = frozenset({"handed"})


class Action(Struct, frozen=True):
    """Something an operator can do: its id, default keys, words, where it exists, and when.

    `keys` is as in the settings, `key,key`, the one to show first. `title` is as in the palette,
    `area: Verb`. `hint` is whether the key line names it, `buys` marks what a read-only desk does
    not show at all, `priority` what works even while text is typed. `listed` keys are
    heard where they are pressed, by a list or by the ticket, so that no screen binds them.
    """

    id: str
    keys: str
    title: str
    help: str
    where: frozenset[str]
    needs: Reason = always
    hint: bool = False
    buys: bool = False
    priority: bool = False
    listed: bool = False

    @property
    def area(self) -> str:
        """The part of the desk it belongs to, for grouping."""
        return self.title.partition(": ")[0]

    @property
    def label(self) -> str:
        """The verb alone."""
        return self.title.partition(": ")[2]

    def reason(self, now: Situation) -> str:
        """Return why it cannot work now, in a sentence; empty when it can."""
        return self.needs(now)

    def offered(self, now: Situation) -> bool:
        """Whether it is shown at all at this place of this desk."""
        return now.place in self.where and (now.buying or not self.buys)
