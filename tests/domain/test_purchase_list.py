"""Rows of a file: their goods, their keys, what is left in stock for each."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.models import (
    Catalog,
    Category,
    Denomination,
    Product,
    Purchase,
    PurchaseState,
    Stock,
)
from services.domain.text import clean
from services.domain.typed.purchase_list import (
    ListedRow,
    PlannedRow,
    PurchasePlan,
    RowOutcome,
    RowProblem,
    look_bought,
    named_product,
    next_key,
    outcome,
    planned,
    too_few,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EU = Product("p1", clean("PUBG Mobile UC"), clean("Games"), region=clean("EU"))
MENA = Product("p2", clean("PUBG Mobile UC"), clean("Games"), region=clean("MENA"))
DOLLAR = Product("p3", clean("Roblox"), clean("Games"), currency=clean("USD"))
CATALOG = Catalog((Category(clean("Games"), (EU, MENA, DOLLAR)),), NOW)
STOCK = Stock(
    "p1",
    clean("PUBG Mobile UC"),
    (
        Denomination("t1", clean("60 UC"), Decimal(100), 5),
        Denomination("t2", clean("120 UC"), Decimal(0), 5, closed="not for sale"),
        Denomination("t3", clean("Twice"), Decimal(1), 5),
        Denomination("t4", clean("twice"), Decimal(1), 5),
    ),
    NOW,
)


def row(line=2, quantity=2, key="from-1-1", **named):
    return ListedRow(line, quantity, key, **named)


def plan(line, quantity=2, purchase=None, *, own=False, note=""):
    asked = row(line, quantity, f"k{line}", own=own, product_id="p1", type_id="t1", note=note)
    return PlannedRow(
        asked, asked.key, "p1", "UC", "t1", "60 UC", "UC 60 UC", Decimal(100),
        Decimal(100) * quantity, purchase,
    )  # fmt: skip


def bought(state=PurchaseState.FULFILLED, key="from-other-1", note=""):
    return Purchase(
        "p1-1", key, state, "p1", clean("UC"), "t1", clean("60 UC"), 2, Decimal(100),
        Decimal(200), NOW, NOW, clean("amina"), "host", note=clean(note),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (row(product_id="p2"), MENA),
        (row(product="pubg mobile uc, eu"), EU),
    ],
)
def test_a_product_is_meant_by_its_id_or_its_whole_name(asked, found):
    assert named_product(CATALOG, asked) is found


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (row(product_id="p9"), 'no product "p9"'),
        (row(product="PUBG"), 'no product "PUBG"'),
        (row(product="PUBG Mobile UC"), "2 products: give the product_id, p1 (EU), p2 (MENA)"),
        (row(product="Roblox"), "listed in USD"),
    ],
)
def test_a_name_that_means_none_or_several_is_wrong(asked, words):
    assert words in str(named_product(CATALOG, asked))


@pytest.mark.parametrize(
    ("asked", "words", "refused"),
    [
        (row(type_id="t9"), 'no value "t9"', False),
        (row(value="60"), 'no value "60"', False),
        (row(value="TWICE"), "several values", False),
        (row(type_id="t2"), "not for sale", True),
        (row(type_id="t1", max_total=Decimal(199)), "above its max_total", True),
    ],
)
def test_a_value_that_cannot_be_bought_says_why(asked, words, refused):
    problem = planned(asked, "k", EU, STOCK)
    assert isinstance(problem, RowProblem)
    assert words in problem.words
    assert (problem.line, problem.refused) == (2, refused)


def test_a_planned_row_has_its_cost():
    found = planned(row(value="60 uc"), "k", EU, STOCK)
    assert isinstance(found, PlannedRow)
    assert (found.type_id, found.total) == ("t1", Decimal(200))
    assert found.product_title == "PUBG Mobile UC, EU"


def test_stock_is_counted_down_over_the_rows():
    problems = too_few([plan(2), plan(3), plan(4), plan(5, 1)], [STOCK])
    assert [problem.line for problem in problems] == [4]
    assert "1 left in stock for this row, 2 wanted" in problems[0].words


def test_a_value_of_another_product_with_the_same_id_has_a_stock_of_its_own():
    other = replace(
        STOCK, product_id="p2", denominations=(replace(STOCK.denominations[0], quantity=0),)
    )
    assert not too_few([plan(2)], [STOCK, other])


def test_the_sums_are_of_what_is_to_buy():
    whole = PurchasePlan((plan(2), plan(3, purchase=bought()), plan(4, 1)))
    assert (len(whole.to_buy), whole.cards, whole.total) == (2, 3, Decimal(300))


@pytest.mark.parametrize(
    ("state", "now", "became"),
    [
        ("INTENT", True, RowOutcome.NOT_BOUGHT),
        ("NOT_SENT", True, RowOutcome.NOT_BOUGHT),
        ("NOT_PLACED", False, RowOutcome.NOT_BOUGHT),
        ("REFUSED", True, RowOutcome.REFUSED),
        ("SENDING", False, RowOutcome.UNRESOLVED),
        ("UNRESOLVED", True, RowOutcome.UNRESOLVED),
        ("AMBIGUOUS", False, RowOutcome.UNRESOLVED),
        ("HANDLING", True, RowOutcome.BOUGHT),
        ("FULFILLED", False, RowOutcome.EARLIER),
        ("PARTIALLY_FILLED", True, RowOutcome.BOUGHT),
        ("REFUNDED", False, RowOutcome.REFUNDED),
    ],
)
def test_every_state_is_an_outcome(state, now, became):
    assert outcome(bought(PurchaseState(state)), now=now) is became
    assert outcome(None, now=now) is RowOutcome.NOT_BOUGHT


def test_what_another_file_bought_is_not_bought_again_as_often():
    rows = [plan(2), plan(3), plan(4, note="for Ali"), plan(5, own=True)]
    problems = look_bought(rows, [bought(), bought(note="FOR ALI")])
    assert [problem.line for problem in problems] == [2, 4]
    assert all(problem.repeated for problem in problems)


@pytest.mark.parametrize(
    "earlier",
    [
        bought(key="sale-17"),
        bought(PurchaseState.REFUSED),
        bought(PurchaseState.NOT_SENT),
        bought(PurchaseState.REFUNDED),
        replace(bought(), quantity=3),
    ],
)
def test_what_bought_nothing_or_something_else_is_no_reason(earlier):
    assert not look_bought([plan(2)], [earlier])


def test_the_key_of_another_attempt():
    assert [next_key("k", attempts) for attempts in range(3)] == ["k", "k/2", "k/3"]
