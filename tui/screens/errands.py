"""What screens ask of the app: errands go up as messages, answers come back down as calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from textual.message import Message

from services.book_models import BoardOrder
from services.models import Card, Check, Denomination, Order, Product, Purchase, Quote, Stock

if TYPE_CHECKING:
    from services.book_models import Nobodys
    from services.handed import Handed
    from services.ledger_models import Ledger
    from services.lookup_models import Found
    from services.models import Candidate
    from services.secrets import Secret
    from services.story import Story

Said = Callable[[str], None]
"""Takes a sentence for the operator."""

Settling = Literal["look", "claim", "none", "acknowledge"]


class StockReader(Protocol):
    """Is told what became of a read of a product's stock."""

    def show_stock(self, product: Product, stock: Stock | None, error: str) -> None:
        """Take the stock, or the sentence why there is none."""
        ...


class LedgerReader(Protocol):
    """Is told what became of a read of the account's movements."""

    def show_ledger(self, ledger: "Ledger | None", error: str) -> None:
        """Take the ledger, or the sentence why there is none."""
        ...


class Buyer(Protocol):
    """Is told how a quote or a purchase goes on."""

    def show_check(self, check: Check) -> None:
        """Take a step of the checks as it starts and as it ends."""
        ...

    def show_quote(self, quote: Quote) -> None:
        """Take the quote that is to be confirmed."""
        ...

    def show_purchase(self, purchase: Purchase) -> None:
        """Take where the purchase stands."""
        ...

    def show_failure(self, sentence: str, *, stale: bool = False) -> None:
        """Take why there is no quote or no purchase; `stale`: it has to be quoted again."""
        ...


class CardHolder(Protocol):
    """Is told what became of reading an order and its cards."""

    def show_order(self, order: Order | None, purchase: Purchase | None, error: str) -> None:
        """Take the fresh order, or the sentence why there is none."""
        ...

    def show_cards(self, cards: tuple[tuple[int, Card], ...], error: str, before: str = "") -> None:
        """Take revealed cards by their index, or the sentence why there are none.

        `before` says who revealed cards of this order earlier, if anybody did.
        """
        ...


class HandedLister(Protocol):
    """Is told which files with cards were handed over and are still there."""

    def show_handed(self, files: "tuple[Handed, ...]", error: str) -> None:
        """Take the files, oldest first, or the sentence why they cannot be listed."""
        ...

    def say(self, sentence: str) -> None:
        """Take a sentence for the operator."""
        ...


class Judge(Protocol):
    """Is told which orders could be a purchase, and what came of settling it."""

    def show_candidates(
        self,
        purchase: Purchase,
        candidates: "tuple[Candidate, ...]",
        error: str,
    ) -> None:
        """Take the orders, or the sentence why there are none."""
        ...

    def show_nobodys(self, purchase: Purchase | None, nobodys: "tuple[Nobodys, ...]") -> None:
        """Take the orders that nobody claimed, as seen from a purchase if there is one."""
        ...

    def say(self, sentence: str) -> None:
        """Take a sentence for the operator."""
        ...


class Finder(Protocol):
    """Is told what a lookup found."""

    def show_page(self, page: int, pages: int) -> None:
        """Take how far the vendor's orders were looked through for a serial."""
        ...

    def show_found(self, found: "Found | None", error: str) -> None:
        """Take what was found, or the sentence why nothing could be looked up."""
        ...


class Teller(Protocol):
    """Is told the story of an order."""

    def show_story(self, story: "Story | None", error: str, *, busy: bool = False) -> None:
        """Take the story, or the sentence why there is none; `busy`: more of it is coming."""
        ...


class Giver(Protocol):
    """Is told what is still to be given to customers."""

    def show_undelivered(self, rows: tuple[BoardOrder, ...], error: str) -> None:
        """Take the orders, or the sentence why they could not be read."""
        ...


@dataclass
class StockWanted(Message):
    """Read a product's stock; a newer wish replaces this one."""

    reader: StockReader
    product: Product


@dataclass
class TicketWanted(Message):
    """Open a ticket for a denomination whose stock was shown; `quantity` to begin with."""

    product: Product
    denomination: Denomination
    stock: Stock
    quantity: int = 1


@dataclass
class AgainWanted(Message):
    """Open a ticket for the same as a purchase that was settled as not placed."""

    purchase: Purchase


@dataclass
class OrderWanted(Message):
    """Show an order in full; `reveal` asks for its first card at once."""

    order: BoardOrder
    reveal: bool = False


@dataclass
class NoteWanted(Message):
    """Ask for a note on one of our purchases and keep it."""

    order: BoardOrder


@dataclass
class RefreshWanted(Message):
    """Ask the vendor now for what a pane shows."""

    pane: str


@dataclass
class PinWanted(Message):
    """Pin a product to the top of the catalogue, or take it down."""

    product: Product


@dataclass
class ExportWanted(Message):
    """Write what a pane lists into a file."""

    pane: str
    rows: tuple[object, ...]


@dataclass
class LedgerWanted(Message):
    """Read today's movements and match them with the orders."""

    reader: LedgerReader


@dataclass
class QuoteWanted(Message):
    """Check stock, balance and limits, for a review."""

    buyer: Buyer
    product_id: str
    type_id: str
    quantity: int
    previous: Quote | None


@dataclass
class BuyWanted(Message):
    """Buy what was reviewed and confirmed."""

    buyer: Buyer
    quote: Quote
    note: str


@dataclass
class PurchaseWanted(Message):
    """Tell where a purchase stands in the journal now."""

    buyer: Buyer
    purchase_id: str


@dataclass
class OrderRead(Message):
    """Read an order afresh, without its cards."""

    holder: CardHolder
    order: BoardOrder


@dataclass
class CardsWanted(Message):
    """Reveal one card of an order by its index, or all of them (None)."""

    holder: CardHolder
    order_id: str
    index: int | None


@dataclass
class CopyWanted(Message):
    """Send one revealed card to the terminal's clipboard, once the journal has noted it."""

    order_id: str
    index: int
    card: Card
    said: Said


@dataclass
class HandWanted(Message):
    """Give revealed cards of an order to a customer, in a text, where the operator says.

    `cards` are pairs of index and card. Whoever asked hides them meanwhile.
    """

    order: BoardOrder
    cards: tuple[tuple[int, Card], ...]
    said: Said


@dataclass
class HandedWanted(Message):
    """List the files with cards that were handed over."""

    lister: HandedLister


@dataclass
class DeleteHanded(Message):
    """Delete files with cards, and list what is left."""

    lister: HandedLister
    names: Sequence[str]


@dataclass
class CandidatesWanted(Message):
    """Read which orders could be a purchase that is not settled."""

    judge: Judge
    purchase: Purchase


@dataclass
class NobodysWanted(Message):
    """Read which orders nobody claimed, as seen from a purchase if there is one."""

    judge: Judge
    purchase: Purchase | None


@dataclass
class SettleWanted(Message):
    """Do something for a purchase that is not settled.

    `order_ids` are the one that a claim binds, or those that a person saw and ruled out.
    """

    judge: Judge
    purchase: Purchase
    what: Settling
    order_ids: tuple[str, ...] = ()


@dataclass
class FindRead(Message):
    """Look something up; a secret is a serial, looked for in the orders of so many days."""

    finder: Finder
    wanted: "str | Secret"
    days: int


@dataclass
class StoryWanted(Message):
    """Show the story of an order; `instead` of the screen that asks."""

    order: BoardOrder
    instead: bool = False


@dataclass
class StoryRead(Message):
    """Read the story of an order or purchase: the journal at once, then with the vendor."""

    teller: Teller
    reference: str


@dataclass
class GivenWanted(Message):
    """Mark an order as given to the customer; `undo`: take the mark back."""

    order: BoardOrder
    undo: bool = False


@dataclass
class UndeliveredRead(Message):
    """Read which orders of this desk are not marked as given."""

    giver: Giver
