"""What was found and the timeline of an order as plain text, a thing a line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.domain.book import BoardOrder
from services.domain.local_time import local_time
from services.domain.status_text import not_handed_over
from services.domain.text import clean
from services.domain.timeline import own_key
from tui.formats import as_text
from tui.formats.as_text import facts, table

if TYPE_CHECKING:
    from services.domain.timeline import Timeline
    from services.domain.typed.lookup import LookupHit


def hits(found: "Sequence[LookupHit]") -> str:
    """Print what was found, in the order given."""
    return table(
        ("FOUND BY", "TIME", "STATE", "ORDER", "CARDS", "WHO", "HANDED OVER", "WHAT"),
        [
            (
                ", ".join(hit.by),
                local_time(hit.row.time),
                hit.row.state_words,
                hit.row.order_id or hit.row.purchase_id,
                as_text.cards_of(hit.row.delivered, hit.row.quantity),
                as_text.who(hit.row),
                as_text.given(hit.row),
                as_text.what(hit.row),
            )
            for hit in found
        ],
        right={4},
    )


def order_timeline(timeline: "Timeline", language: str) -> str:
    """Print the timeline: what may be said first, then each thing with its date and time.

    Args:
        timeline: what is printed.
        language: the customer's.
    """
    said = timeline.sentences(language)
    parts = [
        facts(_about(timeline)),
        "\n".join(["You can tell the customer:", *(f"  {clean(each)}" for each in said)]),
        "\n".join(["What happened:", *_lines(timeline)]),
        "\n".join(clean(str(gap)) for gap in timeline.gaps),
    ]
    return "\n\n".join(part for part in parts if part)


def _about(timeline: "Timeline") -> Sequence[tuple[str, str]]:
    row, purchase = timeline.row, timeline.purchase
    return (
        ("state", row.state_words),
        ("order", row.order_id),
        ("purchase", row.purchase_id),
        ("key", own_key(purchase) if purchase else ""),
        ("request", purchase.request_id if purchase else ""),
        ("what", f"{row.quantity} x {row.goods}"),
        ("cards", as_text.cards_of(row.delivered, row.quantity)),
        ("total", as_text.dzd(row.total)),
        ("bought by", _buyer(row, purchase.host if purchase else "")),
        ("note", row.note),
        ("handed over", as_text.given(row) or not_handed_over(row)),
    )


def _buyer(row: BoardOrder, host: str) -> str:
    if not row.mine:
        return "another desk"
    return f"{row.operator} on {host}" if host else row.operator


def _lines(timeline: "Timeline") -> list[str]:
    lines: list[str] = []
    for entry in timeline.entries:
        at = local_time(entry.at) if entry.at else "now"
        by = f" ({entry.who})" if entry.who else ""
        lines.append(clean(f"  {at:<19}  {entry.words()}{by}"))
    return lines
