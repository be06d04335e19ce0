"""`carddesk buy`: at most one order, and an exit code that says what became of it."""

import sqlite3
from pathlib import Path

import pytest

from services.sandbox import TEST_PARTIAL, TEST_REFUND, Fault
from services.vendor.client import VendorClient

PURCHASE_KEYS = [
    "purchase_id", "idempotency_key", "state", "order_id", "product_id", "product_title",
    "type_id", "type_name", "quantity", "unit_price", "total", "price", "fulfilled_quantity",
    "fulfilled_amount", "cards_came", "cards_missing", "note", "operator", "created_at",
    "updated_at", "error",
]  # fmt: skip


never_final = pytest.mark.parametrize("handling", [(3_600, 3_600)])


@pytest.fixture
def buy(carddesk, shelf):
    async def bought(*options, quantity="2", type_id=shelf.type_id, **variables):
        return await carddesk(
            "buy", shelf.product_id, type_id, quantity, "--json", *options, **variables
        )

    return bought


async def test_a_purchase_as_json_has_exactly_the_documented_keys(buy, shelf):
    done = await buy("--yes", "--wait", "--note", "for Ali")
    document = done.document
    assert done.code == 0
    assert list(document) == PURCHASE_KEYS
    assert document["state"] == "FULFILLED"
    assert document["unit_price"] == "980.50"
    assert document["total"] == document["fulfilled_amount"] == "1961.00"
    assert document["quantity"] == document["fulfilled_quantity"] == 2
    assert (document["note"], document["operator"]) == ("for Ali", "amina")
    assert document["error"] is None
    assert document["created_at"].endswith("Z")


async def test_each_check_is_printed_once(buy):
    done = await buy("--yes")
    steps = [line.partition(":")[0] for line in done.err.splitlines()]
    assert [steps.count(step) for step in ("stock", "limits", "balance", "place")] == [1, 1, 1, 1]


async def test_without_yes_only_the_quote_is_printed(buy, vendor):
    done = await buy()
    assert done.code == 2
    assert done.document["quote"]["total"] == "1961.00"
    assert done.document["error"]["money"] == "no"
    assert "--yes" in done.err
    assert not vendor.posts


async def test_without_a_price_the_one_of_the_settings_is_kept(buy, carddesk):
    done = await buy("--yes", "--wait", CARDDESK_UI_MARKUP_PERCENT="10")
    assert done.document["price"] == "2158.00"


async def test_what_the_customer_pays_is_kept(buy, carddesk):
    done = await buy("--yes", "--price", "2500", "--wait")
    assert (done.document["price"], done.document["total"]) == ("2500.00", "1961.00")
    listed = (await carddesk("orders", "--json")).document
    assert [row["price"] for row in listed if row["mine"]] == ["2500.00"]


async def test_a_total_above_the_limit_is_refused(buy, vendor):
    done = await buy("--yes", "--max-total", "1960.99")
    assert done.code == 3
    assert "--max-total" in done.err
    assert not vendor.posts
    assert (await buy("--yes", "--max-total", "1961")).code == 0


@never_final
async def test_without_wait_a_placed_order_is_enough(buy, vendor):
    done = await buy("--yes")
    assert done.code == 0
    assert done.document["state"] == "HANDLING"
    assert done.document["order_id"] in vendor.orders


@never_final
async def test_a_wait_that_ends_before_the_order_does_exits_7(buy, vendor):
    done = await buy("--yes", "--wait", "0.1")
    assert done.code == 7
    assert done.document["state"] == "HANDLING"


async def test_cards_are_printed_only_when_asked_for(buy, carddesk):
    done = await buy("--yes", "--wait", "--reveal")
    assert [set(card) for card in done.document["cards"]] == [{"value", "serial"}] * 2
    assert done.document["cards"][0]["value"].startswith("SANDBOX-CARD-")
    assert "SANDBOX-CARD" not in done.err
    again = await carddesk("order", done.document["order_id"])
    assert "SANDBOX-CARD" not in again.out + again.err


@never_final
async def test_cards_that_are_not_there_yet_are_not_waited_for(buy, vendor):
    done = await buy("--yes", "--reveal")
    assert done.code == 0
    assert "cards" not in done.document
    assert "not there yet" in done.err


async def test_cards_that_cannot_be_read_do_not_hide_the_purchase(buy, vendor):
    vendor.faults.add(Fault.parse("http500@checkOrder*0"))
    done = await buy("--yes", "--wait", "--reveal")
    assert done.code == 7
    assert done.document["state"] == "FULFILLED"
    assert "The order is placed" in done.err


async def test_a_refunded_order_is_an_end_without_cards(carddesk, vendor):
    product = next(p for p in vendor.products if TEST_REFUND in [t.id for t in p.types])
    done = await carddesk(
        "buy", product.id, TEST_REFUND, "1", "--yes", "--wait", "--reveal", "--json"
    )
    assert done.code == 0
    assert done.document["state"] == "REFUNDED"
    assert done.document["cards"] == []


async def test_a_partly_filled_order_says_how_many_came(carddesk, vendor):
    product = next(p for p in vendor.products if TEST_PARTIAL in [t.id for t in p.types])
    done = await carddesk("buy", product.id, TEST_PARTIAL, "4", "--yes", "--wait", "--json")
    assert done.code == 0
    assert done.document["state"] == "PARTIALLY_FILLED"
    assert done.document["fulfilled_quantity"] == 2
    assert "2 of 4" in done.err


async def test_the_same_key_buys_once_and_answers_with_that_purchase(buy, vendor):
    first = await buy("--yes", "--idempotency-key", "sale-17")
    vendor.faults.add(Fault.parse("http500@checkProduct*0"))
    second = await buy("--yes", "--idempotency-key", "sale-17")
    assert second.code == 0
    assert second.document["purchase_id"] == first.document["purchase_id"]
    assert len(vendor.posts) == 1


async def test_the_same_key_for_something_else_is_an_error(buy, vendor):
    await buy("--yes", "--idempotency-key", "sale-17")
    done = await buy("--yes", "--idempotency-key", "sale-17", quantity="3")
    assert done.code == 2
    assert len(vendor.posts) == 1


async def test_out_of_stock_is_refused_before_anything_is_sent(buy, vendor, shelf):
    vendor.set_stock(shelf.type_id, 1)
    done = await buy("--yes")
    assert done.code == 3
    assert done.document["error"]["code"] == "ERR_STOCK"
    assert not vendor.posts


async def test_a_purchase_the_vendor_refuses_exits_3_and_is_in_the_journal(buy, vendor):
    vendor.faults.add(Fault.parse("ratelimit@placeOrder"))
    done = await buy("--yes", "--idempotency-key", "sale-18")
    assert done.code == 3
    assert done.document["state"] == "REFUSED"
    assert done.document["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert not vendor.orders


@pytest.mark.parametrize("options", [("--read-only",), ()])
async def test_a_desk_that_is_read_only_buys_nothing(buy, vendor, options):
    if not options:
        vendor.add_key("read-only-key", scope="READ-ONLY")
    done = await buy(
        "--yes", *options, **({} if options else {"CARDDESK_API_KEY": "read-only-key"})
    )
    assert done.code == 3
    assert "READ-ONLY" in done.err or "read-only" in done.err
    assert not vendor.posts


async def test_no_answer_exits_4_and_resolve_finds_the_order(buy, carddesk, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    lost = await buy("--yes", "--idempotency-key", "sale-19")
    assert lost.code == 4
    assert lost.document["state"] == "UNRESOLVED"
    assert "Do not buy it again" in lost.err

    again = await buy("--yes", "--idempotency-key", "sale-19")
    assert again.code == 4

    listed = (await carddesk("orders", "--unresolved", "--json")).document
    assert [p["purchase_id"] for p in listed] == [lost.document["purchase_id"]]

    settled = await carddesk("resolve", "--json")
    assert settled.code == 0
    assert settled.document == []
    found = (await carddesk("order", "sale-19", "--json")).document
    assert found["order_id"] in vendor.orders
    assert len(vendor.posts) == 1


async def test_an_identical_purchase_waits_for_the_one_that_is_not_settled(buy, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    vendor.faults.add(Fault.parse("late@placeOrder~3600"))
    assert (await buy("--yes")).code == 4
    assert (await buy("--yes")).code == 3
    assert len(vendor.posts) == 1


async def test_wait_settles_what_was_not_answered(buy, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    done = await buy("--yes", "--wait", "30")
    assert done.code == 0
    assert done.document["state"] == "FULFILLED"
    assert len(vendor.posts) == 1


async def test_a_shared_account_lets_a_person_claim_the_order(buy, carddesk, vendor):
    shared = {"CARDDESK_ACCOUNT_EXCLUSIVE": "false"}
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    lost = (await buy("--yes", **shared)).document
    left = await carddesk("resolve", "--json", **shared)
    assert left.code == 4
    assert left.document[0]["state"] == "AMBIGUOUS"
    (order_id,) = vendor.orders
    assert f"--claim {lost['purchase_id']}" in left.err
    assert order_id in left.err
    claimed = await carddesk("resolve", "--claim", lost["purchase_id"], order_id, **shared)
    assert claimed.code == 0
    assert (await carddesk("order", order_id, "--json")).document["purchase_id"] == (
        lost["purchase_id"]
    )


async def test_none_of_the_candidates_leaves_it_unresolved(buy, carddesk, vendor):
    shared = {"CARDDESK_ACCOUNT_EXCLUSIVE": "false"}
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    lost = (await buy("--yes", **shared)).document
    await carddesk("resolve", **shared)
    done = await carddesk("resolve", "--none", lost["purchase_id"], "--json", **shared)
    assert done.code == 4
    assert [(row["purchase_id"], row["state"]) for row in done.document] == [
        (lost["purchase_id"], "UNRESOLVED")
    ]
    assert done.err.count("UNRESOLVED:") == 1


@never_final
@pytest.mark.parametrize(
    ("fault", "code", "state", "money"),
    [("", 7, "HANDLING", "yes"), ("reset@placeOrder:after", 4, "UNRESOLVED", "unknown")],
)
async def test_a_journal_that_is_locked_after_the_answer_never_hides_the_order(
    buy, carddesk, vendor, environ, monkeypatch, fault, code, state, money
):
    await carddesk("balance")
    [journal] = (Path(environ["XDG_STATE_HOME"]) / "carddesk").glob("*.db")
    holder = sqlite3.connect(journal, isolation_level=None)
    real = VendorClient.place

    async def place(*values, **named):
        placement = await real(*values, **named)
        holder.execute("BEGIN EXCLUSIVE")
        return placement

    monkeypatch.setattr("services.journal.sqlite.connection.BUSY_SECONDS", 0.01)
    monkeypatch.setattr(VendorClient, "place", place)
    if fault:
        vendor.faults.add(Fault.parse(fault))
    done = await buy("--yes")
    holder.close()
    order_id = vendor.posts[0].order_id
    assert done.code == code
    assert list(done.document) == PURCHASE_KEYS
    assert (done.document["state"], done.document["error"]["money"]) == (state, money)
    assert done.document["error"]["code"] == "JOURNAL_LOCKED"
    assert done.document["order_id"] == (None if fault else order_id)
    assert (order_id in done.err) == (not fault)
    assert "End the process that holds the journal" in done.err
    assert "tries again" not in done.err
    assert "FAILED" not in done.err
    again = await carddesk("orders", "--unresolved", "--json")
    assert [p["state"] for p in again.document] == (["UNRESOLVED"] if fault else [])
    found = await carddesk("order", done.document["purchase_id"], "--json")
    assert found.document["order_id"] == done.document["order_id"]


async def test_an_unknown_outcome_is_not_called_failed(buy, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:before"))
    done = await buy("--yes")
    assert done.code == 4
    assert (
        "place: unknown No answer from the vendor: the order may or may not have gone through."
        in done.err
    )
    assert "FAILED" not in done.err
