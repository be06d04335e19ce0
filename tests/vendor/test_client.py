"""Every endpoint as a value, over a socket."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.domain.errors import BadInput
from services.domain.models import OrderStatus
from services.sandbox import Fault, Sandbox

ORDER = {
    "_id": "6901616fe9e88196b4eb64b3",
    "status": "FULFILLED",
    "quantity": 2,
    "product": "507f1f77bcf86cd799439011",
    "type": "type_001",
    "time": "2025-10-29T01:00:00.000Z",
    "fulfilled_quantity": 2,
    "fulfilled_amount": 1961.00,
    "price_per_card": 980.50,
    "cards": [{"value": "AAAA-1", "serial": "S-1"}, {"value": "AAAA-2", "serial": "S-2"}],
}
PAGE = {"page": 1, "pageSize": 100, "totalPages": 1, "totalResults": 1}


def good(data):
    return {"success": True, "data": data, "requestId": "req_1"}


async def test_ping_says_how_the_api_is_and_sends_no_key(raw, client):
    raw.answers(200, good({"api": "ok", "operators": {"mobilis": "up", "djezzy": "down"}}))
    assert await client.ping() == "ok"
    assert raw.requests[0].header("x-access-token") is None


async def test_validate_tells_the_scope_without_keeping_the_key(raw, client, key):
    raw.answers(
        200,
        {
            "success": True,
            "data": {
                "username": "desk",
                "apiKey": {
                    "key": key,
                    "isEnabled": True,
                    "type": "PRODUCTION",
                    "allowedips": [],
                    "scope": "READ-WRITE",
                },
            },
        },
    )
    info = await client.validate()
    assert info.environment == "PRODUCTION"
    assert info.can_buy
    assert key not in repr(info)
    assert raw.requests[0].header("x-access-token") == key


async def test_validate_without_key_and_addresses_is_accepted(raw, client):
    found = {"isEnabled": False, "type": "SANDBOX", "scope": "READ-ONLY"}
    raw.answers(200, good({"username": "desk", "apiKey": found}))
    info = await client.validate()
    assert (info.enabled, info.can_buy) == (False, False)


@pytest.mark.parametrize("written", ["1326.13", '"1326.13"', "1326.1300"])
async def test_balance_is_exact_however_it_is_written(raw, client, written):
    body = b'{"success": true, "data": {"balance": %s, "currency": "DZD"}}' % written.encode()
    raw.answers(200, body)
    assert (await client.balance()).amount == Decimal("1326.13")


async def test_a_request_is_plain_http_without_compression_or_cookies(raw, client):
    raw.answers(200, good({"balance": 1}), Set_Cookie="track=me; Path=/")
    await client.balance()
    await client.balance()
    first, second = raw.requests
    assert first.line == "GET /v3/account/balance HTTP/1.1"
    assert first.header("accept-encoding") == "identity"
    assert second.header("cookie") is None


async def test_reads_share_a_connection(raw, client):
    raw.answers(200, good({"balance": 1}))
    for _ in range(5):
        await client.balance()
    assert raw.connections == 1


@pytest.mark.parametrize("name", ["title", "name"])
async def test_both_shapes_of_the_catalogue_are_read(raw, client, name):
    category = {name: "Jeux", "products": [{"id": "p1", "title": "A", "enabled": True}]}
    top = {"totalCategories": 1, "totalProducts": 1}
    around = top if name == "title" else {"meta": top}
    raw.answers(200, {**good({"categories": [category]}), **around})
    catalog = await client.catalog()
    assert catalog.categories[0].title == "Jeux"
    assert catalog.products()[0].category == "Jeux"
    assert catalog.products()[0].region == ""


@pytest.mark.parametrize("shape", ["reference", "guide"])
async def test_the_embedded_vendors_catalogue_is_read_in_both_shapes(make_client, shape):
    async with Sandbox(moving=False, key="k" * 20, shape=shape) as vendor:
        client = make_client(vendor.url, "k" * 20)
        catalog = await client.catalog()
        await client.aclose()
        assert len(catalog.products()) == len(vendor.products)


async def test_stock_has_prices_to_the_centime(raw, client):
    raw.answers(
        200,
        good(
            {
                "productId": "p1",
                "productTitle": "Gift",
                "types": [{"id": "t1", "name": "10", "price": 1326.13, "quantity": 2.0}],
            }
        ),
    )
    stock = await client.stock("p1")
    assert stock.denominations[0].price == Decimal("1326.13")
    assert stock.denominations[0].quantity == 2


async def test_an_order_comes_without_cards_unless_asked(raw, client):
    raw.answers(200, good(ORDER))
    assert (await client.order(ORDER["_id"])).cards == ()
    order = await client.order(ORDER["_id"], cards=True)
    assert [card.value.reveal() for card in order.cards] == ["AAAA-1", "AAAA-2"]
    assert order.price_per_card == Decimal("980.5")
    assert "AAAA" not in repr(order)


async def test_an_order_in_work_has_no_amounts(raw, client):
    keys = ("_id", "quantity", "product", "type", "time")
    raw.answers(200, good({name: ORDER[name] for name in keys} | {"status": "HANDLING"}))
    order = await client.order(ORDER["_id"])
    assert order.fulfilled_quantity is None
    assert not order.final


async def test_an_unknown_status_and_unknown_fields_stay_harmless(raw, client):
    raw.answers(200, good(ORDER | {"status": "ON_HOLD", "surprise": {"deep": [1, None]}}))
    order = await client.order(ORDER["_id"])
    assert order.status == "ON_HOLD"
    assert not order.final


async def test_the_list_drops_cards_and_tells_the_vendors_time(raw, client, now):
    meta = {"timestamp": "2025-10-29T01:00:07.500Z"}
    raw.answers(200, {**good({"items": [ORDER], "pagination": PAGE}), "meta": meta})
    page = await client.orders()
    assert page.items[0].cards == ()
    assert client.server_offset == timedelta(seconds=7.5)


async def test_the_date_header_tells_the_vendors_time_where_meta_is_missing(raw, client):
    raw.answers(200, good({"balance": 1}), Date="Wed, 29 Oct 2025 00:59:00 GMT")
    await client.balance()
    assert client.server_offset == timedelta(seconds=-60)


async def test_a_span_is_asked_with_both_its_ends(raw, client):
    raw.answers(200, good({"items": [], "pagination": PAGE | {"page": 2}}))
    await client.orders(page=2, page_size=50, start=datetime(2025, 10, 28, tzinfo=UTC))
    line = raw.requests[0].line
    assert "page=2&pageSize=50&from=2025-10-28T00%3A00%3A00.000Z&to=2025-10-30T01" in line


async def test_without_a_span_none_is_asked(raw, client):
    raw.answers(200, good({"items": [], "pagination": PAGE}))
    await client.orders(page_size=50)
    assert raw.requests[0].line == "GET /v3/gift-cards/list?page=1&pageSize=50 HTTP/1.1"


async def test_an_id_stays_one_segment_of_the_path(raw, client):
    raw.answers(404, {"success": False, "error": {"code": "NOT_FOUND", "message": "no"}})
    with pytest.raises(Exception, match="knows no such"):
        await client.order("a/../b?c")
    assert raw.requests[0].line == "GET /v3/gift-cards/checkOrder/a%2F..%2Fb%3Fc HTTP/1.1"


@pytest.mark.parametrize("bad", ["", "..", "a\nb", "x" * 81])
async def test_an_impossible_id_is_not_even_asked(raw, client, bad):
    with pytest.raises(BadInput):
        await client.stock(bad)
    assert raw.connections == 0


async def test_the_embedded_vendor_is_read_whole(sandbox, desk):
    product = sandbox.products[0]
    stock = await desk.stock(product.id)
    first = stock.denominations[0]
    sandbox.set_stock(first.id, 9)
    order_id = sandbox.foreign_order(product.id, first.id, 1)
    sandbox.finish()
    assert (await desk.validate()).environment == "SANDBOX"
    assert await desk.ping() == "ok"
    assert (await desk.balance()).amount == sandbox.balance
    assert (await desk.orders()).items[0].id == order_id
    assert (await desk.transactions()).page == 1
    order = await desk.order(order_id, cards=True)
    assert order.status == OrderStatus.FULFILLED
    assert len(order.cards) == 1


async def test_hostile_text_comes_out_inert(sandbox, desk):
    sandbox.faults.add(Fault("hostile", times=0))
    catalog = await desk.catalog()
    stock = await desk.stock(sandbox.products[0].id)
    info = await desk.validate()
    texts = [product.title for product in catalog.products()]
    texts += [stock.product_title, info.username]
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for text in texts for char in text)
    assert all(len(text) <= 200 for text in texts)
