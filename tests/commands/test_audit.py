"""`carddesk audit`: who did what, newest last, and proof that it was not rewritten."""

import sqlite3
from pathlib import Path

import pytest


@pytest.fixture
async def sold(carddesk, shelf):
    """One order bought and revealed."""
    done = await carddesk(
        "buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json", "--wait", "--reveal"
    )
    return done.document


def rewrite(home: dict[str, str], statement: str) -> None:
    (journal,) = (Path(home["XDG_STATE_HOME"]) / "carddesk").glob("*.db")
    with sqlite3.connect(journal) as other:
        other.execute(statement)
    other.close()


async def test_the_log_tells_who_bought_and_revealed_newest_last(carddesk, sold):
    done = await carddesk("audit", "--json")
    events = done.document["events"]
    assert done.code == 0
    assert (events[0]["kind"], events[0]["to_state"]) == ("limits", None)
    assert [event["to_state"] for event in events][1:4] == ["INTENT", "SENDING", "HANDLING"]
    assert (events[-1]["kind"], events[-1]["who"]) == ("reveal", "amina")
    assert events[-1]["order_id"] == sold["order_id"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert done.document["verified"] is None


async def test_no_card_is_in_the_log(carddesk, sold):
    assert sold["cards"][0]["value"] not in (await carddesk("audit", "--json")).out
    assert sold["cards"][0]["value"] not in (await carddesk("audit")).out


async def test_the_plain_list_names_operator_deed_and_card(carddesk, sold):
    last = (await carddesk("audit")).out.splitlines()[-1]
    assert "amina" in last
    assert "reveal" in last
    assert sold["order_id"] in last


async def test_a_whole_log_verifies_and_its_head_still_is_later(carddesk, sold):
    done = await carddesk("audit", "--verify", "--json")
    assert (done.code, done.document["verified"]) == (0, True)
    assert "unbroken" in done.err
    assert done.document["head"] in done.err
    await carddesk("order", sold["order_id"], "--reveal")
    again = await carddesk("audit", "--verify", done.document["head"], "--json")
    assert (again.code, again.document["verified"]) == (0, True)
    assert again.document["head"] != done.document["head"]


async def test_an_edited_event_is_named(carddesk, home, sold):
    rewrite(home, "UPDATE events SET who = 'karim' WHERE kind = 'reveal'")
    done = await carddesk("audit", "--verify", "--json")
    assert (done.code, done.document["verified"]) == (2, False)
    assert "was edited" in done.err


async def test_a_head_that_is_not_in_the_log_is_a_failure(carddesk, sold):
    done = await carddesk("audit", "--verify", "3:" + "a" * 64)
    assert done.code == 2
    assert "rewritten" in done.err


async def test_what_is_no_head_is_refused(carddesk):
    done = await carddesk("audit", "--verify", "yesterday")
    assert done.code == 2
    assert "A head is" in done.err


async def test_a_period_leaves_out_what_is_older(carddesk, sold):
    past = ("--from", "2020-01-01", "--to", "2020-12-31")
    done = await carddesk("audit", *past, "--json")
    assert done.document["events"] == []
    assert "no such events" in done.err
