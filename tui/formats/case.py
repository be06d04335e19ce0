"""Cases as text for a person, as rows for a file, and as JSON: never a code, never a serial."""

from collections.abc import Sequence
from datetime import datetime

from services.domain.local_time import local_day, local_time
from services.domain.shop.case import CaseFile, CaseRow, age_words
from tui.formats import as_json, as_text
from tui.formats.as_json import Document


def listed(rows: Sequence[CaseRow], now: datetime) -> str:
    """Print cases, in the order given."""
    return as_text.table(
        ("CASE", "OPENED", "AGE", "DUE", "ORDER", "TICKET", "CARD", "WHAT IS WRONG", "WHAT"),
        [
            (
                str(row.case.number),
                local_day(row.case.opened_at),
                row.case.ended or age_words(row.case, now),
                f"{row.case.due}{' overdue' if row.case.overdue(now) else ''}"
                if row.case.due
                else "",
                row.case.order_id,
                row.case.ticket,
                row.which,
                row.case.reason,
                ", ".join(filter(None, (row.goods, row.customer))),
            )
            for row in rows
        ],
        right={0},
    )


def text(file: CaseFile, now: datetime) -> str:
    """Print one case with what was said of it."""
    row = file.row
    case = row.case
    facts = as_text.facts(
        (
            ("case", str(case.number)),
            ("state", case.ended or age_words(case, now)),
            ("order", case.order_id),
            ("card", row.which),
            ("what", row.goods),
            ("customer", row.customer),
            ("what is wrong", case.reason),
            ("ticket", case.ticket),
            ("until", f"{case.due}{', overdue' if case.overdue(now) else ''}" if case.due else ""),
            ("opened", f"{local_time(case.opened_at)} by {case.opened_by}"),
            (
                "closed",
                f"{local_time(case.closed_at)} by {case.closed_by}" if case.closed_at else "",
            ),
        )
    )
    notes = [(local_time(e.at), e.who, e.why) for e in case.notes(file.events)]
    return f"{facts}\n\n{as_text.table(('TIME', 'WHO', 'WHAT'), notes)}"


def document(row: CaseRow, now: datetime) -> Document:
    """Return a case as JSON; cards count from 1, as people count them."""
    case, order = row.case, row.order
    return {
        "case": case.number,
        "open": case.is_open,
        "order_id": case.order_id,
        "purchase_id": case.purchase_id or None,
        "card": case.card + 1,
        "product_title": order.product if order else None,
        "type_name": order.denomination if order else None,
        "note": order.note if order else None,
        "reason": case.reason,
        "ticket": case.ticket or None,
        "due": case.due.isoformat() if case.due else None,
        "overdue": case.overdue(now),
        "opened_at": as_json.instant(case.opened_at),
        "opened_by": case.opened_by,
        "days": case.days(now),
        "outcome": case.outcome or None,
        "replaced_by": case.replaced_by or None,
        "closed_at": as_json.instant(case.closed_at) if case.closed_at else None,
        "closed_by": case.closed_by or None,
    }


def file_document(file: CaseFile, now: datetime) -> Document:
    """Return a case as JSON with what was said of it."""
    notes = [
        {"at": as_json.instant(e.at), "who": e.who, "text": e.why}
        for e in file.row.case.notes(file.events)
    ]
    return document(file.row, now) | {"notes": notes}
