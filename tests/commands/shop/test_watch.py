"""`carddesk watch`: set, listed and taken off, and what is refused."""

import json

import pytest


async def test_a_watch_is_added_listed_and_removed(carddesk, shelf):
    added = await carddesk(
        "watch", "add", shelf.product_id, shelf.type_id, "--back", "--percent", "2.5%", "--json"
    )
    assert added.code == 0
    assert added.document["back"] is True
    assert (added.document["percent"], added.document["below"]) == ("2.5", None)
    await carddesk("watch", "add", shelf.product_id)
    listed = await carddesk("watch", "list", "--json")
    assert listed.document[0] == added.document
    assert listed.document[1]["type_id"] is None
    assert "cost moves by more than 5 %" in (await carddesk("watch")).out
    removed = await carddesk("watch", "remove", shelf.product_id, shelf.type_id)
    assert "Not watched any more" in removed.out
    assert len((await carddesk("watch", "--json")).document) == 1


async def test_nothing_watched_is_an_empty_list(carddesk):
    done = await carddesk("watch", "--json")
    assert (done.code, done.document) == (0, [])
    assert "Nothing is watched" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add",), "Say which product"),
        (("remove",), "Say which product"),
        (("list", "p1"), "takes no product"),
        (("remove", "p1", "--below", "3"), "taken off whole"),
        (("remove", "p1"), "That is not watched"),
        (("add", "p1", "--percent", "much"), "not a number of per cents"),
        (("add", "p1", "--percent", "1001"), "from 0 to 1000"),
        (("add", "p1", "--below", "1.5"), "not a whole number"),
        (("add", "p1", "--below", "0"), "from 1 to"),
        (("add", "p 1"), "cannot be an id"),
        (("forget", "p1"), "invalid choice"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_watched(carddesk, words, said):
    done = await carddesk("watch", *words)
    assert done.code == 2
    assert said in done.err
    assert (await carddesk("watch", "--json")).document == []


async def test_what_the_vendor_does_not_have_is_not_watched(carddesk, shelf):
    assert (await carddesk("watch", "add", "no-such-product")).code == 3
    done = await carddesk("watch", "add", shelf.product_id, "no-such-type")
    assert done.code == 2
    assert "no such value" in done.err


async def test_a_stock_that_a_command_reads_speaks_in_the_event_log(carddesk, shelf, vendor):
    await carddesk("watch", "add", shelf.product_id, shelf.type_id, "--below", "10")
    vendor.set_stock(shelf.type_id, 4)
    await carddesk("stock", shelf.product_id)
    await carddesk("stock", shelf.product_id)
    audit = await carddesk("audit", "--json")
    said = [event for event in audit.document["events"] if event["kind"] == "watch"]
    assert len(said) == 1
    assert "Stock is low" in said[0]["why"]
    assert "code" not in json.dumps(said)


async def test_what_is_watched_is_listed_without_the_vendor(carddesk, shelf, vendor):
    await carddesk("watch", "add", shelf.product_id)
    listed = await carddesk("watch", "--json", CARDDESK_BASE_URL="http://127.0.0.1:9/v3")
    assert listed.code in (0, 5)
