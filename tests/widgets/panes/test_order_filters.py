"""What orders and movements are found by alone, and how they are sorted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.domain.book import BoardOrder
from services.domain.models import CODES_LATE
from services.domain.money import Prices
from widgets.board.rows import Rows
from widgets.panes.order_filters import ATTENTION, PREFIXES, order_search, sort_keys

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def order(key: str, **facts: Any) -> BoardOrder:
    known: dict[str, Any] = {
        "row_id": key,
        "order_id": f"66f0aa{key}",
        "state": "FULFILLED",
        "product": "Steam Wallet",
        "denomination": "20 EUR",
        "quantity": 1,
        "time": NOW,
        "mine": True,
        "operator": "Amel",
        "purchase_id": f"p-{key}",
        "final": True,
    }
    return BoardOrder(**(known | facts))


ORDERS = (
    order("hand", state="HANDLING", final=False, note="Karim, ticket 12"),
    order("unres", state="UNRESOLVED", final=False, order_id=""),
    order("full", idempotency_key="till-7-0042"),
    order("part", state="PARTIALLY_FILLED", operator="Yacine"),
    order("theirs", mine=False, operator="", purchase_id="", product="Netflix"),
    order("noplace", state="NOT_PLACED", operator=""),
    order("late", late=True, note="أحمد"),
    order("new", state="BRAND_NEW", final=False, operator="mother"),
)


@pytest.fixture
def rows() -> Rows[BoardOrder]:
    listed = Rows[BoardOrder](lambda row: row.row_id, order_search, PREFIXES)
    listed.replace(ORDERS)
    return listed


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("st:hand", "hand"),
        ("st:HANDLING", "hand"),
        ("st:hanlding", "hand"),
        ("st:unres", "unres"),
        ("st:open", "hand unres new"),
        ("st:final", "full part theirs noplace late"),
        ("st:partial", "part"),
        ("st:filled", "part"),
        ("st:not_placed", "noplace"),
        ("st:placed", "noplace"),
        ("st:late", "late"),
        ("!st:final", "hand unres new"),
        ("!st:open !op:other", "full part noplace late"),
        ("st:brand", "new"),
        ("st:", "hand unres full part theirs noplace late new"),
        ("id:66f0aaha", "hand"),
        ("id:...aafull", "full"),
        ("id:aapart", "part"),
        ("id:p-unres", "unres"),
        ("ref:karim", "hand"),
        ("ref:kraim", "hand"),
        ("ref:12", "hand"),
        ("ref:till-7", "full"),
        ("ref:احمد", "late"),
        ("op:yacin", "part"),
        ("op:other", "theirs"),
        ("op:?", "theirs"),
        ("op:oth", "theirs new"),
        ("op:this", "noplace"),
        ("op:amel st:ful steam", "full late"),
        ("st:open op:amel karim", "hand"),
        ("netlfix op:other", "theirs"),
        ("xx:hand", ""),
    ],
)
def test_a_prefix_finds_by_one_thing(rows: Rows[BoardOrder], typed: str, keys: str) -> None:
    rows.filter(typed)
    assert {row.row_id for row in rows.listed} == set(keys.split())


def in_order(column: str, orders: tuple[BoardOrder, ...]) -> list[str]:
    return [row.row_id for row in sorted(orders, key=sort_keys(Prices)[column])]


def test_states_are_sorted_by_who_waits_for_a_person() -> None:
    facts = {
        CODES_LATE: {"state": "FULFILLED", "cards_came": 0},
        "HANDED_OVER": {"state": "FULFILLED", "given_at": NOW},
        "ELSEWHERE": {"state": "FULFILLED", "mine": False},
    }
    orders = tuple(order(name, **facts.get(name, {"state": name})) for name in sorted(ATTENTION))
    assert in_order("state", orders) == list(ATTENTION)
    assert in_order("state", (*orders, order("new", state="NEW")))[7] == "new"


def test_money_ages_and_names_are_sorted_by_what_they_are() -> None:
    priced = (
        order("a", total=Decimal("1000.50")),
        order("b", total=None),
        order("c", total=Decimal("999")),
        order("d", total=Decimal("20000")),
        order("e", total=Decimal("20000"), state="REFUNDED"),
    )
    for column in ("price", "cost"):
        assert in_order(column, priced) == ["b", "e", "c", "a", "d"]
    ages = tuple(order(str(hours), time=NOW - timedelta(hours=hours)) for hours in (30, 2, 11))
    assert in_order("placed", ages) == ["30", "11", "2"]
    faces = tuple(order(face, denomination=f"{face} EUR") for face in ("100", "20", "5"))
    assert in_order("what", faces) == ["5", "20", "100"]
    assert in_order("qty", (order("two", quantity=2), order("one"))) == ["one", "two"]
    desks = (order("t", mine=False), order("a"), order("this", operator=""))
    assert in_order("desk", desks) == ["a", "t", "this"]


def test_orders_of_the_typed_product_come_first() -> None:
    goods = ("Roblox", "Roblox Robux", "Steam")
    rows = Rows[BoardOrder](lambda row: row.row_id, order_search, PREFIXES)
    rows.replace(tuple(order(name, product=name, region="Global") for name in goods))
    for typed in ("roblox robux", "robux", "robux global"):
        rows.filter(typed)
        assert [row.product for row in rows.listed] == ["Roblox Robux", "Roblox"], typed


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("ref:karim", ["Karim"]),
        ("ref:karem", ["Karim", "Karom"]),
        ("op:amel", ["Karim"]),
        ("op:amil", ["Karim", "Karom"]),
        ("!ref:karem", ["Karim", "Karom", "Nadir"]),
        ("ref:karim op:nadia", []),
    ],
)
def test_a_prefix_guesses_only_where_nothing_is_exact(typed: str, keys: list[str]) -> None:
    rows = Rows[BoardOrder](lambda row: row.row_id, order_search, PREFIXES)
    operators = {"Karim": "Amel", "Karom": "Amal", "Nadir": "Nadia"}
    rows.replace(tuple(order(who, note=who, operator=by) for who, by in operators.items()))
    rows.filter(typed)
    assert [row.row_id for row in rows.listed] == keys
