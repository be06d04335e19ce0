"""A card's serial: asked of the vendor, compared, recorded before, and kept nowhere."""

from pathlib import Path

import pytest

from services.domain.errors import BadInput, Unavailable
from services.domain.secrets import Secret
from services.sandbox import Fault
from services.vendor import pagination, wire
from tests.reports.conftest import Counter


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_the_order_that_holds_the_card_is_found_of_any_desk(counter: Counter) -> None:
    sold = await counter.sell(2, "for Yacine")
    theirs = counter.foreign(3)
    read = await counter.desk.support.find_serial(Secret("SANDBOX-2"))
    assert [(hit.by, hit.row.order_id, hit.row.note) for hit in read.hits] == [
        (("serial",), sold.order_id, "for Yacine")
    ]
    read = await counter.desk.support.find_serial(Secret("SANDBOX-5"))
    assert [(hit.row.order_id, hit.row.mine) for hit in read.hits] == [(theirs, False)]
    for unknown in ("SANDBOX-", "SANDBOX-22", "SANDBOX-CARD-1", "sandbox-1"):
        read = await counter.desk.support.find_serial(Secret(unknown))
        assert read.hits == ()
        assert list(map(str, read.said)) == ["The orders of the last 7 days were looked through."]


async def test_the_span_is_bounded_and_every_page_of_it_is_read(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination, "SIZE", 2)
    old = await counter.sell()
    counter.clock.advance(3 * 86_400)
    for _ in range(5):
        counter.foreign()
    pages: list[tuple[int, int]] = []
    read = await counter.desk.support.find_serial(
        Secret("SANDBOX-1"), 2, lambda page, of: pages.append((page, of))
    )
    assert read.hits == ()
    assert pages == [(1, 3), (2, 3), (3, 3)]
    read = await counter.desk.support.find_serial(Secret("SANDBOX-1"), 4)
    assert [hit.row.order_id for hit in read.hits] == [old.order_id]
    monkeypatch.setattr(pagination, "MOST_PAGES", 1)
    read = await counter.desk.support.find_serial(Secret("SANDBOX-1"), 4)
    assert "not all of them" in str(read.said[0])


async def test_it_is_recorded_before_the_vendor_is_asked(counter: Counter) -> None:
    await counter.sell()
    counter.box.faults.add(Fault("http503", endpoint="list", times=0))
    with pytest.raises(Unavailable):
        await counter.desk.support.find_serial(Secret("SANDBOX-1"))
    last = (await counter.desk.journal.audit()).events[-1]
    assert (last.kind, last.who, last.why) == (
        "serial search",
        "amina",
        "a serial, in the last 7 days",
    )


async def test_neither_serial_nor_card_is_kept_or_handed_on(
    counter: Counter, tmp_path: Path
) -> None:
    await counter.sell(2)
    read = await counter.desk.support.find_serial(Secret("SANDBOX-2"))
    assert "SANDBOX-" not in repr(read)
    held = everything(tmp_path)
    assert b"serial search" in held
    assert b"SANDBOX-" not in held


async def test_an_empty_serial_is_no_serial(counter: Counter) -> None:
    before = sum(counter.box.requests.values())
    with pytest.raises(BadInput):
        await counter.desk.support.find_serial(Secret(""))
    assert sum(counter.box.requests.values()) == before


def test_cards_that_cannot_be_read_hide_no_other_card() -> None:
    from msgspec import Raw, json

    def order(name: str, *serials: object) -> dict[str, object]:
        cards = [{"value": "v", "serial": serial} for serial in serials]
        return {
            **{"_id": name, "status": "FULFILLED", "quantity": 1, "product": "p", "type": "t"},
            **{"time": "2026-03-01T09:00:00Z", "cards": cards},
        }

    items = [order("o1", {"odd": 1}, None, 12), order("o2", ["x"], "S-1"), order("o3")]
    pagination = {"page": 1, "pageSize": 100, "totalPages": 1, "totalResults": 3}
    data = Raw(json.encode({"items": items, "pagination": pagination}))
    assert [o.id for o in wire.orders(data, 1, Secret("S-1")).items] == ["o2"]
    assert [o.id for o in wire.orders(data, 1, Secret("12")).items] == ["o1"]
    assert all(not o.cards for o in wire.orders(data, 1, Secret("S-1")).items)
