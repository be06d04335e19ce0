"""`carddesk find`, `order --story`, `delivered` and `orders --undelivered`."""

import io
import sys

import pytest

from services.sandbox import Fault

OFFLINE = {"CARDDESK_BASE_URL": "http://127.0.0.1:9/v3"}


async def sell(carddesk, shelf, note="", quantity="1"):
    note = ("--note", note) if note else ()
    done = await carddesk(
        *("buy", shelf.product_id, shelf.type_id, quantity, "--yes", "--json", "--wait", *note)
    )
    assert done.code == 0
    return done.document


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


async def test_one_hit_is_printed_as_a_timeline_line_by_line(carddesk, shelf):
    mine = await sell(carddesk, shelf, "for Yacine", "2")
    await carddesk("order", mine["order_id"], "--reveal")
    done = await carddesk("find", "for", "yac")
    assert done.code == 0
    assert "Found by note." in done.err
    text = done.out
    for part in (
        "You can tell the customer:\n  Your 2 cards are ready.",
        "Quoted: price of a card 980.50 DZD; total 1 961 DZD",
        "The request is sent",
        "requestId req_",
        "Revealed: all cards (amina)",
        "sandbox: no money moves",
    ):
        assert part in text
    assert "SANDBOX-CARD" not in text
    found = (await carddesk("find", mine["order_id"][-6:], "--json")).document
    assert [hit["found_by"] for hit in found["hits"]] == [["last digits"]]
    assert found["hits"][0]["order_id"] == mine["order_id"]
    assert found["story"]["tell"] == ["Your 2 cards are ready."]
    assert found["story"]["purchase"] == mine
    [quoted] = [e for e in found["story"]["entries"] if e["what"] == "Quoted"]
    assert quoted["amounts"]["total"] == "1961.00"
    assert (await carddesk("order", mine["purchase_id"], "--story")).out == (
        await carddesk("find", mine["purchase_id"])
    ).out


async def test_several_hits_are_a_list_and_none_is_a_sentence(carddesk, vendor, shelf):
    first, second = await sell(carddesk, shelf, "for Ali"), await sell(carddesk, shelf, "for Lina")
    done = await carddesk("find", "for")
    assert done.code == 0
    assert done.out.splitlines()[0].split()[:2] == ["FOUND", "BY"]
    assert {first["order_id"], second["order_id"]} < set(done.out.split())
    theirs = vendor.foreign_order(shelf.product_id, shelf.type_id, 3)
    found = (await carddesk("find", "today", "--json")).document
    assert {hit["order_id"] for hit in found["hits"]} == {
        first["order_id"], second["order_id"], theirs
    }  # fmt: skip
    assert found["story"] is None
    done = await carddesk("find", "nobody", "--json")
    assert (done.code, done.document) == (2, {"hits": [], "story": None, "said": []})
    assert "Nothing was found for nobody." in done.err


@pytest.mark.parametrize("words", [(), ("31/2",), ("x", "--days", "3"), ("x", "--serial", "y")])
async def test_what_asks_for_nothing_is_refused(carddesk, words):
    done = await carddesk("find", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("carddesk: ")


@pytest.mark.parametrize(
    "words",
    [("--serial", "-"), ("--serial", "SANDBOX-2"), ("serial:-",), ("serial:SANDBOX-2",)],
)
async def test_a_serial_leads_to_its_order_and_is_nowhere(
    carddesk, shelf, tmp_path, monkeypatch, words
):
    mine = await sell(carddesk, shelf, "for Yacine", "2")
    piped(monkeypatch, "SANDBOX-2\n")
    done = await carddesk("find", *words, "--days", "2", "--json")
    assert done.code == 0
    assert [hit["found_by"] for hit in done.document["hits"]] == [["serial"]]
    assert done.document["hits"][0]["order_id"] == mine["order_id"]
    assert "2 days were looked through" in done.err
    assert "SANDBOX-2" not in done.out + done.err
    held = b"".join(p.read_bytes() for p in (tmp_path / "state").rglob("*") if p.is_file())
    assert b"serial search" in held
    assert b"SANDBOX-2" not in held


async def test_no_serial_or_an_unknown_one_finds_nothing(carddesk, shelf, monkeypatch):
    await sell(carddesk, shelf)
    piped(monkeypatch, "\n")
    assert "no serial to look for" in (await carddesk("find", "--serial", "-")).err
    done = await carddesk("find", "--serial", "SANDBOX-99")
    assert done.code == 2
    assert "Nothing was found for a serial." in done.err


async def test_without_a_line_the_journals_part_is_found(carddesk, shelf):
    mine = await sell(carddesk, shelf, "for Yacine")
    done = await carddesk("find", "yacine", **OFFLINE)
    assert done.code == 0
    assert mine["order_id"] in done.out
    assert "could not be asked" in done.out
    assert "Every card came" in done.out


async def test_an_order_is_marked_as_given_and_the_mark_is_taken_back(carddesk, shelf):
    mine = await sell(carddesk, shelf, "for Yacine")
    other = await sell(carddesk, shelf, "for Lina")
    waiting = (await carddesk("orders", "--undelivered", "--json")).document
    assert [row["order_id"] for row in waiting] == [mine["order_id"], other["order_id"]]
    done = await carddesk("delivered", mine["purchase_id"], "--json")
    assert done.code == 0
    assert done.document["given_by"] == "amina"
    assert done.document["given_at"].endswith("Z")
    again = await carddesk("delivered", mine["order_id"], "--json", CARDDESK_OPERATOR="karim")
    assert again.document == done.document
    assert "handed over already" in again.err
    waiting = (await carddesk("orders", "--undelivered", "--json", **OFFLINE)).document
    assert [row["order_id"] for row in waiting] == [other["order_id"]]
    assert "by amina" in (await carddesk("orders")).out
    assert "Handed over:" in (await carddesk("order", mine["order_id"])).err
    back = await carddesk("delivered", mine["order_id"], "--undo", "--json")
    assert back.document == {"order_id": mine["order_id"], "given_at": None, "given_by": None}
    assert "not marked" in (await carddesk("delivered", mine["order_id"], "--undo")).err
    kinds = [event["kind"] for event in (await carddesk("audit", "--json")).document["events"]]
    assert kinds[-2:] == ["delivered", "undelivered"]
    assert (await carddesk("audit", "--verify")).code == 0


async def test_nothing_left_to_give_is_a_sentence(carddesk, shelf):
    mine = await sell(carddesk, shelf)
    await carddesk("delivered", mine["order_id"])
    done = await carddesk("orders", "--undelivered")
    assert (done.code, done.out) == (0, "")
    assert "Every card that came is handed over." in done.err


async def test_what_has_no_cards_is_not_marked(carddesk, vendor, shelf):
    vendor.faults.add(Fault.parse("reset@placeOrder:before"))
    lost = await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json")
    done = await carddesk("delivered", lost.document["purchase_id"], "--json")
    assert (done.code, done.document["error"]["code"]) == (3, "NOTHING_TO_GIVE")
    done = await carddesk("delivered", "65f0a1b2c3d4e5f60718293a", "--json")
    assert (done.code, done.document["error"]["code"]) == (3, "NOT_FOUND")


async def test_a_note_is_changed_after_the_end_and_found_by_its_new_words(carddesk, shelf):
    mine = await sell(carddesk, shelf, "for Yacine")
    done = await carddesk("note", mine["order_id"], "Lina, table 4", "--json")
    assert (done.code, done.document["note"]) == (0, "Lina, table 4")
    assert (await carddesk("find", "yacine")).code == 2
    assert (await carddesk("find", "table", "lina", "--json")).document["hits"][0][
        "purchase_id"
    ] == mine["purchase_id"]


async def test_an_order_of_another_desk_has_a_timeline_of_what_the_vendor_knows(
    carddesk, vendor, shelf
):
    theirs = vendor.foreign_order(shelf.product_id, shelf.type_id, 3)
    vendor.finish(theirs)
    done = await carddesk("order", theirs, "--story")
    assert done.code == 0
    assert "Placed by another desk: 3 x " in done.out
    assert "The vendor says now: FULFILLED" in done.out
    assert "Your 3 cards are ready." in done.out
