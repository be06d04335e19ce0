"""The event log names what a person did beside buying: revealed, exported, decided, and so on."""

import pytest

from services.sandbox import Fault


async def events_of(carddesk, *kinds: str) -> list[tuple[str, str, str]]:
    events = (await carddesk("audit", "--json")).document["events"]
    return [(e["kind"], e["who"], e["why"]) for e in events if e["kind"] in kinds]


@pytest.fixture
async def unanswered(carddesk, shelf, vendor):
    """A purchase without an answer, and the order that it became; the account has others."""
    shared = {"CARDDESK_ACCOUNT_EXCLUSIVE": "false"}
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    done = await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json", **shared)
    assert done.code == 4
    assert (await carddesk("resolve", **shared)).code == 4
    [order_id] = vendor.orders
    return done.document["purchase_id"], order_id


async def test_the_order_that_a_person_picked(carddesk, unanswered):
    purchase, order = unanswered
    done = await carddesk("resolve", "--claim", purchase, order, CARDDESK_OPERATOR="karim")
    assert done.code == 0
    assert await events_of(carddesk, "claim") == [("claim", "karim", "a person said: this one")]
    assert "claim" in (await carddesk("audit")).out


async def test_that_a_person_picked_none(carddesk, unanswered):
    purchase, _ = unanswered
    await carddesk("resolve", "--none", purchase, CARDDESK_OPERATOR="karim")
    assert await events_of(carddesk, "none") == [("none", "karim", "a person said: none of these")]


async def test_revealing_and_exporting(carddesk, shelf, tmp_path):
    bought = await carddesk(
        "buy", shelf.product_id, shelf.type_id, "1", "--yes", "--wait", "--reveal", "--json"
    )
    order = bought.document["order_id"]
    codes = tmp_path / "codes"
    codes.mkdir(mode=0o700)
    await carddesk("export", "orders", "--csv")
    done = await carddesk(
        *("export", "orders", "--yes-with-codes", "--output", str(codes / "codes.csv"))
    )
    assert done.code == 0
    found = await events_of(carddesk, "reveal", "export")
    assert [(kind, who) for kind, who, _ in found][:2] == [("reveal", "amina"), ("export", "amina")]
    assert ("export", "amina", f"all cards, into {codes / 'codes.csv'}") in found
    events = (await carddesk("audit", "--json")).document["events"]
    assert order in [e["order_id"] for e in events if e["kind"] == "export"]


async def test_working_under_other_limits_than_before(carddesk):
    await carddesk("balance")
    await carddesk("balance")
    await carddesk("balance", CARDDESK_PURCHASE_MAX_DAY="5000", CARDDESK_OPERATOR="karim")
    first, changed, *_ = await events_of(carddesk, "limits")
    assert first[1] == "amina"
    assert first[2].startswith("limits at the first start")
    assert changed == ("limits", "karim", "limits changed: max_day 0 -> 5 000")
