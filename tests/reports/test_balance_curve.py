"""The balance of a day, joined of readings, of what the journal moved, and of a ledger."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from services.domain.day_figures import At
from services.reports.balance_curve import balance_of_day

START = datetime(2026, 3, 10, tzinfo=UTC)


def at(hour: int, amount: int) -> At:
    return At(START + timedelta(hours=hour), Decimal(amount))


def test_readings_are_joined_by_what_moved_between_them() -> None:
    moves = [at(9, -10), at(11, -20), at(13, -5)]
    found = balance_of_day(moves, [at(10, 100), at(12, 580)], None)
    assert found == (
        *(at(9, 110), at(10, 100), at(11, 80)),
        # More than the journal moved: somebody paid in.
        *(at(12, 580), at(13, 575)),
    )


def test_without_a_known_balance_there_is_no_curve() -> None:
    assert balance_of_day([at(9, -10)], [], None) == ()
