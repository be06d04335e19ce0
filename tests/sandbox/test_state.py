"""Yesterday's orders are there today."""

import stat
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.domain.errors import ConfigError
from services.sandbox import TEST_REFUND, Sandbox

Connect = Callable[..., httpx.AsyncClient]
PLACE = "/gift-cards/placeOrder"


def vendor(path: Path, clock: Any) -> Sandbox:
    return Sandbox(
        state_path=path,
        clock=clock,
        moving=False,
        environment="PRODUCTION",
        handling_seconds=(5, 5),
    )


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_orders_account_and_shelves_outlive_the_process(
    tmp_path: Path, clock: Any, connect: Connect, wish: Any
) -> None:
    path = tmp_path / "deep" / "sandbox.json"
    async with vendor(path, clock) as first:
        api, body = connect(first), wish(first)
        await api.post(PLACE, json=body)
        await api.post(PLACE, json=body | {"typeId": TEST_REFUND})
        shelf = (await api.get(f"/gift-cards/checkProduct/{body['productId']}")).json()["data"]
        orders, balance = first.orders, first.balance
    clock.advance(5)
    async with vendor(path, clock) as second:
        api = connect(second)
        assert list(second.orders) == list(orders)
        assert [order.status for order in second.orders.values()] == ["FULFILLED", "REFUNDED"]
        assert second.balance == balance + Decimal(200)
        assert [record.type for record in second.transactions] == [
            "REFUND-ORDER",
            "ORDER",
            "ORDER",
            "DEPOSIT",
        ]
        again = (await api.get(f"/gift-cards/checkProduct/{body['productId']}")).json()["data"]
        assert again == shelf
        answer = await api.post(PLACE, json=body)
        assert answer.json()["data"]["orderId"] not in orders
        second.finish()
        cards = [card for order in second.orders.values() for card in order.cards]
        assert len(set(cards)) == len(cards) == 4


async def test_an_order_is_on_disk_before_it_is_answered(
    tmp_path: Path, clock: Any, connect: Connect, wish: Any
) -> None:
    path = tmp_path / "sandbox.json"
    async with vendor(path, clock) as running:
        answer = await connect(running).post(PLACE, json=wish(running))
        copy = vendor(path, clock)
        assert list(copy.orders) == [answer.json()["data"]["orderId"]]


async def test_the_file_is_its_owners_and_nothing_lies_beside_it(
    tmp_path: Path, clock: Any
) -> None:
    path = tmp_path / "sandbox.json"
    async with vendor(path, clock):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"balance": []}', b'{"balance":"1","version":99}']
)
async def test_a_damaged_file_is_moved_aside(tmp_path: Path, clock: Any, content: bytes) -> None:
    path = tmp_path / "sandbox.json"
    path.write_bytes(content)
    assert vendor(path, clock).orders == {}
    assert (tmp_path / "sandbox.json.damaged").read_bytes() == content


async def test_a_file_that_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, clock: Any) -> None:
    path = tmp_path / "sandbox.json"
    path.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        vendor(path, clock)


async def test_a_disk_that_takes_nothing_is_answered_as_an_error(
    tmp_path: Path, clock: Any, connect: Connect, wish: Any
) -> None:
    folder = tmp_path / "state"
    sandbox = vendor(folder / "sandbox.json", clock)
    await sandbox.start()
    folder.rename(tmp_path / "gone")
    folder.write_text("")
    answer = await connect(sandbox).post(PLACE, json=wish(sandbox))
    assert answer.status_code == 500
    folder.unlink()
    (tmp_path / "gone").rename(folder)
    await sandbox.stop()
