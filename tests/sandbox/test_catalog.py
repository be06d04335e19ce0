"""A catalogue that an operator would believe, and shelves that move."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx

from services.sandbox import TEST_PARTIAL, TEST_REFUND, Sandbox

Connect = Callable[..., httpx.AsyncClient]


def test_the_catalogue_is_as_large_and_as_mixed_as_the_vendors() -> None:
    products = Sandbox().products
    assert 120 <= len(products) <= 140
    assert len({product.category for product in products}) == 8
    assert all(2 <= len(product.types) <= 6 for product in products)
    assert len({product.id for product in products}) == len(products)
    types = [kind for product in products for kind in product.types]
    assert len({kind.id for kind in types}) == len(types)
    assert all(kind.price > 0 and kind.price == round(kind.price, 2) for kind in types)
    assert 5 < sum(not product.enabled for product in products) < 20
    assert 20 < sum(kind.stock == 0 for kind in types) < 90
    names = "".join(product.title for product in products)
    assert any(unicodedata.bidirectional(char) == "AL" for char in names)
    assert "Carte cadeau" in names


def test_ids_are_those_of_the_vendor_in_shape_and_the_same_each_time() -> None:
    ids = [product.id for product in Sandbox().products]
    assert ids == [product.id for product in Sandbox().products]
    assert all(len(each) == 24 and int(each, 16) for each in ids)
    tests = Sandbox().products[-1]
    assert [kind.id for kind in tests.types] == [TEST_REFUND, TEST_PARTIAL]


async def test_both_documented_shapes_can_be_served(connect: Connect) -> None:
    async with Sandbox(shape="reference") as one, Sandbox(shape="guide") as other:
        reference = (await connect(one).get("/gift-cards/catalog")).json()
        guide = (await connect(other).get("/gift-cards/catalog")).json()
    first, second = reference["data"]["categories"], guide["data"]["categories"]
    assert [each["title"] for each in first] == [each["name"] for each in second]
    assert set(second[0]) == {"name", "products"}
    assert set(first[0]["products"][0]) == {"id", "title", "enabled", "region"}
    assert reference["totalProducts"] == guide["meta"]["totalProducts"]
    assert reference["totalCategories"] == guide["meta"]["totalCategories"] == 8
    assert "totalProducts" not in reference["meta"]
    assert "totalProducts" not in guide


async def test_sales_empty_the_shelf(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    async def stock() -> int:
        answer = await api.get(f"/gift-cards/checkProduct/{goods['productId']}")
        return int(answer.json()["data"]["types"][0]["quantity"])

    before = await stock()
    await api.post("/gift-cards/placeOrder", json=goods)
    assert await stock() == before - 2
    sandbox.foreign_order(goods["productId"], goods["typeId"], 3)
    assert await stock() == before - 5


async def test_prices_and_stock_move_slowly_with_the_clock(connect: Connect, clock: Any) -> None:
    async with Sandbox(clock=clock) as sandbox:
        api = connect(sandbox)
        product = sandbox.products[0]

        async def shelf() -> list[tuple[Decimal, int]]:
            answer = await api.get(f"/gift-cards/checkProduct/{product.id}")
            types = answer.json()["data"]["types"]
            return [(Decimal(str(kind["price"])), kind["quantity"]) for kind in types]

        start = await shelf()
        assert await shelf() == start
        seen = [start]
        for _ in range(24):
            clock.advance(1800)
            seen.append(await shelf())
    for number, kind in enumerate(product.types):
        prices = {shelf[number][0] for shelf in seen}
        assert len(prices) > 5
        assert all(abs(price / kind.price - 1) < Decimal("0.02") for price in prices)
        assert all(0 <= shelf[number][1] <= kind.stock for shelf in seen)
    assert len({shelf[0][1] for shelf in seen}) > 5


async def test_a_shelf_is_filled_again(clock: Any, wish: Any) -> None:
    sandbox = Sandbox(clock=clock)
    body = wish(sandbox)
    product = next(each for each in sandbox.products if each.id == body["productId"])
    kind = product.types[0]
    bought = 0
    while bought < kind.stock // 3:
        sandbox.foreign_order(product.id, kind.id, 1)
        bought += 1
    clock.advance(6 * 3600)
    sandbox.foreign_order(product.id, kind.id, kind.stock // 2)
