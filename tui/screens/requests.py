"""Requests: what screens ask the app for.

A screen posts one; `tui/console/request_handlers.py` says for each type who answers it and how.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from services.domain.book import BoardOrder, UnclaimedOrder
from services.domain.errors import Failure
from services.domain.ledger import Ledger
from services.domain.models import (
    Candidate,
    Card,
    Check,
    Denomination,
    Order,
    Product,
    Purchase,
    Quote,
    Stock,
)
from services.domain.secrets import Secret
from services.local_files.lock_pin import LockPin, PinAttempt
from widgets.drawing.field_message import FieldMessage

if TYPE_CHECKING:
    from services.domain.shop.case import CaseFile, CaseRow
    from services.domain.shop.sale import Sale, SaleReview, SaleRun
    from services.domain.shop.shift import ShiftReport
    from services.domain.timeline import Timeline
    from services.domain.typed.lookup import LookupResult
    from services.local_files.receipt_files import ReceiptFile

AnswerT = TypeVar("AnswerT")
Receipts: TypeAlias = "tuple[ReceiptFile, ...]"
LookupAnswer: TypeAlias = "LookupResult"
ListedCases: TypeAlias = "tuple[CaseRow, ...]"
CaseAnswer: TypeAlias = "CaseFile"
SaleAnswer: TypeAlias = "Sale"
OpenSale: TypeAlias = "Sale | None"
ReviewAnswer: TypeAlias = "SaleReview"
RunAnswer: TypeAlias = "SaleRun"
SaleChange = Literal["count", "remove", "customer", "received", "again"]
Decision = Literal["look", "claim", "none", "acknowledge", "withdraw"]


class Revealed(NamedTuple):
    """Cards by their index, and by index who revealed one earlier, in words."""

    cards: tuple[tuple[int, Card], ...]
    before: Mapping[int, str]


class OrderHistory(NamedTuple):
    """What the journal knows of an order, and by a card's index who saw it when (UTC) last."""

    timeline: "Timeline"
    seen: Mapping[int, tuple[datetime, str]]


class Request(FieldMessage, Generic[AnswerT], kw_only=True):
    """Something a screen asks the app for.

    `reply` takes the answer, or None and the failure why there is none.
    Where it is None the app says that sentence on the screen on top.
    """

    reply: Callable[[AnswerT | None, Failure | None], None] | None = None


# What is listed.


class StockRequest(Request[Stock]):
    """Read a product's stock."""

    product: Product


class StockRefreshRequest(Request[Stock]):
    """Read a stock that got old in sight; it gives way to what a person waits for."""

    product: Product


class LedgerRequest(Request[Ledger]):
    """Read today's movements and match them with the orders."""


class UndeliveredRequest(Request[tuple[BoardOrder, ...]]):
    """Read which orders of this desk are not marked as given."""


class ShiftRequest(Request["ShiftReport"]):
    """Read a closed shift by its number; None: the one that goes on, the journal's part first.

    `report` takes that part; it is None where the account is not to be asked for.
    """

    number: int | None
    report: "Callable[[ShiftReport], None] | None" = None


class CloseShiftRequest(Request["ShiftReport"]):
    """Close the shift of this number, which the person saw."""

    number: int


class ShiftOutRequest(Request[str]):
    """Copy, write, print or export (`csv`, `json`, `xlsx`) a report; replied with what was done."""

    shift: "ShiftReport"
    way: str


class CasesRequest(Request[ListedCases]):
    """Read the open cases, the oldest first."""


class CaseFileRequest(Request[CaseAnswer]):
    """Read all there is of a case."""

    number: int


class CaseRequest(Request[None]):
    """Show the case on a card (from 0) of an order; open one where there is none, after asking."""

    order: BoardOrder
    card: int


class CaseNoteRequest(Request[str]):
    """Ask for a note on a case and keep it."""

    number: int


class CloseCaseRequest(Request[str]):
    """Ask how a case ended and close it."""

    number: int


class CaseLetterRequest(Request[str]):
    """Copy the text for the vendor (`copy`), or write it into a file."""

    number: int
    way: str


class ReceiptsRequest(Request[Receipts]):
    """List the files with cards that were handed over, oldest first."""


class DeleteReceiptsRequest(Request[None]):
    """Delete files with cards."""

    names: Sequence[str]


class RefreshRequest(Request[None]):
    """Ask the vendor now for what a pane shows."""

    pane: str


class PinRequest(Request[bool]):
    """Pin a product to the top of the catalogue, or unpin it."""

    product: Product


class WatchRequest(Request[None]):
    """Ask what a watch on a value is to speak of, or on all of a product where there is none."""

    product: Product
    denomination: Denomination | None


class ExportRequest(Request[None]):
    """Write what a pane lists into a file: `csv`, `json` or `xlsx`; values are of one product."""

    pane: str
    rows: tuple[object, ...]
    kind: str
    product_id: str = ""


# Buying.


class RepeatRequest(Request[None]):
    """Open a ticket for the same as a purchase or an order, as it was named and priced then.

    `approves` is the purchase that it is to approve, None where it is a new one.
    """

    product: Product
    denomination: Denomination
    quantity: int
    approves: Purchase | None = None


class QuoteRequest(Request[Quote]):
    """Check stock, balance and limits for a review; `report` takes each check as it goes.

    `approves` is the id of the purchase that the review is to approve, empty for a new one.
    """

    product_id: str
    type_id: str
    quantity: int
    previous: Quote | None
    report: Callable[[Check], None]
    approves: str = ""


class BuyRequest(Request[Purchase | None]):
    """Buy what was reviewed and confirmed; `stale` is called where it must be quoted again.

    `price` is what the customer pays for all of it (DZD), None where that is not known. `approves`
    is the id of the purchase that this approves, empty for a new one.
    """

    quote: Quote
    note: str
    report: Callable[[Check], None]
    stale: Callable[[], None]
    price: Decimal | None = None
    approves: str = ""


class PurchaseRequest(Request[Purchase | None]):
    """Read a purchase from the journal."""

    purchase_id: str


# A sale of several lines.


class SaleAddRequest(Request[SaleAnswer]):
    """Add cards to the sale in hand, or begin one; for a customer, if one is named.

    `into` is the id of a sale that is added to although it is bought already.
    """

    product: Product
    denomination: Denomination
    quantity: int
    customer: str = ""
    into: str = ""


class SaleOpenRequest(Request[OpenSale]):
    """Take an open sale in hand: the one after `sale`, else the newest; None where none is open."""

    sale: "Sale | None" = None


class SaleChangeRequest(Request[SaleAnswer]):
    """Change a sale: a line of a number, `by` so many cards or away; customer; what was received.

    `again` lets the lines be bought once more for which nothing was bought. `text` is as typed.
    """

    sale: "Sale"
    change: SaleChange
    number: int = 0
    by: int = 0
    text: str = ""


class SaleCheckRequest(Request[ReviewAnswer]):
    """Check all lines of a sale that are to be bought."""

    sale: "Sale"


class SaleBuyRequest(Request[RunAnswer]):
    """Buy the lines of a review that got its yes."""

    review: "SaleReview"


class SaleRepeatRequest(Request[SaleAnswer]):
    """Begin a sale of the same lines."""

    sale: "Sale"


class SaleHandRequest(Request[str]):
    """Give all cards of a sale that are here to the customer, where the operator says.

    `marked_only` marks them as handed over without a text.
    """

    sale: "Sale"
    marked_only: bool = False


class SaleCloseRequest(Request[None]):
    """Be done with a sale, and say why in the event log."""

    sale: "Sale"
    why: str


# One order.


class OrderRequest(Request[Order | None]):
    """Read an order again, without its cards; `report` takes what the journal has of it."""

    order: BoardOrder
    report: Callable[[Purchase | None], None]


class HistoryRequest(Request[OrderHistory]):
    """Read what the journal alone knows of an order that has so many cards."""

    order: BoardOrder
    cards: int


class PreviewRequest(HistoryRequest):
    """Read the same of the order under the cursor, for what is beside the lists."""


class CardsRequest(Request[Revealed]):
    """Reveal one card of an order by its index, or all of them (None)."""

    order_id: str
    index: int | None


class CopyRequest(Request[str]):
    """Send a text with cards to the clipboard, once the journal has noted `which`."""

    order: BoardOrder
    which: str
    text: Secret


class ReceiptRequest(Request[str]):
    """Give cards to a customer where the operator says: those of these places, or all of them."""

    order: BoardOrder
    indexes: tuple[int, ...] = ()


class NoteRequest(Request[None]):
    """Keep a note on one of our purchases; None asks for it."""

    order: BoardOrder
    note: str | None = None


class DeliveredRequest(Request[None]):
    """Mark an order as given to the customer; `undo` takes the mark back."""

    order: BoardOrder
    undo: bool = False


class FindRequest(Request[LookupAnswer]):
    """Look orders up; a secret is a serial, looked for in the orders of so many days.

    What the journal alone knows is replied first. `report` takes the page that a serial was just
    looked for in, and how many there are.
    """

    wanted: str | Secret
    days: int
    report: Callable[[int, int], None]


class TimelineRequest(Request["Timeline"]):
    """Read the timeline of an order or purchase; `report` takes what the journal alone knows."""

    reference: str
    report: "Callable[[Timeline], None]"


# Settling.


class CandidatesRequest(Request[tuple[Candidate, ...]]):
    """Read which orders could be a purchase that is not settled."""

    purchase: Purchase


class UnclaimedRequest(Request[tuple[UnclaimedOrder, ...]]):
    """Read the unclaimed orders, as seen from a purchase if there is one."""

    purchase: Purchase | None


class SettleRequest(Request[None]):
    """Carry out a person's decision on a purchase that is not settled.

    `order_ids` are the one that a claim binds, or those that a person saw and ruled out;
    `withdraw` ends the wait for an approval.
    """

    purchase: Purchase
    decision: Decision
    order_ids: tuple[str, ...] = ()


# The lock.


class UnlockRequest(Request[PinAttempt]):
    """Compare a typed PIN with the one that is set."""

    store: LockPin
    pin: Secret
