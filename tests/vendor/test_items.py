"""Half-good answers: what can be used is used, what cannot is named, and nothing is guessed."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from services.domain.errors import BadReply, DeskError
from services.vendor import wire
from services.vendor.client import value_of
from services.vendor.envelope import Answer, envelope
from services.vendor.placement import classify

NOW = datetime(2025, 10, 29, 1, tzinfo=UTC)
PAGE = {"page": 1, "pageSize": 100, "totalPages": 1, "totalResults": 2}
ORDER = {
    "_id": "6901616fe9e88196b4eb64b3",
    "status": "FULFILLED",
    "quantity": 1,
    "product": "p1",
    "type": "t1",
    "time": "2025-10-29T01:00:00Z",
    "fulfilled_quantity": 1,
    "fulfilled_amount": 980.5,
    "cards": [{"value": "CODE-1", "serial": "S-1"}],
}
MOVE = {"_id": "m1", "type": "ORDER", "amount": 5, "time": 0, "oldBalance": 9, "newBalance": 4}
TYPE = {"id": "t1", "name": "10 EUR", "price": 1326.13, "quantity": 7}
PRODUCT = {"id": "p1", "title": "Netflix", "enabled": True}


def raw(value):
    return Raw(json.dumps(value).encode())


def listed(*items, page=PAGE, elsewhere=None):
    data = {"items": items} | ({} if page is None else {"pagination": page})
    return wire.orders(raw(data), 1, None, raw(elsewhere))


def moved(*items):
    return wire.transactions(raw({"items": items, "pagination": PAGE}), 1)


def stocked(*types, **more):
    return wire.stock(raw({"productId": "p1", "types": types} | more), "p1", NOW)


def catalogue(*products, **more):
    categories = [{"title": "TV", "products": products}]
    return wire.catalog(raw({"categories": categories} | more), NOW)


BAD_ORDERS = {
    "no_time": {k: v for k, v in ORDER.items() if k != "time"} | {"_id": "o2"},
    "no_id": {k: v for k, v in ORDER.items() if k != "_id"},
    "no_status": ORDER | {"_id": "o2", "status": None},
    "odd_quantity": ORDER | {"_id": "o2", "quantity": "many"},
    "text": "odd",
    "null": None,
    "list": [],
    "empty": {},
}


@pytest.mark.parametrize("name", BAD_ORDERS)
def test_a_bad_order_costs_no_other(name):
    page = listed(BAD_ORDERS[name], ORDER)
    assert [order.id for order in page.items] == [ORDER["_id"]]
    (bad,) = page.unread
    assert bad.what == "order"
    assert bad.number == 1
    assert bad.why


def test_a_bad_order_says_all_that_could_be_read():
    (bad,) = listed(BAD_ORDERS["no_time"], ORDER).unread
    assert (bad.id, bad.product, bad.type, bad.quantity) == ("o2", "p1", "t1", 1)
    assert bad.words == "order o2: it has no time"
    assert "CODE" not in repr(bad)


def test_what_only_informs_costs_not_the_order():
    odd = ORDER | {"fulfilled_quantity": -1, "fulfilled_amount": "much", "price_per_card": []}
    (order,) = listed(odd).items
    assert (order.fulfilled_quantity, order.fulfilled_amount) == (None, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"status": "fulfilled"}, "FULFILLED"),
        ({"status": "Partially-Filled"}, "PARTIALLY_FILLED"),
        ({"status": None, "orderStatus": "refunded"}, "REFUNDED"),
        ({"status": "On hold"}, "On hold"),
    ],
)
def test_a_status_is_read_however_it_is_written(written, read):
    assert listed(ORDER | written).items[0].status == read


def test_products_and_types_can_be_objects():
    objects = {"product": {"id": "p1", "title": "Netflix"}, "type": {"_id": "t1", "name": "10"}}
    (order,) = listed(ORDER | objects).items
    assert (order.product, order.type) == ("p1", "t1")


def test_ids_can_be_numbers_and_have_either_name():
    assert (
        listed({"id": 4711} | {k: v for k, v in ORDER.items() if k != "_id"}).items[0].id == "4711"
    )
    assert stocked({"_id": 7, "price": 1, "quantity": 1}).denominations[0].id == "7"
    assert catalogue({"_id": "p9", "name": "PSN"}).find("p9")
    assert moved(MOVE | {"_id": None, "id": 3}).items[0].id == "3"


@pytest.mark.parametrize("odd", [None, "none", {}, {"page": None, "totalResults": "soon"}])
def test_without_a_pagination_the_count_is_unknown(odd):
    page = listed(ORDER, page=odd)
    assert (page.page, page.total_pages, page.total_results) == (1, 1, None)


def test_the_pagination_can_be_in_meta_or_in_text():
    said = {name: str(value) for name, value in PAGE.items()}
    assert listed(ORDER, page=None, elsewhere=said).total_results == 2
    with pytest.raises(ValueError, match="another page"):
        listed(ORDER, page=None, elsewhere=said | {"page": 2})


@pytest.mark.parametrize(
    "around",
    [
        {"pagination": PAGE},
        {"meta": {"pagination": PAGE}},
        {"meta": {"timestamp": "2025-10-29T01:00:00Z"} | PAGE},
        {"meta": None, "pagination": PAGE},
        {"meta": {"pagination": None}, "pagination": PAGE},
    ],
    ids=str,
)
@pytest.mark.parametrize("data", [{"items": [ORDER]}, [ORDER]], ids=["items", "list"])
def test_the_pagination_can_be_anywhere_around_the_list(around, data):
    body = {"success": True, "data": data} | around
    found = envelope(Answer(200, json.dumps(body).encode()))
    page = wire.orders(found.data, 1, None, found.pagination)
    assert [order.id for order in page.items] == [ORDER["_id"]]
    assert page.total_results == 2
    bare = envelope(Answer(200, json.dumps({"success": True, "data": data}).encode()))
    assert wire.orders(bare.data, 1, None, bare.pagination).total_results is None


def test_the_list_can_be_all_of_the_data():
    assert [move.id for move in wire.transactions(raw([MOVE]), 1).items] == ["m1"]
    assert wire.catalog(raw([{"title": "TV", "products": [PRODUCT]}]), NOW).find("p1")


def test_ids_can_be_called_by_what_they_are_of():
    bare = {name: value for name, value in ORDER.items() if name != "_id"}
    assert listed(bare | {"orderId": "o7"}).items[0].id == "o7"
    assert catalogue({"productId": "p7", "title": "PSN"}).find("p7")
    assert stocked({"typeId": "t7", "price": 1, "quantity": 1}).denominations[0].id == "t7"


BAD_PRODUCTS = [
    {"title": "No id"},
    {"id": {"$oid": "x"}},
    {"id": ""},
    {"id": True},
    None,
    "p3",
    PRODUCT,
]


@pytest.mark.parametrize("bad", BAD_PRODUCTS, ids=str)
def test_a_bad_product_costs_no_other(bad):
    read = catalogue(PRODUCT, bad, {"id": "p2", "title": "PSN", "enabled": "false"})
    assert [product.id for product in read.products()] == ["p1", "p2"]
    assert not read.products()[1].enabled
    assert len(read.unread) == 1


def test_a_category_without_a_title_or_products_costs_nothing():
    data = {"categories": ["odd", None, {"products": None}, {"products": [PRODUCT]}]}
    read = wire.catalog(raw(data), NOW)
    assert read.find("p1")
    assert len(read.unread) == 2


@pytest.mark.parametrize("price", [None, 0, "0", -5, 0.0, "-0", 0.004, 1e-19])
def test_what_has_no_price_is_not_for_sale(price):
    shut, sold = stocked(TYPE | {"id": "t2", "price": price}, TYPE).denominations
    assert (shut.closed, shut.price, shut.quantity) == ("not for sale", 0, 0)
    assert (sold.closed, sold.price, sold.quantity) == ("", Decimal("1326.13"), 7)


@pytest.mark.parametrize(
    "odd", [{"price": "much"}, {"price": {}}, {"quantity": 1.5}, {"quantity": None}]
)
def test_a_figure_that_is_none_is_named_and_not_sold(odd):
    read = stocked(TYPE | odd, TYPE | {"id": "t2"})
    assert [kind.closed for kind in read.denominations] == ["not for sale", ""]
    assert [bad.id for bad in read.unread] == ["t1"]


def test_a_type_that_is_missing_its_price_is_named():
    bare = {name: value for name, value in TYPE.items() if name != "price"}
    assert stocked(bare).unread[0].words == "denomination t1 (10 EUR): it has no usable price"


@pytest.mark.parametrize("nothing", [None, "", " ", "\u200b", {"en": "10 EUR"}, []], ids=repr)
def test_what_has_no_name_is_called_by_its_id(nothing):
    assert stocked(TYPE | {"name": nothing}).denominations[0].name == "t1"
    (product,) = catalogue(PRODUCT | {"title": nothing}).products()
    assert product.title == "p1"


def test_what_is_not_available_is_out_of_stock():
    read = stocked(TYPE | {"available": False}, TYPE | {"id": "t2", "available": True})
    assert [kind.quantity for kind in read.denominations] == [0, 7]


def test_two_types_of_one_id_that_differ_are_not_sold():
    same = stocked(TYPE, TYPE)
    assert [kind.closed for kind in same.denominations] == [""]
    other = stocked(TYPE, TYPE | {"price": 5})
    assert [kind.closed for kind in other.denominations] == ["not for sale"]
    assert other.unread


@pytest.mark.parametrize("where", ["type", "product"])
def test_a_price_in_another_currency_is_not_for_sale(where):
    read = stocked(TYPE | {"currency": "eur"}) if where == "type" else stocked(TYPE, currency="EUR")
    assert read.denominations[0].closed == "priced in EUR"
    assert not stocked(TYPE | {"currency": "dzd"}, currency="DZD").denominations[0].closed


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("EUR", "EUR"),
        (" dzd ", ""),
        ("", ""),
        (None, ""),
        ({"code": "USD"}, "USD"),
        ([], "UNKNOWN"),
    ],
)
def test_a_currency_is_read_however_it_is_written(said, read):
    assert wire.balance(raw({"balance": 5, "currency": said}), NOW).currency == read


@pytest.mark.parametrize(
    "bad", [MOVE | {"amount": {}}, MOVE | {"time": None}, {}, 5, MOVE | {"_id": []}]
)
def test_a_bad_transaction_costs_no_other(bad):
    page = moved(bad, MOVE)
    assert [move.id for move in page.items] == ["m1"]
    assert len(page.unread) == 1


CARDS = [
    (["A-1", "A-2"], [("A-1", "", {}), ("A-2", "", {})]),
    ([None, {}, {"value": "A-1"}], [("A-1", "", {})]),
    (None, []),
    ({"value": "A-1", "serial": 5}, [("A-1", "5", {})]),
    (
        [{"value": "A", "serial": "S", "pin": "0042", "expiry": None, "x": {"y": 1}}],
        [("A", "S", {"pin": "0042", "x": '{"y": 1}'})],
    ),
]


@pytest.mark.parametrize(("cards", "read"), CARDS, ids=str)
def test_a_card_keeps_every_field_it_has(cards, read):
    answer = raw({"_id": "o1", "cards": cards})
    found = wire.order(answer, "o1", cards=True).cards
    assert [
        (card.value.reveal(), card.serial.reveal(), {n: v.reveal() for n, v in card.more})
        for card in found
    ] == read
    assert "0042" not in repr(found)


BLANK = [" ", "\t\n", "\u0000", "\u200b\ufeff", "\u00a0", "", None, [], {}, True]
BARE = [
    {"status": "pending"},
    {"name": "10 EUR", "value": None},
    {"createdAt": "2025", "Serial": "S"},
]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("card", [*BLANK, *({"value": each} for each in BLANK), *BARE], ids=repr)
def test_a_card_without_a_code_has_not_come(card, ascii_only):
    answer = json.dumps(ORDER | {"cards": [card, "A-1"]}, ensure_ascii=ascii_only)
    read = wire.order(Raw(answer.encode()), ORDER["_id"], cards=True)
    assert [card.value.reveal() for card in read.cards] == ["A-1"]
    assert read.cards_came == 1


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
READS = {
    "orders": (listed, ORDER, lambda page: [order.id for order in page.items]),
    "transactions": (moved, MOVE, lambda page: [move.id for move in page.items]),
    "types": (stocked, TYPE, lambda read: [d.id for d in read.denominations if not d.closed]),
    "products": (catalogue, PRODUCT, lambda read: [product.id for product in read.products()]),
}


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(READS)), odd=st.lists(JSON, max_size=3), data=st.data())
def test_no_item_however_odd_costs_a_good_one(name, odd, data):
    read, good, ids = READS[name]
    changed = dict(good)
    for field in data.draw(st.sets(st.sampled_from(sorted(good)), min_size=1, max_size=2)):
        changed[field] = data.draw(JSON)
    items = [*odd, good | {"id": "good", "_id": "good"}]
    items.insert(data.draw(st.integers(0, len(items))), changed)
    assert "good" in ids(read(*items))


@settings(max_examples=200, deadline=None)
@given(status=st.sampled_from([200, 400, 401, 403, 404, 413, 429, 503]), body=JSON, data=JSON)
def test_no_answer_however_odd_ends_in_a_traceback(status, body, data):
    for content in (body, {"success": True, "data": data}, {"success": False, "error": data}):
        answer = Answer(status, json.dumps(content).encode(), request_id="req-fpg")
        around = envelope(answer)
        for read in (
            lambda e: wire.orders(e.data, 1, None, e.pagination),
            lambda e: wire.transactions(e.data, 1, e.pagination),
            lambda e: wire.catalog(e.data, NOW),
            lambda e: wire.stock(e.data, "p1", NOW),
            lambda e: wire.order(e.data, "o1", cards=True),
            lambda e: wire.balance(e.data, NOW),
            lambda e: wire.key_info(e.data),
            lambda e: wire.health(e.data),
        ):
            # Anything else that is raised here would end the console.
            with suppress(DeskError):
                value_of(answer, around, read, NOW)
        assert classify(answer).verdict in ("UNRESOLVED", "REFUSED")


async def test_an_order_asked_for_alone_is_filled_in_by_what_is_known(raw, client):
    bare = {"_id": ORDER["_id"], "status": "fulfilled"}
    raw.answers(200, {"success": True, "data": bare})
    with pytest.raises(BadReply, match="number is missing"):
        await client.order(ORDER["_id"])
    known = listed(ORDER).items[0]
    order = await client.order(ORDER["_id"], known=known)
    assert (order.time, order.quantity, order.product) == (known.time, 1, "p1")
