"""`carddesk orders` and `order`: what the journal and the vendor know, together."""

import pytest

from services.domain.typed.product_names import goods_name
from services.sandbox import Fault
from services.system.clock import SystemClock

BOARD_KEYS = {
    "order_id", "purchase_id", "state", "product_id", "product_title", "type_id", "type_name",
    "quantity", "fulfilled_quantity", "total", "price", "note", "operator", "mine", "final", "late",
    "created_at", "given_at", "given_by", "cards_came", "cards_missing",
}  # fmt: skip


async def bought(carddesk, shelf, *options):
    done = await carddesk(
        "buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json", "--wait", *options
    )
    return done.document


async def test_ours_and_another_desks_orders_are_together(carddesk, vendor, shelf):
    mine = await bought(carddesk, shelf, "--note", "for Ali")
    foreign = vendor.foreign_order(shelf.product_id, shelf.type_id, 3)
    rows = {row["order_id"]: row for row in (await carddesk("orders", "--json")).document}
    assert set(rows) == {mine["order_id"], foreign}
    assert set(rows[foreign]) == BOARD_KEYS
    assert rows[mine["order_id"]]["note"] == "for Ali"
    assert rows[mine["order_id"]]["mine"] is True
    assert rows[foreign]["mine"] is False
    assert rows[foreign]["purchase_id"] is None


async def test_a_purchase_without_an_order_is_listed_too(carddesk, vendor, shelf):
    vendor.faults.add(Fault.parse("reset@placeOrder:before"))
    lost = await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json")
    (row,) = (await carddesk("orders", "--open", "--json")).document
    assert row["purchase_id"] == lost.document["purchase_id"]
    assert (row["order_id"], row["state"], row["final"]) == (None, "UNRESOLVED", False)


async def test_open_leaves_out_what_is_final(carddesk, shelf):
    await bought(carddesk, shelf)
    done = await carddesk("orders", "--open")
    assert (done.code, done.out) == (0, "")


async def test_a_period_leaves_out_what_is_older(carddesk, shelf):
    await bought(carddesk, shelf)
    today = SystemClock().now().astimezone().date().isoformat()
    assert len((await carddesk("orders", "--from", today, "--json")).document) == 1
    past = ("--from", "2020-01-01", "--to", "2020-12-31")
    assert (await carddesk("orders", *past, "--json")).document == []


async def test_an_order_is_found_by_each_of_its_names(carddesk, shelf):
    mine = await bought(carddesk, shelf, "--idempotency-key", "sale-1")
    for reference in (mine["purchase_id"], mine["order_id"], "sale-1"):
        assert (await carddesk("order", reference, "--json")).document == mine


@pytest.mark.parametrize("handling", [(3_600, 3_600)])
async def test_an_order_in_the_making_is_asked_for_again(carddesk, vendor, shelf):
    done = await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json")
    order_id = done.document["order_id"]
    assert (await carddesk("order", order_id, "--json")).document["state"] == "HANDLING"
    vendor.finish()
    assert (await carddesk("order", order_id, "--json")).document["state"] == "FULFILLED"


async def test_another_desks_order_has_the_same_keys(carddesk, vendor, shelf):
    mine = await bought(carddesk, shelf)
    foreign = vendor.foreign_order(shelf.product_id, shelf.type_id, 3)
    document = (await carddesk("order", foreign, "--json")).document
    assert list(document) == list(mine)
    assert document["purchase_id"] is None
    assert document["quantity"] == 3


async def test_goods_have_their_names_and_region(carddesk, vendor, shelf):
    mine = await bought(carddesk, shelf)
    await carddesk("catalog")
    [sold] = [each for each in vendor.products if each.id == shelf.product_id]
    product = f"{sold.title}, {sold.region}"
    named = goods_name(sold.title, mine["type_name"], sold.region)
    foreign = vendor.foreign_order(shelf.product_id, shelf.type_id, 3)
    document = (await carddesk("order", foreign, "--json")).document
    assert document["product_title"] == sold.title
    assert document["type_name"] == mine["type_name"]
    for reference in (foreign, mine["order_id"]):
        assert product in (await carddesk("order", reference)).out
    assert (await carddesk("orders")).out.count(named) == 2
    assert named in (await carddesk("find", foreign)).out


async def test_unclaimed_orders_have_names(carddesk, vendor):
    product = [each for each in vendor.products if each.enabled][3]
    kind = product.types[0]
    await carddesk("catalog")
    await carddesk("orders", "--unclaimed", **SHARED)
    foreign = vendor.foreign_order(product.id, kind.id, 1)
    listed = await carddesk("orders", "--unclaimed", "--json", **SHARED)
    [row] = listed.document
    assert (row["order_id"], row["product_title"]) == (foreign, product.title)
    assert row["type_name"] == kind.name


async def test_a_reveal_is_on_record_before_the_cards_are_on_paper(carddesk, shelf, tmp_path):
    mine = await bought(carddesk, shelf)
    done = await carddesk("order", mine["order_id"], "--reveal")
    assert done.code == 0
    assert "SANDBOX-CARD-1" in done.out
    assert "SANDBOX-1" in done.out
    files = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    written = b"".join(path.read_bytes() for path in files)
    assert b"SANDBOX-CARD" not in written
    assert b"reveal" in written


async def test_an_unknown_reference_is_refused(carddesk):
    done = await carddesk("order", "no-such-order", "--json")
    assert done.code == 3
    assert done.document["error"]["code"] == "NOT_FOUND"


async def test_without_a_line_the_journal_still_answers(carddesk, shelf):
    mine = await bought(carddesk, shelf)
    closed = {"CARDDESK_BASE_URL": "http://127.0.0.1:9/v3"}
    done = await carddesk("order", mine["order_id"], "--json", **closed)
    assert (done.code, done.document) == (0, mine)
    assert "As the journal has it" in done.err
    assert (await carddesk("orders", "--unresolved", "--json", **closed)).document == []


async def test_resolve_with_nothing_to_resolve(carddesk):
    done = await carddesk("resolve", "--json")
    assert (done.code, done.document) == (0, [])


SHARED = {"CARDDESK_ACCOUNT_EXCLUSIVE": "false"}


async def test_an_unclaimed_order_is_listed_and_claimed(carddesk, vendor, shelf):
    mine = await bought(carddesk, shelf)
    vendor.faults.add(Fault.parse("reset@placeOrder:before"))
    lost = await carddesk("buy", shelf.product_id, shelf.type_id, "2", "--yes", "--json", **SHARED)
    purchase_id = lost.document["purchase_id"]
    foreign = vendor.foreign_order(shelf.product_id, shelf.type_id, 2)
    listed = await carddesk("orders", "--unclaimed", "--json", **SHARED)
    (row,) = listed.document
    assert (listed.code, row["order_id"], row["mine"]) == (0, foreign, False)
    assert set(row) == BOARD_KEYS
    text = await carddesk("orders", "--unclaimed", **SHARED)
    assert foreign in text.out
    assert mine["order_id"] not in text.out
    claimed = await carddesk("resolve", "--claim", purchase_id, foreign, "--json", **SHARED)
    assert claimed.code == 0
    assert [(row["purchase_id"], row["order_id"]) for row in claimed.document] == [
        (purchase_id, foreign)
    ]
    left = await carddesk("orders", "--unclaimed", "--json", **SHARED)
    assert left.document == []
    assert "Every order of the account is claimed" in left.err


async def test_a_claim_says_that_the_order_had_been_ruled_out(carddesk, vendor, shelf):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    lost = await carddesk("buy", shelf.product_id, shelf.type_id, "2", "--yes", "--json", **SHARED)
    purchase_id, order_id = lost.document["purchase_id"], vendor.posts[0].order_id
    await carddesk("resolve", **SHARED)
    ruled_out = await carddesk("resolve", "--none", purchase_id, **SHARED)
    assert ruled_out.code == 4
    claimed = await carddesk("resolve", "--claim", purchase_id, order_id, **SHARED)
    assert claimed.code == 0
    assert "said before that this order is not that purchase" in claimed.err


async def test_without_a_line_the_journal_lists_the_unclaimed_orders(carddesk, vendor, shelf):
    await bought(carddesk, shelf)
    foreign = vendor.foreign_order(shelf.product_id, shelf.type_id, 3)
    await carddesk("orders", "--unclaimed")
    closed = {"CARDDESK_BASE_URL": "http://127.0.0.1:9/v3"}
    done = await carddesk("orders", "--unclaimed", "--json", **closed)
    assert (done.code, [row["order_id"] for row in done.document]) == (0, [foreign])
