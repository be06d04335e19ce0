"""What the board knows of a customer: whom the last purchase was for, and what one bought last."""

from collections.abc import Iterable
from datetime import datetime

from services.domain.book import BoardOrder
from services.domain.local_time import local_when
from services.domain.typed.product_names import goods_name


def served_last(orders: Iterable[BoardOrder]) -> str:
    """Return the customer of this desk's newest order; empty where it names none.

    Args:
        orders: of the board, the newest first.
    """
    return next((order.note for order in orders if order.mine), "")


def bought_last(orders: Iterable[BoardOrder], customer: str, now: datetime | None) -> str:
    """Say what a customer bought last here; empty where the board does not know.

    Args:
        orders: of the board, the newest first.
        customer: as typed.
        now: UTC.
    """
    wanted = customer.strip().casefold()
    if not wanted:
        return ""
    last = next((order for order in orders if order.mine and order.note.casefold() == wanted), None)
    if last is None:
        return ""
    goods = goods_name(last.product, last.denomination)
    said = f"{last.note}: last bought {goods} {local_when(last.time, now)}"
    if last.given_at is not None:
        return f"{said}, handed over {local_when(last.given_at, now)}."
    return f"{said}, not handed over yet." if last.to_give else f"{said}."
