"""`carddesk sale`: all lines are checked, each is bought once, and only what is missing."""

import os
import signal
from decimal import Decimal

import pytest

from services.sandbox import Fault
from services.vendor.client import VendorClient
from tui.cli.commands import sale as command


@pytest.fixture
def goods(vendor):
    """Three things that the vendor has plenty of, at 100 DZD."""
    found = []
    for product in [p for p in vendor.products if p.enabled][:3]:
        kind = product.types[0]
        vendor.set_stock(kind.id, 50)
        vendor.set_price(kind.id, Decimal(100))
        found.append((product.id, kind.id))
    return found


@pytest.fixture
def sale(carddesk, goods):
    """A sale of the three, one card of the first, two of the second, three of the third."""
    lines = [w for n, (p, t) in enumerate(goods, 1) for w in ("--line", f"{p}:{t}:{n}")]

    async def sold(*options, **variables):
        return await carddesk("sale", *lines, "--json", *options, **variables)

    return sold


def outcomes(done):
    return [line["outcome"] for line in done.document["lines"]]


def test_a_line_is_read_as_it_is_typed():
    assert command.line_of("p:t:2") == command.TypedLine("p", "t", 2)


async def test_without_yes_the_lines_are_checked_and_nothing_is_kept(sale, carddesk, vendor):
    done = await sale()
    assert done.code == 2
    assert done.document["total"] == "600.00"
    assert done.document["customer_pays"] == "630.00"
    assert "3 lines to buy, 6 cards, 600 DZD; the customer pays 630 DZD" in done.err
    assert not vendor.posts
    assert (await carddesk("sale", "list", "--json")).document == {"sales": []}


async def test_each_line_is_bought_once_for_one_customer(sale, carddesk, vendor):
    done = await sale("--customer", "karim", "--received", "1 000", "--wait", "--yes")
    assert done.code == 0, done.err
    assert outcomes(done) == ["bought"] * 3
    purchases = [line["purchase"] for line in done.document["lines"]]
    assert {p["note"] for p in purchases} == {"karim"}
    assert [p["price"] for p in purchases] == ["105.00", "210.00", "315.00"]
    assert {p["order_id"] for p in purchases} == set(vendor.orders)
    assert done.document["give_back"] == "370.00"
    assert "Give back 370 DZD." in done.err
    assert "SANDBOX-CARD" not in done.out + done.err

    name = done.document["sale_id"]
    assert (await carddesk("sale", "show", name, "--json")).document["lines"] == (
        done.document["lines"]
    )
    again = await carddesk("sale", "resume", name, "--yes")
    assert again.code == 0
    assert "Nothing is to buy." in again.err
    assert len(vendor.posts) == 3


async def test_a_sale_for_a_person(sale, carddesk, goods):
    done = await carddesk("sale", "--line", f"{goods[0][0]}:{goods[0][1]}:1", "--yes")
    assert done.code == 0
    facts, table = done.out.split("\n\n")
    assert "customer pays" in facts
    assert len(table.splitlines()) == 2
    listed = await carddesk("sale", "list")
    assert len(listed.out.splitlines()) == 2


async def test_the_same_goods_twice_are_one_line(carddesk, vendor, goods):
    line = f"{goods[0][0]}:{goods[0][1]}:2"
    done = await carddesk("sale", "--line", line, "--line", line, "--yes", "--json")
    assert [each["quantity"] for each in done.document["lines"]] == [4]
    assert len(vendor.posts) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Give --line"),
        (("--line", "a:b"), "PRODUCT:TYPE:QUANTITY"),
        (("--line", "a:b:1.5"), "whole number"),
        (("--line", "a:b:0"), "whole number"),
        (("--line", "a b:c:1"), "cannot be an id"),
        (("show",), "needs a SALE"),
        (("resume", "nothing-like-that", "--yes"), "There is no sale"),
        (("show", "nothing-like-that"), "There is no sale"),
        (("close", "nothing-like-that"), "There is no sale"),
        (("list", "x"), "takes no SALE"),
        (("resume", "x", "--line", "a:b:1"), "--line is for a new sale"),
        (("--line", "a:b:1", "--retry"), "--retry goes with"),
        (("--line", "a:b:1", "--received", "-5"), "amount in DZD"),
        (("--line", "a:b:1", "--idempotency-key", "k" * 101), "at most 100"),
    ],
)
async def test_what_is_typed_wrong_buys_nothing(carddesk, vendor, words, said):
    done = await carddesk("sale", *words)
    assert done.code == 2
    assert said in done.err
    assert not vendor.posts


async def test_every_wrong_line_is_named_before_anything_is_bought(carddesk, vendor, goods):
    (one, kind), *_ = goods
    words = (f"{one}:{kind}:1", f"nothing:{kind}:1", f"{one}:no-such:1")
    lines = [w for each in words for w in ("--line", each)]
    done = await carddesk("sale", *lines, "--yes", "--json")
    assert done.code == 2
    problems = [line["problem"] for line in done.document["lines"]]
    assert problems[0] is None
    assert problems[1] == 'The vendor has no product "nothing"'
    assert 'has no value "no-such"' in problems[2]
    assert not vendor.posts


@pytest.mark.parametrize(
    ("stock", "price", "variables", "words"),
    [
        (1, 100, {}, "left in stock"),
        (50, 400_000, {}, "balance"),
        (50, 100, {"CARDDESK_PURCHASE_MAX_DAY": "250"}, "over a limit"),
        (50, 100, {"CARDDESK_PURCHASE_MAX_QUANTITY": "1"}, "at most 1 card"),
    ],
)
async def test_what_all_lines_need_together_is_checked(
    sale, goods, vendor, stock, price, variables, words
):
    vendor.set_stock(goods[2][1], stock)
    vendor.set_price(goods[2][1], Decimal(price))
    done = await sale("--yes", **variables)
    assert done.code == 3
    assert words in done.document["lines"][2]["problem"]
    assert not vendor.posts


async def test_a_dearer_sale_than_allowed_is_refused(sale, vendor):
    assert (await sale("--yes", "--max-total", "599")).code == 3
    assert not vendor.posts
    assert (await sale("--yes", "--max-total", "600")).code == 0


async def test_a_refused_line_is_left_out_and_bought_when_asked(sale, carddesk, vendor):
    vendor.faults.add(Fault.parse("ratelimit@placeOrder"))
    first = await sale("--yes", "--received", "1000")
    assert first.code == 3
    assert outcomes(first) == ["not_bought", "bought", "bought"]
    assert first.document["customer_pays"] == "525.00"
    assert first.document["give_back"] == "475.00"
    assert "line 1 was not bought" in first.err
    name = first.document["sale_id"]
    same = await carddesk("sale", "resume", name, "--yes", "--json")
    assert (same.code, len(vendor.posts)) == (3, 3)
    done = await carddesk("sale", "resume", name, "--retry", "--yes", "--json")
    assert done.code == 0, done.err
    assert outcomes(done) == ["bought"] * 3
    assert done.document["lines"][0]["idempotency_key"].endswith("-1/2")
    assert len(vendor.posts) == 4


async def test_a_price_that_rose_after_the_check_is_left_out(sale, vendor, goods, monkeypatch):
    real = VendorClient.place

    async def place(*values, **named):
        vendor.set_price(goods[1][1], Decimal(101))
        vendor.set_price(goods[2][1], Decimal(99))
        return await real(*values, **named)

    monkeypatch.setattr(VendorClient, "place", place)
    done = await sale("--yes")
    assert done.code == 3
    assert outcomes(done) == ["bought", "not_bought", "bought"]
    assert "the cost was 100 DZD and is now 101 DZD" in done.document["lines"][1]["why"]
    assert len(vendor.posts) == 2


async def test_a_line_without_an_answer_stops_before_the_next(sale, carddesk, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    vendor.faults.add(Fault.parse("late@placeOrder~1"))
    stopped = await sale("--yes")
    assert stopped.code == 4
    assert outcomes(stopped) == ["unresolved", "to_buy", "to_buy"]
    assert stopped.document["stopped"] == "line 1 has no answer"
    assert len(vendor.posts) == 1
    name = stopped.document["sale_id"]
    assert (await carddesk("resolve")).code in (0, 4)
    done = await carddesk("sale", "resume", name, "--go-on", "--yes", "--wait", "30", "--json")
    assert done.code == 0, done.err
    assert outcomes(done) == ["bought"] * 3
    assert len(vendor.posts) == 3


async def test_go_on_buys_the_others_meanwhile(sale, carddesk, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    vendor.faults.add(Fault.parse("late@placeOrder~3600"))
    done = await sale("--yes", "--go-on")
    assert done.code == 4
    assert outcomes(done) == ["unresolved", "bought", "bought"]
    again = await carddesk("sale", "resume", done.document["sale_id"], "--yes")
    assert again.code == 4
    assert "has no answer yet" in again.err
    assert len(vendor.posts) == 3


async def test_a_vendor_that_cannot_be_reached_ends_the_sale(sale, carddesk, vendor):
    vendor.faults.add(Fault.parse("http503@list*0"))
    done = await sale("--yes")
    assert done.code == 5
    assert outcomes(done) == ["to_buy"] * 3
    assert "line 1" in done.document["stopped"]
    assert not vendor.posts
    vendor.faults.clear()
    name = done.document["sale_id"]
    assert (await carddesk("sale", "resume", name, "--yes")).code == 0
    assert len(vendor.posts) == 3


async def test_a_stop_waits_for_the_line_that_is_sent(sale, carddesk, vendor, monkeypatch):
    real = VendorClient.place

    async def place(*values, **named):
        os.kill(os.getpid(), signal.SIGINT)
        return await real(*values, **named)

    monkeypatch.setattr(VendorClient, "place", place)
    done = await sale("--yes")
    assert done.code == 128 + signal.SIGINT
    assert outcomes(done) == ["bought", "to_buy", "to_buy"]
    monkeypatch.setattr(VendorClient, "place", real)
    rest = await carddesk("sale", "resume", done.document["sale_id"], "--yes", "--json")
    assert outcomes(rest) == ["bought"] * 3
    assert len(vendor.posts) == 3


async def test_one_key_is_one_sale(sale, carddesk, vendor, goods):
    first = await sale("--idempotency-key", "till-7", "--yes")
    assert first.document["sale_id"] == "till-7"
    again = await sale("--idempotency-key", "till-7", "--yes")
    assert again.code == 0
    assert again.document["lines"] == first.document["lines"]
    other = f"{goods[0][0]}:{goods[0][1]}:5"
    wrong = await carddesk("sale", "--line", other, "--idempotency-key", "till-7", "--yes")
    assert wrong.code == 2
    assert "other lines" in wrong.err
    assert len(vendor.posts) == 3


async def test_a_closed_sale_says_what_was_not_bought(sale, carddesk, vendor):
    vendor.faults.add(Fault.parse("http503@list*0"))
    name = (await sale("--yes")).document["sale_id"]
    vendor.faults.clear()
    assert "3 lines not bought" in (await carddesk("sale", "close", name)).err
    assert (await carddesk("sale", "list", "--open", "--json")).document == {"sales": []}


async def test_a_read_only_desk_sells_nothing(sale, vendor):
    done = await sale("--yes", "--read-only")
    assert done.code == 3
    assert not vendor.requests
