"""Whom the ticket before was for, and what a customer bought last."""

from datetime import UTC, datetime

from services.domain.book import BoardOrder
from services.domain.text import clean
from tui.screens.parts.ticket_customer import bought_last, served_last

NOW = datetime(2026, 3, 1, 16, 20, tzinfo=UTC)


def order(note: str, *, mine: bool = True) -> BoardOrder:
    """An order of the board with a customer."""
    names = clean("Netflix"), clean("15 EUR")
    return BoardOrder("o1", "o1", "REFUNDED", *names, 1, NOW, mine, note=clean(note))


def test_the_customer_of_our_newest_order_is_offered() -> None:
    assert served_last((order("rayan", mine=False), order("karim"), order("ines"))) == "karim"
    assert served_last(()) == ""


def test_what_a_customer_bought_last_is_said_whatever_the_case() -> None:
    orders = (order("ines"), order("karim"))
    assert bought_last(orders, "KARIM ", NOW).startswith("karim: last bought Netflix 15 EUR ")
    assert bought_last(orders, "sonia", NOW) == ""
    assert bought_last(orders, "", NOW) == ""
