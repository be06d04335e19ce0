"""Paid, and codes that are not here yet: said as that by every command, never as done."""

import csv
import io
import json

import pytest

from services.sandbox import TEST_PARTIAL, Fault

LATE = "Paid, "


def here(came: int, of: int) -> str:
    return f"{LATE}{came} of {of} codes {'is' if came == 1 else 'are'} here"


@pytest.fixture
def buy(carddesk, shelf):
    async def bought(*options, quantity="2", goods=(shelf.product_id, shelf.type_id)):
        return await carddesk("buy", *goods, quantity, "--json", "--yes", *options)

    return bought


@pytest.mark.parametrize(
    ("shape", "came"),
    [
        ("no-cards", 0),
        ("no-cards=null", 0),
        ("no-cards=absent", 0),
        ("empty-cards", 0),
        ("few-cards", 1),
    ],
)
async def test_a_wait_for_missing_codes_ends_with_seven(vendor, buy, carddesk, shape, came):
    vendor.faults.add(Fault.parse(f"shape:{shape}"))
    done = await buy("--wait", "0.2", "--reveal")
    assert done.code == 7
    assert f"{here(came, 2)}." in done.err
    said = done.document
    assert (said["cards_came"], said["cards_missing"], len(said["cards"])) == (came, 2 - came, came)
    again = await carddesk("order", said["order_id"], "--reveal")
    assert again.code == 7
    assert f"{here(came, 2)}." in again.err
    assert again.out.count("SANDBOX-CARD") == came
    assert "codes late" in again.out
    # Without asking for codes nothing is missing from the answer.
    assert (await carddesk("order", said["order_id"])).code == 0


async def test_a_wait_goes_on_until_the_codes_are_here(vendor, buy, carddesk):
    vendor.faults.add(Fault.parse("shape:late-cards~1"))
    done = await buy("--wait", "20", "--reveal")
    assert (done.code, len(done.document["cards"])) == (0, 2)
    assert "Both cards are here." in done.err
    events = (await carddesk("audit", "--json")).document["events"]
    assert [e["why"] for e in events if e["kind"] == "cards"] == ["2 of 2 cards came"]
    moved = next(e for e in events if e["to_state"] == "FULFILLED")
    assert moved["why"] == "the vendor says so; paid, 0 of 2 codes are here"


async def test_a_partial_order_waits_for_its_own_codes(vendor, buy):
    vendor.faults.add(Fault.parse("shape:few-cards"))
    product = next(p for p in vendor.products if TEST_PARTIAL in [t.id for t in p.types])
    goods = (product.id, TEST_PARTIAL)
    done = await buy("--wait", "0.2", "--reveal", quantity="6", goods=goods)
    assert (done.code, done.document["cards_missing"]) == (7, 1)
    assert here(2, 3) + "." in done.err
    assert "refunded automatically" in done.err


async def test_more_cards_than_ordered_are_all_given(vendor, buy):
    vendor.faults.add(Fault.parse("shape:more-cards"))
    done = await buy("--wait", "--reveal")
    assert (done.code, len(done.document["cards"])) == (0, 3)
    assert "3 cards came, 2 were ordered" in done.err


async def test_cards_that_are_gone_again_are_missing_now(vendor, buy, carddesk):
    bought = (await buy("--wait", "--reveal")).document
    vendor.faults.add(Fault.parse("shape:cards-go"))
    again = await carddesk("order", bought["order_id"], "--reveal", "--json")
    assert (again.code, again.document["cards"], again.document["cards_missing"]) == (7, [], 2)
    listed = (await carddesk("orders", "--json")).document
    assert [row["cards_came"] for row in listed] == [2]


async def test_a_list_without_cards_is_no_order_without_cards(vendor, buy, carddesk):
    vendor.faults.add(Fault.parse("shape:list-no-cards"))
    done = await buy("--wait", "--reveal")
    assert done.code == 0
    assert LATE not in done.err
    [row] = (await carddesk("orders", "--json")).document
    assert (row["cards_missing"], row["final"]) == (0, True)


async def test_an_export_with_codes_names_what_is_missing(vendor, buy, carddesk):
    whole = (await buy("--wait", "--reveal", quantity="1")).document
    vendor.faults.add(Fault.parse("shape:few-cards"))
    late = (await buy("--wait", "0.2")).document
    vendor.faults.clear()
    vendor.faults.add(Fault.parse("shape:few-cards@checkOrder+1"))
    vendor.faults.add(Fault.parse("shape:no-cards@list"))
    asked = ("export", "orders", "--yes-with-codes", "--output", "-")
    done = await carddesk(*asked)
    assert done.code == 7
    rows = list(csv.DictReader(io.StringIO(done.out)))
    held = [(row["order_id"], row["card"], bool(row["value"])) for row in rows]
    assert sorted(held) == sorted(
        [
            (late["order_id"], "1", True),
            (late["order_id"], "2", True),
            (whole["order_id"], "1", False),
        ]
    )
    assert f"Order {whole['order_id']}" in done.err
    assert here(0, 1) + "." in done.err


async def test_late_codes_are_in_lists_find_and_timeline(vendor, buy, carddesk):
    vendor.faults.add(Fault.parse("shape:no-cards"))
    order_id = (await buy("--wait", "0.2", "--note", "Yacine")).document["order_id"]
    assert "codes late" in (await carddesk("orders")).out
    assert "codes late" in (await carddesk("orders", "--open")).out
    [row] = (await carddesk("orders", "--json")).document
    assert (row["final"], row["state"], row["cards_missing"]) == (False, "FULFILLED", 2)
    found = await carddesk("find", "yacine")
    assert here(0, 2) in found.out
    assert "on the way" in found.out
    # Nothing is there to give, and nothing waits to be given.
    assert (await carddesk("delivered", order_id)).code == 3
    assert (await carddesk("orders", "--undelivered", "--json")).document == []
    vendor.faults.clear()
    assert (await carddesk("order", order_id, "--reveal")).code == 0
    [given] = (await carddesk("orders", "--undelivered", "--json")).document
    assert given["order_id"] == order_id


async def test_more_cards_take_the_mark_as_given_back(vendor, buy, carddesk):
    vendor.faults.add(Fault.parse("shape:few-cards"))
    order_id = (await buy("--wait", "0.2")).document["order_id"]
    assert (await carddesk("delivered", order_id)).code == 0
    vendor.faults.clear()
    assert (await carddesk("order", order_id, "--reveal")).code == 0
    [row] = (await carddesk("orders", "--json")).document
    assert (row["given_at"], row["cards_missing"]) == (None, 0)


async def test_no_count_of_cards_holds_a_card(vendor, buy, carddesk, tmp_path):
    vendor.faults.add(Fault.parse("shape:few-cards"))
    cards = (await buy("--wait", "0.2", "--reveal")).document["cards"]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert cards[0]["value"].encode() not in kept
    assert json.dumps(cards[0]["serial"]).encode() not in kept
