"""Movements on an account that begins with 1 000 DZD."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.domain.models import Transaction

MORNING = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

Move = Callable[..., Transaction]


@pytest.fixture
def morning() -> datetime:
    return MORNING


@pytest.fixture
def move() -> Move:
    """Make a movement from one balance to another: `move(3, 1000, 900, second=5)`."""

    def make(
        number: int,
        old: int | None,
        new: int | None,
        *,
        second: float = 0,
        type: str = "ORDER",
        objid: str = "",
        amount: int | None = None,
        operation: str = "",
    ) -> Transaction:
        known = old is not None and new is not None
        return Transaction(
            id=f"t{number:04d}",
            type=type,
            operation=operation,
            amount=Decimal(abs(new - old) if known and amount is None else amount or 0),
            old_balance=None if old is None else Decimal(old),
            new_balance=None if new is None else Decimal(new),
            objid=objid,
            note="",
            time=MORNING + timedelta(seconds=second),
        )

    return make
