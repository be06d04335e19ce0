"""Sales of several lines, as JSON documents and as plain text."""

from collections.abc import Mapping, Sequence

from services.domain import money
from services.domain.local_time import local_time
from services.domain.models import Purchase
from services.domain.purchase_states import state_name
from services.domain.shop.sale import LineOutcome, Sale, SaleLine, SaleReview
from services.domain.text import clean
from tui.formats import as_json, as_text
from tui.formats.as_json import Document


def document(sale: Sale, purchases: Mapping[str, Purchase]) -> Document:
    """Return a sale; `purchases` are those of its lines, by their keys."""
    return {
        "sale_id": sale.id or None,
        "created_at": as_json.instant(sale.created_at),
        "operator": sale.operator,
        "customer": sale.customer,
        "closed": sale.closed,
        "customer_pays": as_json.amount(sale.pays),
        "cost": as_json.amount(sale.cost),
        "received": as_json.amount(sale.received),
        "give_back": as_json.amount(sale.give_back),
        "lines": [_line(line, purchases.get(line.key)) for line in sale.lines],
    }


def checked(review: SaleReview) -> list[Document]:
    """Return the lines of a check, each with what is wrong with it."""
    return [
        _line(each.line, None) | {"problem": str(each.problem) or None} for each in review.lines
    ]


def whole(sale: Sale) -> str:
    """Print a sale: its lines with what became of each, and what is paid."""
    facts = as_text.facts(
        (
            ("sale", sale.id),
            ("customer", sale.customer),
            ("operator", sale.operator),
            ("begun", local_time(sale.created_at)),
            ("customer pays", as_text.dzd(sale.pays)),
            ("received", as_text.dzd(sale.received)),
            ("give back", as_text.dzd(sale.give_back)),
            ("cost", as_text.dzd(sale.cost)),
            ("margin", as_text.dzd(sale.margin)),
        )
    )
    return f"{facts}\n\n{lines(sale.lines)}" if sale.lines else facts


def lines(shown: Sequence[SaleLine]) -> str:
    """Print lines, one each."""
    return as_text.table(
        ("LINE", "STATE", "ORDER", "CARDS", "COST", "PRICE", "WHAT"),
        [
            (
                str(line.number),
                state_words(line),
                line.order.order_id if line.order else "",
                str(line.quantity),
                money.show(line.cost * line.quantity),
                money.show(line.price * line.quantity),
                f"{line.goods} ({line.left_out})" if line.left_out else line.goods,
            )
            for line in shown
        ],
        right={0, 3, 4, 5},
    )


def listed(sales: Sequence[Sale]) -> str:
    """Print sales, one a line."""
    return as_text.table(
        ("SALE", "BEGUN", "LINES", "TO BUY", "UNRESOLVED", "PAYS", "WHO", "CUSTOMER"),
        [
            (
                sale.id,
                local_time(sale.created_at),
                str(len(sale.lines)),
                str(len(sale.to_buy)),
                str(len(sale.unresolved)),
                money.show(sale.pays),
                sale.operator,
                sale.customer,
            )
            for sale in sales
        ],
        right={2, 3, 4, 5},
    )


def state_words(line: SaleLine) -> str:
    """Say what became of a line in the words of the desk."""
    if line.order is None or line.outcome in (LineOutcome.TO_BUY, LineOutcome.LEFT_OUT):
        return line.outcome.value if line.order is None else _named(line)
    return line.order.state_words


def _named(line: SaleLine) -> str:
    return state_name(line.order.state) if line.order else ""


def _line(line: SaleLine, purchase: Purchase | None) -> Document:
    return {
        "line": line.number,
        "product_id": line.product_id,
        "product_title": line.product_title,
        "type_id": line.type_id,
        "type_name": line.type_name,
        "quantity": line.quantity,
        "unit_cost": as_json.amount(line.cost),
        "unit_price": as_json.amount(line.price),
        "outcome": line.outcome.value.replace(" ", "_"),
        "why": clean(line.left_out) or None,
        "idempotency_key": line.key or None,
        "purchase": as_json.purchase(purchase) if purchase else None,
    }
