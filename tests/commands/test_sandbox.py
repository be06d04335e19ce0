"""`--sandbox`: the embedded vendor lives as long as the command, and remembers."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest

from services.sandbox import DEMO_KEY, TEST_PARTIAL, TEST_REFUND
from services.sandbox.host import reached, served
from services.sandbox.sandbox import OPENING_BALANCE
from services.system.paths import Paths
from services.vendor import link, rate_limit


@pytest.fixture
def sandbox(fresh):
    async def command(*argv):
        return await fresh("--sandbox", *argv, CARDDESK_NET_MAX_REQUESTS_PER_MINUTE="6000")

    return command


async def test_a_purchase_of_one_command_is_there_for_the_next(sandbox):
    products = (await sandbox("catalog", "--json")).document["products"]
    product = next(p["product_id"] for p in products if p["enabled"])
    types = (await sandbox("stock", product, "--json")).document["types"]
    kind = next(t["type_id"] for t in types if t["stock"])
    bought = await sandbox("buy", product, kind, "1", "--yes", "--json")
    assert bought.code == 0
    rows = (await sandbox("orders", "--json")).document
    assert [row["order_id"] for row in rows] == [bought.document["order_id"]]


async def test_it_needs_no_key_and_takes_no_account_of_one(sandbox):
    done = await sandbox("doctor", "--json")
    assert done.code == 0
    assert "account" in {finding["check"] for finding in done.document}


async def test_one_process_serves_and_the_others_meet_it_there(paths: Paths):
    async with served(paths) as vendor, reached(paths) as (url, environment):
        assert (url, environment) == (vendor.url, "sandbox")
    async with reached(paths) as (url, _):
        assert url.endswith("/v3")


async def test_a_folder_that_cannot_be_used_is_a_sentence(sandbox, tmp_path):
    (tmp_path / "state" / "carddesk").mkdir(parents=True)
    (tmp_path / "state" / "carddesk" / "sandbox").write_text("in the way")
    done = await sandbox("balance")
    assert done.code == 2
    assert done.err.count("\n") == 1


async def test_used_requests_make_a_command_wait_and_say_so(carddesk, home, monkeypatch):
    for _ in range(2):
        assert (await carddesk("balance", CARDDESK_NET_MAX_REQUESTS_PER_MINUTE="6")).code == 0
    monkeypatch.setattr(rate_limit, "WINDOW", 1.0)
    monkeypatch.setattr(link, "WORTH_SAYING", 0.1)
    waited = await carddesk("balance", CARDDESK_NET_MAX_REQUESTS_PER_MINUTE="6")
    assert waited.code == 0
    assert re.search(r"are used up: reading goes on in 1 s", waited.err)


async def test_a_limit_that_is_no_number_is_refused(fresh):
    done = await fresh("sandbox", "--limit", "many")
    assert done.code == 2
    assert "number of requests" in done.err


@pytest.fixture
async def charging(home):
    async with served(Paths.default(home), charge=True, deposit=Decimal(1_000), speed=60) as vendor:
        vendor._world._handling = (0, 0)
        yield vendor


async def test_a_vendor_that_charges_takes_and_returns_money(sandbox, charging):
    balance = Decimal((await sandbox("balance", "--json")).document["balance"])
    assert balance == OPENING_BALANCE + 1_000
    product = next(p for p in charging.products if p.enabled)
    bought = await sandbox("buy", product.id, product.types[0].id, "2", "--yes", "--json")
    total = Decimal(bought.document["total"])
    assert total > 0
    tests = next(p for p in charging.products if TEST_REFUND in [t.id for t in p.types])
    for kind in (TEST_REFUND, TEST_PARTIAL):
        done = await sandbox("buy", tests.id, kind, "2", "--yes", "--json")
        assert done.document["order_id"], done
    paid = Decimal(done.document["unit_price"])
    left = Decimal((await sandbox("balance", "--json")).document["balance"])
    assert left == balance - total - paid
    moves = charging.transactions
    assert all(new.old_balance == old.new_balance for new, old in pairwise(moves))
    assert [move.type for move in moves].count("REFUND-ORDER") == 2
    assert (await sandbox("transactions")).code == 0


async def test_a_vendor_that_charges_is_met_as_production(sandbox, charging, fresh):
    found = (await sandbox("doctor", "--json")).document
    assert any("PRODUCTION" in finding["detail"] for finding in found)
    other = await fresh(
        "balance",
        CARDDESK_BASE_URL=charging.url,
        CARDDESK_API_KEY=DEMO_KEY,
        CARDDESK_ENVIRONMENT="production",
    )
    assert other.code == 0


@pytest.mark.parametrize("option", [("--deposit", "-1"), ("--speed", "0"), ("--speed", "fast")])
async def test_what_is_no_amount_or_speed_is_refused(fresh, option):
    done = await fresh("sandbox", *option)
    assert (done.code, done.err.count("\n")) == (2, 1)
