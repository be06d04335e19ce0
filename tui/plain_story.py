"""What was found and the story of an order as plain text, one thing a line for a screen reader."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.book_models import BoardOrder
from services.story import own_key
from services.text import clean
from tui import plain
from tui.plain import facts, local, table

if TYPE_CHECKING:
    from services.lookup_models import Hit
    from services.story import Story


def hits(found: "Sequence[Hit]") -> str:
    """Print what was found, in the order given."""
    return table(
        ("FOUND BY", "TIME", "STATE", "ORDER", "CARDS", "WHO", "GIVEN", "WHAT"),
        [
            (
                ", ".join(hit.by),
                local(hit.row.time),
                hit.row.state,
                hit.row.order_id or hit.row.purchase_id,
                plain.cards_of(hit.row.fulfilled_quantity, hit.row.quantity),
                plain.who(hit.row),
                plain.given(hit.row),
                plain.what(hit.row),
            )
            for hit in found
        ],
        right={4},
    )


def story(told: "Story") -> str:
    """Print the whole story: what may be said first, then each thing with its date and time."""
    parts = [
        facts(_about(told)),
        "\n".join(["May be told to the customer:", *(f"  {clean(said)}" for said in told.tell)]),
        "\n".join(["What happened:", *_lines(told)]),
        "\n".join(map(clean, told.gaps)),
    ]
    return "\n\n".join(part for part in parts if part)


def _about(told: "Story") -> Sequence[tuple[str, str]]:
    row, purchase = told.row, told.purchase
    return (
        ("state", row.state),
        ("order", row.order_id),
        ("purchase", row.purchase_id),
        ("key", own_key(purchase) if purchase else ""),
        ("request", purchase.request_id if purchase else ""),
        ("what", f"{row.quantity} x {row.product}, {row.denomination}"),
        ("cards", plain.cards_of(row.fulfilled_quantity, row.quantity)),
        ("total", plain.dzd(row.total)),
        ("bought by", _buyer(row, purchase.host if purchase else "")),
        ("note", row.note),
        ("given", plain.given(row)),
    )


def _buyer(row: BoardOrder, host: str) -> str:
    return f"{row.operator} on {host}" if row.mine and host else plain.who(row)


def _lines(told: "Story") -> list[str]:
    lines: list[str] = []
    for entry in told.entries:
        at = local(entry.at) if entry.at else "now"
        by = f" ({entry.who})" if entry.who else ""
        lines.append(clean(f"  {at:<19}  {entry.words()}{by}"))
    return lines
