"""Pins in their file, and what was bought last by the journal."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.desk.desk import Desk
from services.domain.errors import BadInput, ConfigError, Refused
from services.domain.models import Product, Quote
from services.journal.recent_purchases import LOOKED_AT, RecentProducts, products
from services.journal.recent_purchases import MOST as MOST_RECENT
from services.local_files.pinned_products import MOST, PinnedProducts
from services.sandbox import Fault


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_pins_are_kept_for_each_profile_and_for_this_user_alone(tmp_path: Path) -> None:
    pins = PinnedProducts(tmp_path / "state", "main")
    assert pins.load() == ()
    assert pins.toggle("b") == ("b",)
    assert pins.toggle("a") == ("b", "a")
    assert stat.S_IMODE(pins.path.stat().st_mode) == 0o600
    assert PinnedProducts(tmp_path / "state", "main").load() == ("b", "a")
    assert PinnedProducts(tmp_path / "state", "other").load() == ()
    assert pins.toggle("b") == ("a",)
    assert names(tmp_path / "state") == ["pins-main.json"]


def test_two_consoles_keep_each_others_pins(tmp_path: Path) -> None:
    one, other = PinnedProducts(tmp_path, "main"), PinnedProducts(tmp_path, "main")
    one.toggle("a")
    assert other.toggle("b") == ("a", "b")
    assert one.toggle("c") == ("a", "b", "c")


@pytest.mark.parametrize("text", ["", "{", '{"products": 7}', '{"products": [""]}', "\x00"])
def test_damaged_pins_are_reported_and_then_written_again(tmp_path: Path, text: str) -> None:
    pins = PinnedProducts(tmp_path, "main")
    pins.path.write_text(text)
    with pytest.raises(ConfigError, match="cannot be read: it is damaged"):
        pins.load()
    assert pins.toggle("a") == ("a",)
    assert pins.load() == ("a",)


def test_a_link_is_not_followed_and_its_goal_not_written(tmp_path: Path) -> None:
    goal = tmp_path / "goal"
    goal.write_text('{"products": ["x"]}')
    pins = PinnedProducts(tmp_path, "main")
    pins.path.symlink_to(goal)
    with pytest.raises(ConfigError, match="cannot be read"):
        pins.load()
    pins.toggle("a")
    assert not pins.path.is_symlink()
    assert goal.read_text() == '{"products": ["x"]}'


def test_pins_that_cannot_be_written_stay_as_they_were(tmp_path: Path) -> None:
    pins = PinnedProducts(tmp_path, "main")
    pins.toggle("a")
    pins.path.unlink()
    pins.path.mkdir()
    with pytest.raises(ConfigError, match="cannot be written"):
        pins.toggle("b")
    assert names(tmp_path) == ["pins-main.json"]


def test_there_is_room_for_so_many_pins_and_no_more(tmp_path: Path) -> None:
    pins = PinnedProducts(tmp_path, "main")
    for number in range(MOST):
        pins.toggle(str(number))
    with pytest.raises(Refused, match="pinned already"):
        pins.toggle("one more")
    assert len(pins.toggle("0")) == MOST - 1


@pytest.mark.parametrize("product_id", ["", "\ud800", "a\x1bb", "x" * 1_000])
def test_what_is_no_product_id_is_not_pinned(tmp_path: Path, product_id: str) -> None:
    with pytest.raises(BadInput):
        PinnedProducts(tmp_path, "main").toggle(product_id)
    assert names(tmp_path) == []


async def test_the_desk_says_that_pins_cannot_be_read_and_opens(
    open_desk: Callable[..., Any], paths: Any
) -> None:
    paths.state_dir.mkdir()
    (paths.state_dir / "pins-sandbox.json").write_text("{")
    async with open_desk() as desk:
        assert desk.book.pins == ()
        assert any("pins" in entry.text and entry.level == "warning" for entry in desk.book.log)
        assert await desk.catalog.pin("p") is True
        assert desk.book.pins == ("p",)
        assert await desk.catalog.pin("p") is False
    async with open_desk() as desk:
        assert not [entry for entry in desk.book.log if "pins" in entry.text]


async def quoted(desk: Desk, product: Product) -> Quote:
    stock = await desk.figures.stock(product.id)
    cheapest = min((d for d in stock.denominations if d.quantity), key=lambda d: d.price)
    return await desk.quote(product.id, cheapest.id, 1)


async def bought(desk: Desk, product: Product) -> None:
    await desk.buy(await quoted(desk, product))


async def in_stock(desk: Desk, count: int) -> list[Product]:
    found: list[Product] = []
    for product in (await desk.catalog.read()).products():
        if len(found) < count and product.enabled:
            stock = await desk.figures.stock(product.id)
            if any(d.quantity and d.price < 3_000 for d in stock.denominations):
                found.append(product)
    return found


async def test_what_was_bought_last_is_first_and_needs_no_network_later(
    open_desk: Callable[..., Any], market: Any, leaping: Any
) -> None:
    async with open_desk() as desk:
        first, second, third = await in_stock(desk, 3)
        assert desk.book.recents == ()
        for product in (first, second, first):
            await bought(desk, product)
            leaping.advance(1)
        assert desk.book.recents == (first.id, second.id)
        await bought(desk, third)
        assert desk.book.recents == (third.id, first.id, second.id)
    await market.stop()
    async with open_desk(ready=False) as desk:
        assert desk.book.recents == (third.id, first.id, second.id)


async def test_what_has_no_order_was_not_bought(open_desk: Callable[..., Any], market: Any) -> None:
    async with open_desk() as desk:
        (product,) = await in_stock(desk, 1)
        market.faults.add(Fault("http500", endpoint="placeOrder"))
        quote = await quoted(desk, product)
        purchase = await desk.buy(quote)
        assert not purchase.order_id
        assert desk.book.recents == ()


class Held:
    """A journal that holds these rows and says what it was asked."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows_held, self.limit = rows, 0

    def rows(self, _: str, limit: int) -> list[dict[str, Any]]:
        self.limit = limit
        return self.rows_held[:limit]


def test_only_the_newest_purchases_are_looked_at_and_eight_products_kept() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    held = Held(
        [
            {
                "product_id": f"p{n % 20}",
                "order_id": "o" if n % 2 else None,
                "created_at": (now - timedelta(minutes=n)).isoformat(),
            }
            for n in range(1_000)
        ]
    )
    recents = RecentProducts()
    recents.begin(products(held))  # type: ignore[arg-type]
    assert held.limit == LOOKED_AT
    assert recents.products == tuple(f"p{n}" for n in range(1, 2 * MOST_RECENT, 2))
