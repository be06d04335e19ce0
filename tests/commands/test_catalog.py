"""Reading commands: what they print for a program and for a person."""

import re

from services.sandbox import Fault
from services.vendor import patience

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_balance_is_a_money_string_and_a_utc_time(carddesk):
    done = await carddesk("balance", "--json")
    assert done.code == 0
    assert done.document["balance"] == "250000.00"
    assert done.document["currency"] == "DZD"
    assert INSTANT.fullmatch(done.document["read_at"])


async def test_balance_for_a_person(carddesk):
    done = await carddesk("balance")
    assert (done.code, done.out, done.err) == (0, "250 000 DZD\n", "")


async def test_the_catalogue_lists_every_product(carddesk, vendor):
    document = (await carddesk("catalog", "--json")).document
    assert {p["product_id"] for p in document["products"]} == {p.id for p in vendor.products}
    assert set(document["products"][0]) == {"product_id", "title", "category", "region", "enabled"}
    assert INSTANT.fullmatch(document["read_at"])


async def test_a_query_finds_products_by_every_word_in_any_order(carddesk):
    found = (await carddesk("catalog", "WALLET steam", "--json")).document["products"]
    assert found
    assert all("steam" in p["title"].lower() for p in found)


async def test_a_query_finds_what_the_filter_of_the_console_finds(carddesk):
    exact = (await carddesk("catalog", "steam", "--json")).document["products"]
    nearly = (await carddesk("catalog", "staem", "--json")).document["products"]
    assert exact
    assert {p["title"] for p in nearly} >= {p["title"] for p in exact}
    assert (await carddesk("catalog", "psn", "--json")).document["products"]


async def test_a_query_that_finds_nothing_says_so(carddesk):
    done = await carddesk("catalog", "no-such-thing")
    assert (done.code, done.out) == (0, "")
    assert done.err == "No product matches.\n"


async def test_the_catalogue_comes_from_the_cache_until_refreshed(carddesk, vendor):
    await carddesk("catalog")
    await carddesk("catalog")
    assert vendor.requests["GET", "catalog"] == 1
    await carddesk("catalog", "--refresh")
    assert vendor.requests["GET", "catalog"] == 2


async def test_stock_tells_price_and_cards_of_each_type(carddesk, shelf):
    document = (await carddesk("stock", shelf.product_id, "--json")).document
    mine = next(t for t in document["types"] if t["type_id"] == shelf.type_id)
    assert mine["unit_price"] == "980.50"
    assert mine["stock"] == 50
    assert (mine["retail_price"], mine["margin"]) == ("1030.00", "49.50")
    assert document["product_id"] == shelf.product_id


async def test_stock_tells_what_is_earned_at_the_markup_of_the_settings(carddesk, shelf):
    done = await carddesk("stock", shelf.product_id, CARDDESK_UI_MARKUP_PERCENT="10")
    headings, *rows = done.out.splitlines()[1:]
    assert " ".join(headings.split()) == "TYPE ID COST DZD PRICE DZD MARGIN DZD STOCK NAME"
    [row] = [row for row in rows if row.startswith(shelf.type_id)]
    assert row.split()[1:6] == ["980.50", "1", "079", "98.50", "50"]


async def test_a_product_that_vanished_is_refused_in_words(carddesk, vendor, shelf):
    vendor.withdraw(shelf.product_id)
    done = await carddesk("stock", shelf.product_id, "--json")
    assert done.code == 3
    assert done.document["error"]["code"] == "NOT_FOUND"
    assert done.document["error"]["money"] == "no"
    assert done.err.count("\n") == 1


async def test_transactions_are_an_array(carddesk):
    (opening,) = (await carddesk("transactions", "--json")).document
    assert opening["type"] == "DEPOSIT"
    assert opening["amount"] == opening["new_balance"] == "250000.00"
    assert INSTANT.fullmatch(opening["time"])


async def test_transactions_of_a_period_before_there_were_any(carddesk):
    done = await carddesk("transactions", "--from", "2020-01-01", "--to", "2020-01-31")
    assert (done.code, done.out) == (0, "")


async def test_global_options_are_before_or_after_the_command(carddesk):
    before = await carddesk("--json", "balance")
    after = await carddesk("balance", "--json")
    assert before.document["balance"] == after.document["balance"]


async def test_help_and_version_send_no_request(carddesk, vendor):
    shown = await carddesk("--help")
    assert shown.code == 0
    assert "exit codes: 0 done" in shown.out
    assert (await carddesk("buy", "--help")).out.startswith("usage: carddesk buy")
    assert (await carddesk("--version")).out.startswith("carddesk ")
    assert not vendor.requests


async def test_a_silent_vendor_is_said_while_a_command_waits(carddesk, vendor, monkeypatch):
    monkeypatch.setattr(patience, "SILENT_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LAST_SECONDS", 0.2)
    vendor.faults.add(Fault("hang", times=0))
    done = await carddesk("balance")
    assert done.code == 5
    assert "The vendor has not answered for 0 s: trying again." in done.err
    assert "no answer for 0 s (NO_ANSWER). Nothing was changed." in done.err
    assert vendor.requests["GET", "validate"] == 2
