"""`carddesk transactions`: movements with their orders on stdout, what they add up to on stderr."""

import io
import json
from decimal import Decimal

import pytest

from services.sandbox import DEMO_KEY, Fault, Sandbox
from tui.cli.main import run

KEYS = [
    "id", "type", "operation", "amount", "old_balance", "new_balance", "order_id", "purchase_id",
    "mine", "note", "time", "mark",
]  # fmt: skip


@pytest.fixture
async def shop():
    async with Sandbox(environment="PRODUCTION", moving=False, handling_seconds=(0, 0)) as box:
        yield box


@pytest.fixture
def shelf(shop):
    product = next(p for p in shop.products if p.enabled)
    kind = product.types[0]
    shop.set_stock(kind.id, 50)
    shop.set_price(kind.id, Decimal("980.50"))
    return product.id, kind.id


@pytest.fixture
def carddesk(shop, tmp_path):
    environ = {
        "HOME": str(tmp_path),
        "CARDDESK_BASE_URL": shop.url,
        "CARDDESK_API_KEY": DEMO_KEY,
        "CARDDESK_ENVIRONMENT": "production",
        "CARDDESK_NET_MAX_REQUESTS_PER_SECOND": "50",
        "CARDDESK_OPERATOR": "amina",
    } | {f"XDG_{n}_HOME": str(tmp_path / n) for n in ("CONFIG", "STATE", "CACHE")}

    async def command(*argv):
        stdout, stderr = io.StringIO(), io.StringIO()
        code = await run(argv, environ, stdout, stderr)
        return code, stdout.getvalue(), stderr.getvalue()

    return command


async def test_our_movements_and_others_are_distinct_for_a_program(carddesk, shop, shelf):
    _, bought, _ = await carddesk("buy", *shelf, "2", "--yes", "--json")
    mine = json.loads(bought)
    theirs = shop.foreign_order(*shelf, 1)
    code, out, err = await carddesk("transactions", "--json")
    foreign, ours, opening = json.loads(out)
    assert code == 0
    assert list(ours) == KEYS
    assert (ours["order_id"], ours["purchase_id"]) == (mine["order_id"], mine["purchase_id"])
    assert (ours["mine"], ours["mark"], ours["amount"]) == (True, None, "1961.00")
    assert (foreign["order_id"], foreign["purchase_id"]) == (theirs, None)
    assert (foreign["mine"], foreign["mark"]) == (False, "not_ours")
    assert (opening["order_id"], opening["mine"], opening["mark"]) == (None, None, None)
    assert err.splitlines() == [
        "Spent on orders: 2 941.50 DZD. The orders say the same.",
        "There are debits that are not of this desk: 1.",
    ]


async def test_movements_for_a_person_name_order_owner_and_goods(carddesk, shop, shelf):
    await carddesk("buy", *shelf, "2", "--yes", "--note", "for Ali")
    shop.foreign_order(*shelf, 1)
    _, out, _ = await carddesk("transactions")
    head, foreign, ours, opening = out.splitlines()
    assert head.split() == ["TIME", "TYPE", "AMOUNT", "BALANCE", "ORDER", "WHO", "MARK", "WHAT"]
    assert "-1 961" in ours
    assert " amina " in ours
    assert ours.endswith("(for Ali)")
    assert "other desk  not ours  1 x " in foreign
    assert "+250 000" in opening


async def test_an_unknown_order_is_the_difference(carddesk, shop, shelf):
    shop.faults.add(Fault("late", endpoint="placeOrder", seconds=3_600))
    shop.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
    await carddesk("buy", *shelf, "2", "--yes")
    code, out, err = await carddesk("transactions", "--json")
    lost = json.loads(out)[0]
    assert code == 0
    assert (lost["mine"], lost["mark"]) == (None, "no_order")
    assert lost["order_id"] == shop.posts[0].order_id
    assert "1 961 DZD more than the 0 DZD that the orders say." in err
    assert "There are debits without a known order: 1." in err


async def test_a_period_without_movements_says_so(carddesk):
    code, out, err = await carddesk("transactions", "--from", "2020-01-01", "--to", "2020-01-31")
    assert (code, out) == (0, "")
    assert "There are no movements in this period." in err
