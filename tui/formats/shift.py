"""The report of a shift as text for a person or a printer, as rows for a file, and as JSON."""

from collections.abc import Iterator, Sequence

from services.domain import money
from services.domain.phrase import counted
from services.domain.shop.shift import AccountCheck, OperatorShare, ProductShare, ShiftReport
from services.domain.shop.shift_words import (
    KINDS,
    Pairs,
    account_pairs,
    account_words,
    figures,
    open_words,
    span,
    state,
)
from services.domain.text import cell_width, clean, fit
from tui.formats import as_json, as_text
from tui.formats.as_json import Document
from tui.formats.export_rows import ExportRow

NARROWEST_TABLE = 60
"""A paper of fewer columns has no room for a table."""
WIDEST = 76


def text(report: ShiftReport, columns: int = WIDEST) -> str:
    """Return a report as lines of at most so many columns.

    Args:
        report: of which shift.
        columns: what the paper or the terminal has.
    """
    width = min(columns, WIDEST)
    blocks = [
        _broken(f"Shift {report.number}, {span(report)}, {state(report)}", width),
        _facing(figures(report), width),
        _facing(_account(report), width),
    ]
    if len(report.operators) > 1:
        blocks.append(_operators(report.operators, width))
    blocks += [_products(report, width), *_open(report, width)]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def printed(report: ShiftReport, columns: int) -> str:
    """Return a report as a printer of so many columns takes it."""
    # Only what is printed needs it.
    from tui.formats.printed import TEAR_OFF

    return f"{text(report, columns)}{TEAR_OFF}"


def _account(report: ShiftReport) -> Pairs:
    said = str(account_words(report))
    pairs = account_pairs(report.account, report.end) if report.account else []
    return [*pairs, (said, "")] if said else pairs


def _operators(operators: Sequence[OperatorShare], width: int) -> list[str]:
    if width >= NARROWEST_TABLE:
        rows = [
            (
                fit(each.operator, 16).rstrip(),
                money.count(each.orders),
                money.count(each.cards),
                money.exact(each.sold),
                money.exact(each.cost),
                money.exact(each.margin),
            )
            for each in operators
        ]
        heads = ("OPERATOR", "ORDERS", "CARDS", "SOLD", "COST", "MARGIN")
        return as_text.table(heads, rows, right={1, 2, 3, 4, 5}).split("\n")
    lines: list[str] = []
    for each in operators:
        lines += _broken(each.operator, width)
        pairs = [(f"  {counted(each.cards, 'card')}", money.exact(each.sold))]
        lines += _facing([*pairs, ("  margin", money.exact(each.margin))], width)
    return lines


def _products(report: ShiftReport, width: int) -> list[str]:
    if width >= NARROWEST_TABLE:
        rows = [
            (
                money.count(each.cards),
                money.exact(each.sold),
                money.exact(each.cost),
                money.exact(each.margin),
                fit(each.product, width - 46).rstrip(),
            )
            for each in report.products
        ]
        heads = ("CARDS", "SOLD", "COST", "MARGIN", "PRODUCT")
        return as_text.table(heads, rows, right={0, 1, 2, 3}).split("\n") if rows else []
    pairs = [(f"{e.cards} {e.product}", money.exact(e.sold)) for e in report.products]
    return _facing(pairs, width)


def _open(report: ShiftReport, width: int) -> Iterator[list[str]]:
    for kind, name in KINDS.items():
        if rows := report.of_kind(kind):
            number = getattr(report.all, kind)
            yield [
                f"{counted(number, 'order')} {name}:",
                *(part for row in rows for part in _broken(f"  {open_words(row, report)}", width)),
            ]


def _facing(pairs: Pairs, width: int) -> list[str]:
    """Lay names at the left and amounts at the right, close together on a wide page."""
    room = min(width, 44)
    lines: list[str] = []
    for name, value in pairs:
        if not value:
            lines += _broken(name, width)
            continue
        label = fit(clean(name), max(1, room - cell_width(value) - 1))
        lines.append(f"{label} {value}")
    return lines


def _broken(line: str, width: int) -> list[str]:
    # Only what is printed needs it.
    from tui.formats.printed import broken

    return broken(clean(line), width)


def rows(report: ShiftReport) -> list[ExportRow]:
    """Return a report as rows: all of it, each operator, each product."""
    begin = as_json.instant(report.begin)
    shift: ExportRow = {"shift": report.number, "from": begin, "to": as_json.instant(report.end)}
    account = report.account
    whole = _share(report.all) | (
        {}
        if account is None
        else {
            "balance_start": as_json.amount(account.start),
            "paid_in": as_json.amount(account.paid_in),
            "must_be": as_json.amount(account.must_be),
            "balance_end": as_json.amount(account.end),
            "account_agrees": account.agrees,
        }
    )
    return [
        shift | {"of": "all", "name": ""} | whole,
        *(shift | {"of": "operator", "name": e.operator} | _share(e) for e in report.operators),
        *(shift | {"of": "product", "name": e.product} | _sums(e) for e in report.products),
    ]


def _sums(each: OperatorShare | ProductShare) -> Document:
    return {
        "cards": each.cards,
        "sold": as_json.amount(each.sold),
        "cost": as_json.amount(each.cost),
        "margin": as_json.amount(each.margin),
    }


def _share(each: OperatorShare) -> Document:
    return {
        "orders": each.orders,
        **_sums(each),
        "came_back": as_json.amount(each.came_back),
        "refunded": each.refunded,
        "partial": each.partial,
        "handed_over": each.handed_over,
        "to_hand_over": each.to_hand_over,
        "handling": each.handling,
        "unresolved": each.unresolved,
    }


def document(report: ShiftReport) -> Document:
    """Return a report as JSON; customers are in none of it."""
    account = report.account
    return {
        "shift": report.number,
        "closed": report.closed,
        "closed_by": report.closed_by or None,
        "from": as_json.instant(report.begin),
        "to": as_json.instant(report.end),
        "all": _share(report.all),
        "operators": [{"operator": e.operator} | _share(e) for e in report.operators],
        "products": [{"product": e.product} | _sums(e) for e in report.products],
        "earlier_shifts": {
            "orders": report.earlier.orders,
            "sold_less": as_json.amount(report.earlier.sold),
            "cost_less": as_json.amount(report.earlier.cost),
        },
        "open": [
            {
                "kind": e.kind,
                "purchase_id": e.purchase_id,
                "order_id": e.order_id or None,
                "goods": e.goods,
                "since": as_json.instant(e.since),
                "operator": e.operator,
            }
            for e in report.open
        ],
        "account": None if account is None else _account_document(account),
        "account_not_read": report.not_read or None,
    }


def _account_document(account: AccountCheck) -> Document:
    amount = as_json.amount
    return {
        "since": as_json.instant(account.since),
        "until": as_json.instant(account.until),
        "start": amount(account.start),
        "paid_in": amount(account.paid_in),
        "paid_out": amount(account.paid_out),
        "spent": [{"operator": name, "amount": amount(value)} for name, value in account.spent],
        "came_back": amount(account.came_back),
        "must_be": amount(account.must_be) if account.charged else None,
        "is": amount(account.end),
        "agrees": account.agrees if account.charged else None,
    }
