"""Requests about a sale: each is answered, and what was received is read as it is typed."""

from decimal import Decimal

import pytest

from services.domain.errors import BadInput
from tests.domain.shop.test_sale import line, sale
from tui.console import sale_handlers
from tui.screens.requests import LedgerRequest, SaleChangeRequest


class Sales:
    """A stand-in that keeps what it is asked for."""

    async def set_received(self, _: object, amount: Decimal | None) -> Decimal | None:
        return amount


class Desk:
    sales = Sales()


class Console:
    desk = Desk()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("8000", Decimal(8000)),
        ("8 000,50", Decimal("8000.50")),
        ("  ", None),
        ("٨٠٠٠", Decimal(8000)),
    ],
)
async def test_an_amount_is_read_in_any_usual_form(text: str, amount: Decimal | None) -> None:
    request = SaleChangeRequest(sale(line()), "received", text=text)
    assert await sale_handlers.answered(Console(), request) == amount  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["x", "-5", "1,000"])
async def test_what_is_no_amount_changes_nothing(text: str) -> None:
    request = SaleChangeRequest(sale(line()), "received", text=text)
    with pytest.raises(BadInput):
        await sale_handlers.answered(Console(), request)  # type: ignore[arg-type]


async def test_another_request_is_not_taken_for_one_of_a_sale() -> None:
    with pytest.raises(LookupError):
        await sale_handlers.answered(Console(), LedgerRequest())  # type: ignore[arg-type]
