"""Movements matched to orders and purchases, and the day's sum against what the orders say."""

from datetime import timedelta
from decimal import Decimal

import pytest

from services.domain.book import BoardOrder
from services.domain.ledger import LedgerSources, Mark, Owner, build, cost, signed
from services.domain.models import Order, Purchase, PurchaseState


@pytest.fixture
def order(morning):
    def make(name, status="FULFILLED", *, quantity=2, fulfilled=None, price=100, hours=0):
        final = status != "HANDLING"
        return Order(
            id=name,
            status=status,
            quantity=quantity,
            product="steam",
            type="t20",
            time=morning + timedelta(hours=hours),
            fulfilled_amount=None if fulfilled is None else Decimal(fulfilled),
            price_per_card=Decimal(price) if final and price is not None else None,
        )

    return make


@pytest.fixture
def purchase(morning):
    def make(order_id, **facts):
        known = {
            "id": f"p-{order_id}",
            "idempotency_key": "",
            "state": PurchaseState.HANDLING,
            "product_id": "steam",
            "product_title": "Steam Wallet",
            "type_id": "t20",
            "type_name": "20 EUR",
            "quantity": 2,
            "unit_price": Decimal(100),
            "total": Decimal(200),
            "created_at": morning,
            "updated_at": morning,
            "operator": "amina",
            "host": "desk1",
            "order_id": order_id,
        }
        return Purchase(**(known | facts))

    return make


@pytest.fixture
def look(morning):
    """Build the ledger of the six hours around the morning."""

    def make(transactions, orders=(), purchases=(), *, complete=True, charged=True):
        mine = {p.order_id for p in purchases}
        board = [
            BoardOrder(name, name, "", "Steam", "20", 2, morning, mine=name in mine)
            for name in {order.id for order in orders} | mine
        ]
        read = LedgerSources(
            tuple(transactions), tuple(orders), tuple(purchases), tuple(board), complete, charged
        )
        return build(
            read,
            start=morning - timedelta(hours=3),
            end=morning + timedelta(hours=3),
            read_at=morning,
        )

    return make


def test_each_movement_is_matched_to_its_order_and_whose_it_is(look, move, order, purchase):
    ledger = look(
        [
            move(1, 1000, 800, objid="a"),
            move(2, 800, 600, second=5, objid="b"),
            move(3, 600, 1600, second=10, type="DEPOSIT"),
        ],
        [order("a", fulfilled=200), order("b", fulfilled=200)],
        [purchase("a")],
    )
    deposit, theirs, ours = ledger.rows
    assert (ours.owner, ours.order.order_id, ours.mark) == (Owner.OURS, "a", Mark.NOTHING)
    assert (theirs.owner, theirs.order_id, theirs.mark) == (Owner.OTHER, "b", Mark.NOT_OURS)
    assert (deposit.owner, deposit.order, deposit.mark) == (Owner.NO_ORDER, None, Mark.NOTHING)
    assert [row.change for row in ledger.rows] == [1000, -200, -200]
    assert (ledger.day_spent, ledger.day_orders, ledger.agrees) == (400, 400, True)


def test_a_debit_without_an_order_is_marked_and_is_the_difference(look, move, order):
    ledger = look(
        [move(1, 1000, 800, objid="a"), move(2, 800, 650, second=5, objid="lost")],
        [order("a", fulfilled=200)],
    )
    assert [row.mark for row in ledger.rows] == [Mark.NO_ORDER, Mark.NOT_OURS]
    assert ledger.rows[0].owner is Owner.UNLISTED
    assert (ledger.difference, ledger.agrees) == (150, False)


def test_a_debit_that_names_no_order_at_all_is_marked_too(look, move):
    ledger = look([move(1, 1000, 900), move(2, 900, 850, second=5)])
    assert [row.mark for row in ledger.rows] == [Mark.NO_ORDER, Mark.NO_ORDER]
    assert ledger.difference == 150


def test_ours_is_ours_while_the_list_does_not_show_it_yet(look, move, purchase):
    ledger = look([move(1, 1000, 800, objid="a")], [], [purchase("a")])
    assert (ledger.rows[0].owner, ledger.rows[0].mark) == (Owner.OURS, Mark.NOTHING)
    assert ledger.agrees


@pytest.mark.parametrize(
    ("status", "fulfilled", "refund"), [("PARTIALLY_FILLED", 100, 100), ("REFUNDED", 0, 200)]
)
def test_a_refund_is_taken_off_what_its_order_cost(
    look, move, order, purchase, status, fulfilled, refund
):
    ledger = look(
        [
            move(1, 1000, 800, objid="a"),
            move(2, 800, 800 + refund, second=5, objid="a", type="REFUND-ORDER"),
        ],
        [order("a", status, fulfilled=fulfilled)],
        [purchase("a")],
    )
    assert (ledger.day_spent, ledger.day_orders) == (fulfilled, fulfilled)
    assert ledger.agrees
    assert [row.mark for row in ledger.rows] == [Mark.NOTHING, Mark.NOTHING]
    assert ledger.rows[0].change == refund


def test_a_refund_that_is_missing_is_the_difference(look, move, order, purchase):
    ledger = look(
        [move(1, 1000, 800, objid="a")], [order("a", "REFUNDED", fulfilled=0)], [purchase("a")]
    )
    assert ledger.rows[0].mark is Mark.DIFFERS
    assert ledger.difference == 200


def test_an_order_that_was_not_debited_is_counted(look, order):
    ledger = look([], [order("a", fulfilled=200), order("b", "REFUNDED", fulfilled=0)])
    assert (ledger.undebited, ledger.difference) == (1, -200)


def test_an_open_order_costs_all_of_it(look, move, order, purchase):
    ledger = look([move(1, 1000, 800, objid="a")], [order("a", "HANDLING")], [purchase("a")])
    assert (ledger.day_orders, ledger.agrees) == (200, True)


def test_the_debit_of_another_desks_open_order_counts_as_its_price(look, move, order):
    ledger = look([move(1, 1000, 700, objid="a")], [order("a", "HANDLING")])
    assert (ledger.day_orders, ledger.agrees) == (300, True)


def test_a_refund_of_an_order_of_the_day_before_is_shown_and_not_counted(look, move, order):
    ledger = look(
        [
            move(1, 1000, 800, objid="old", second=-4 * 3600),
            move(2, 800, 1000, objid="old", type="REFUND-ORDER"),
            move(3, 1000, 1100, objid="older", type="REFUND-ORDER", second=60),
        ],
        [order("old", "REFUNDED", fulfilled=0, hours=-4)],
    )
    assert [row.transaction.id for row in ledger.rows] == ["t0003", "t0002"]
    assert [row.mark for row in ledger.rows] == [Mark.NOTHING, Mark.NOTHING]
    assert (ledger.day_spent, ledger.agrees) == (0, True)


def test_a_refund_after_the_end_belongs_to_its_order_of_the_day(look, move, order):
    ledger = look(
        [
            move(1, 1000, 800, objid="a"),
            move(2, 800, 1000, objid="a", type="REFUND-ORDER", second=4 * 3600),
        ],
        [order("a", "REFUNDED", fulfilled=0)],
    )
    assert len(ledger.rows) == 1
    assert ledger.agrees


def test_a_break_is_marked_where_it_is_and_counted(look, move):
    ledger = look(
        [
            move(1, 1000, 900, second=-4 * 3600),
            move(2, 800, 1800, type="DEPOSIT"),
            move(3, 1800, 1700, type="WITHDRAW", second=60),
        ]
    )
    assert [row.mark for row in ledger.rows] == [Mark.NOT_OURS, Mark.BREAK]
    assert ledger.breaks == 1


def test_an_environment_that_takes_no_money_has_nothing_to_compare(look, order, purchase):
    ledger = look(
        [], [order("a", fulfilled=200), order("b", "HANDLING")], [purchase("a")], charged=False
    )
    assert not ledger.charged
    assert (ledger.rows, ledger.difference, ledger.undebited) == ((), 0, 0)


def test_a_reading_that_is_not_whole_agrees_with_nothing(look):
    ledger = look([], complete=False)
    assert not ledger.difference
    assert not ledger.agrees


@pytest.mark.parametrize(
    ("type", "operation", "change"),
    [
        ("DEPOSIT", "", 70),
        ("SEND", "", -70),
        ("NEW-THING", "increment", 70),
        ("NEW-THING", "decrement", -70),
        ("NEW-THING", "", None),
    ],
)
def test_without_balances_the_type_or_the_operation_tells_the_sign(move, type, operation, change):
    assert signed(move(1, None, None, type=type, operation=operation, amount=70)) == change


def test_the_balances_tell_the_sign_of_any_type(move):
    assert signed(move(1, 100, 30, type="DEPOSIT")) == -70


@pytest.mark.parametrize(
    ("status", "fulfilled", "price", "ours", "costs"),
    [
        ("FULFILLED", 190, 100, True, 190),
        ("FULFILLED", None, None, False, None),
        ("REFUNDED", None, None, False, 0),
        ("PAUSED", None, 100, False, 200),
        ("HANDLING", None, None, True, 200),
        ("HANDLING", None, None, False, None),
    ],
)
def test_what_an_order_says_it_costs(order, purchase, status, fulfilled, price, ours, costs):
    bought = purchase("a") if ours else None
    assert cost(order("a", status, fulfilled=fulfilled, price=price), bought) == costs


def test_an_order_that_only_the_journal_knows_costs_what_was_confirmed(purchase):
    assert cost(None, purchase("a")) == 200
    assert cost(None, purchase("a", fulfilled_amount=Decimal(100))) == 100
