"""Values as plain text for people: aligned tables and short blocks, made inert once more."""

from collections.abc import Callable, Container, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from services.domain import money
from services.domain.book import BoardOrder
from services.domain.event_log import Event
from services.domain.ledger import LedgerRow, Owner
from services.domain.local_time import local_time
from services.domain.models import (
    Balance,
    Card,
    Order,
    Product,
    Purchase,
    PurchaseError,
    Quote,
    Stock,
)
from services.domain.purchase_states import ELSEWHERE, state_name
from services.domain.status_text import not_handed_over
from services.domain.text import cell_width, clean, short_id
from services.domain.typed.product_names import goods_name, with_region
from services.local_files.receipt_files import ReceiptFile

OTHER_DESK = state_name(ELSEWHERE)
_GAP = "  "


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], right: Container[int] = ()
) -> str:
    """Align rows under headings by the terminal cells they take.

    Args:
        headings: the column names. Put a column that can hold right-to-left text last: nothing
            follows it that could be drawn out of order.
        rows: one text for each column; cleaned here.
        right: indexes of the columns that are numbers.

    Returns:
        Lines without trailing spaces; nothing at all when there are no rows.
    """
    if not rows:
        return ""
    cells = [[clean(text) for text in row] for row in (headings, *rows)]
    widths = [max(cell_width(row[at]) for row in cells) for at in range(len(headings))]
    return "\n".join(_line(row, widths, right) for row in cells)


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Print names and values under each other; an empty value is left out."""
    shown = [(name, clean(value)) for name, value in pairs if value]
    width = max((len(name) for name, _ in shown), default=0)
    return "\n".join(f"{name:<{width}}{_GAP}{value}" for name, value in shown)


def dzd(value: Decimal | None) -> str:
    """Print an amount in DZD, or nothing."""
    return "" if value is None else f"{money.show(value)} DZD"


def catalog(products: Sequence[Product]) -> str:
    """Print products; one that cannot be bought now says so."""
    return table(
        ("PRODUCT ID", "REGION", "SALE", "CATEGORY", "TITLE"),
        [(p.id, p.region, "yes" if p.enabled else "no", p.category, p.title) for p in products],
    )


def stock(read: Stock, retail: Mapping[str, Decimal]) -> str:
    """Print a product's denominations with wholesale price, retail price, margin and stock.

    `retail` is what a customer pays for each in DZD, by type id.
    """
    kinds = table(
        ("TYPE ID", "COST DZD", "PRICE DZD", "MARGIN DZD", "STOCK", "NAME"),
        [
            (
                kind.id,
                "" if kind.closed else money.show(kind.price),
                "" if kind.closed else money.show(retail[kind.id]),
                "" if kind.closed else money.show(retail[kind.id] - kind.price),
                kind.closed or money.count(kind.quantity),
                kind.name,
            )
            for kind in read.denominations
        ],
        right={1, 2, 3, 4},
    )
    return f"{clean(read.product_title)}\n{kinds}"


def balance(read: Balance) -> str:
    return dzd(read.amount)


def movements(rows: Sequence[LedgerRow]) -> str:
    """Print movements on the account, each with its order and what stands out about it."""
    return table(
        ("TIME", "TYPE", "AMOUNT", "BALANCE", "ORDER", "WHO", "MARK", "WHAT"),
        [
            (
                local_time(row.transaction.time),
                row.transaction.type,
                row.signed,
                _number(row.transaction.new_balance),
                row.order_id,
                _who(row),
                row.mark.replace("_", " "),
                _what(row),
            )
            for row in rows
        ],
        right={2, 3},
    )


def quote(asked: Quote, *, practice: bool) -> str:
    """Print what would be bought; `practice`: in an environment that takes no money."""
    return facts(
        (
            ("product", asked.product_title),
            ("type", asked.type_name),
            ("quantity", f"{money.count(asked.quantity)} of {money.count(asked.stock)} in stock"),
            ("unit price", dzd(asked.unit_price)),
            ("total", dzd(asked.total)),
            ("balance after", "practice: it stays" if practice else dzd(asked.balance_after)),
            ("approval", "another person has to approve it" if asked.needs_approval else ""),
        )
    )


def board(rows: Sequence[BoardOrder]) -> str:
    """Print the order list, in the order given."""
    return table(
        ("TIME", "STATE", "ORDER", "CARDS", "TOTAL", "WHO", "HANDED OVER", "WHAT"),
        [
            (
                local_time(row.time),
                row.state_words,
                row.order_id or row.purchase_id,
                cards_of(row.delivered, row.quantity),
                _number(row.total),
                who(row),
                given(row),
                what(row),
            )
            for row in rows
        ],
        right={3, 4},
    )


def who(row: BoardOrder) -> str:
    """Return who bought an order, as a column has it: one of ours, or another desk."""
    return row.operator if row.mine else OTHER_DESK


def given(row: BoardOrder) -> str:
    """Return when and by whom an order was given to the customer, empty where it was not."""
    return f"{local_time(row.given_at)} by {row.given_by}" if row.given_at else ""


def what(row: BoardOrder) -> str:
    """Return what was bought, with its note."""
    return row.goods + (f" ({row.note})" if row.note else "")


def cards_of(fulfilled: int | None, quantity: int) -> str:
    """Return how many cards came of how many were ordered, or how many were while none is known."""
    return str(quantity) if fulfilled is None else f"{fulfilled}/{quantity}"


def events(rows: Sequence[Event]) -> str:
    """Print the event log, in the order given."""
    return table(
        ("#", "TIME", "WHO", "DID", "ORDER", "PURCHASE", "WHAT"),
        [
            (
                str(row.seq),
                local_time(row.at),
                row.who,
                row.to_state if row.kind == "move" else row.kind,
                row.order_id,
                row.purchase_id,
                row.why,
            )
            for row in rows
        ],
        right={0},
    )


def handed(files: Sequence[ReceiptFile], folder: Path) -> str:
    """Print the files that were written for customers, in the order given, and where they lie."""
    rows = [(local_time(file.since), file.name) for file in files]
    return f"{table(('WRITTEN', 'NAME'), rows)}\n\nin {clean(str(folder))}" if rows else ""


def purchases(bought: Sequence[Purchase], region: Callable[[str], str]) -> str:
    """Print purchases of the journal, in the order given; `region` is that of a product's id."""
    return table(
        ("TIME", "STATE", "PURCHASE", "ORDER", "CARDS", "TOTAL", "WHO", "WHAT"),
        [
            (
                local_time(p.created_at),
                state_name(p.shown_state),
                p.id,
                p.order_id,
                cards_of(p.delivered, p.quantity),
                money.show(p.total),
                p.operator,
                goods_name(p.product_title, p.type_name, region(p.product_id))
                + (f" ({p.note})" if p.note else ""),
            )
            for p in bought
        ],
        right={4, 5},
    )


def purchase(bought: Purchase, region: str = "") -> str:
    """Print one purchase, of a product of a region, with everything a support desk asks for."""
    return facts(
        (
            ("state", state_name(bought.shown_state)),
            ("purchase", bought.id),
            ("order", bought.order_id),
            ("product", f"{with_region(bought.product_title, region)} ({bought.product_id})"),
            ("type", f"{bought.type_name} ({bought.type_id})"),
            ("cards", cards_of(bought.delivered, bought.quantity)),
            ("unit price", dzd(bought.unit_price)),
            ("total", dzd(bought.total)),
            ("customer pays", dzd(bought.price)),
            ("charged", dzd(bought.fulfilled_amount)),
            ("note", bought.note),
            ("operator", bought.operator),
            ("created", local_time(bought.created_at)),
            ("updated", local_time(bought.updated_at)),
            ("error", _error(bought.error)),
            ("may be ours", ", ".join(bought.candidates)),
            ("late", "this order came late; you may now have two" if bought.late else ""),
        )
    )


def foreign_order(order: Order, row: BoardOrder) -> str:
    """Print an order that another desk placed; `row` names its goods."""
    return facts(
        (
            ("state", row.state_words),
            ("order", order.id),
            ("product", _named(row.product_named, order.product)),
            ("type", _named(row.denomination, order.type)),
            ("cards", cards_of(order.delivered, order.quantity)),
            ("unit price", dzd(order.price_per_card)),
            ("charged", dzd(order.fulfilled_amount)),
            ("created", local_time(order.time)),
            ("placed by", "another desk"),
            ("handed over", given(row) or not_handed_over(row)),
        )
    )


def cards(revealed: Sequence[Card]) -> str:
    """Print card values: only for the stream that a person asked to have them on."""
    names = list(dict.fromkeys(name for card in revealed for name, _ in card.more))
    return table(
        ("CARD", "SERIAL", *(name.upper() for name in names)),
        [
            (
                card.value.reveal(),
                card.serial.reveal(),
                *(held[name].reveal() if name in held else "" for name in names),
            )
            for card in revealed
            for held in (dict(card.more),)
        ],
    )


def changed(revealed: Sequence[Card]) -> str:
    """Say how many codes `cards` could not print as they are; empty where it did."""
    values = [
        value.reveal()
        for card in revealed
        for value in (card.value, card.serial, *(value for _, value in card.more))
    ]
    count = sum(clean(value) != value or value != value.strip() for value in values)
    if not count:
        return ""
    one = count == 1
    return (
        f"{count} {'code holds' if one else 'codes hold'} what a terminal cannot show and "
        f"{'is' if one else 'are'} drawn without it: --json has {'it' if one else 'them'} exactly."
    )


def _named(name: str, identifier: str) -> str:
    """Return a name beside its id; the id alone where no name is known."""
    return identifier if name in ("", short_id(identifier)) else f"{name} ({identifier})"


def _line(row: Sequence[str], widths: Sequence[int], right: Container[int]) -> str:
    padded: list[str] = []
    for at, (text, width) in enumerate(zip(row, widths, strict=True)):
        room = " " * (width - cell_width(text))
        padded.append(room + text if at in right else text + room)
    return _GAP.join(padded).rstrip()


def _number(value: Decimal | None) -> str:
    return "" if value is None else money.show(value)


def _error(error: PurchaseError | None) -> str:
    if error is None or not (error.code or error.said):
        return ""
    facts = ", ".join(fact for fact in (error.code, error.request_id) if fact)
    return f"{error.said} ({facts})" if facts else str(error.said)


def _who(row: LedgerRow) -> str:
    match row.owner:
        case Owner.OURS:
            return row.order.operator if row.order else ""
        case Owner.OTHER:
            return OTHER_DESK
        case Owner.UNLISTED:
            return "not listed"
        case Owner.NO_ORDER:
            return ""


def _what(row: LedgerRow) -> str:
    order = row.order
    if order is None:
        return row.transaction.note
    note = f" ({order.note})" if order.note else ""
    return f"{order.quantity} x {order.goods}{note}"
