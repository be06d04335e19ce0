"""`carddesk money`, `ledger`, `note` and `acknowledge`: the console's deeds without a screen."""

import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.journal.transaction import JournalTransaction, ReadWhenAsked
from services.sandbox import Fault
from tests.widgets.sheets.shop_day import figures
from tui.cli.commands.money import WIDTH, day_plots


@pytest.fixture
async def sold(carddesk, shelf):
    """One order, fulfilled."""
    done = await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json", "--wait")
    return done.document


async def test_money_is_one_fact_a_line_without_boxes(carddesk, sold):
    done = await carddesk("money", CARDDESK_PURCHASE_MAX_DAY="50000")
    assert done.code == 0
    lines = dict(line.split("  ", 1) for line in done.out.splitlines())
    assert "980.50 DZD of 50 000 DZD spent; 49 019.50 DZD may still" in lines["today"]
    assert "1 order, 1 card" in lines["bought today"]
    assert "Not enough history" in lines["runway"]
    assert done.out.isascii()


async def test_money_in_json_is_text_and_null_where_it_is_unknown(carddesk, sold):
    read = (await carddesk("money", "--json")).document
    assert (read["spent_today"], read["max_day"], read["orders_today"]) == ("980.50", None, 1)
    assert read["runway_days"] is None


async def test_the_figures_of_the_day_agree_with_one_another(carddesk, sold):
    read = (await carddesk("money", "--json")).document
    assert (read["sold_today"], read["margin_today"]) == ("1030.00", "49.50")
    [hour] = read["spent_by_hour"]
    assert hour["amount"] == read["spent_today"] == read["spent_by_day"][-1]["amount"]
    [seller] = read["best_sellers"]
    assert (seller["cards"], seller["sold"]) == (1, "1030.00")
    assert (read["orders_to_hand_over"], read["cards_to_hand_over"]) == (1, 1)
    lines = dict(line.split("  ", 1) for line in (await carddesk("money")).out.splitlines())
    assert lines["sold"].strip() == "1 030.00"
    assert lines["to hand over"].strip() == "1 order, 1 card"


async def test_money_without_the_vendor_says_what_the_journal_knows(carddesk, vendor, sold):
    vendor.faults.add(Fault.parse("http503@balance*0"))
    done = await carddesk("money")
    assert done.code == 0
    assert "The balance could not be read" in done.err
    assert "980.50 DZD spent" in done.out


async def test_ledger_is_transactions_by_its_other_name(carddesk, sold):
    one, other = await carddesk("ledger", "--json"), await carddesk("transactions", "--json")
    assert one.code == 0
    assert one.document == other.document


@pytest.mark.parametrize("by", ["order_id", "purchase_id", "idempotency_key"])
async def test_a_note_is_kept_by_any_reference(carddesk, sold, by):
    done = await carddesk("note", sold[by], "for Yacine", "--json")
    assert (done.code, done.document["note"]) == (0, "for Yacine")
    shown = await carddesk("order", sold["order_id"], "--json")
    assert shown.document["note"] == "for Yacine"
    events = (await carddesk("audit", "--json")).document["events"]
    assert (events[-1]["kind"], events[-1]["who"]) == ("note", "amina")


async def test_a_note_on_what_the_journal_does_not_know_is_refused(carddesk, sold):
    done = await carddesk("note", "unknown", "text")
    assert done.code != 0
    assert "knows no purchase" in done.err


async def test_what_is_settled_well_is_not_acknowledged(carddesk, sold):
    done = await carddesk("acknowledge", sold["order_id"])
    assert done.code == 3
    assert "ready" in done.err


async def test_what_was_not_placed_is_acknowledged_once_and_recorded(carddesk, home, sold):
    (journal,) = (Path(home["XDG_STATE_HOME"]) / "carddesk").glob("*.db")
    with sqlite3.connect(journal) as other:
        other.row_factory = sqlite3.Row
        other.execute("UPDATE purchases SET state = 'NOT_PLACED', order_id = NULL")
        tx = JournalTransaction(other, ReadWhenAsked(other, "2026-03-01T09:00:00.000000Z"), "amina")
        tx.event("move", purchase_id=sold["purchase_id"], to_state="NOT_PLACED")
    other.close()
    done = await carddesk("acknowledge", sold["purchase_id"], "--json")
    assert (done.code, done.document["state"]) == (0, "NOT_PLACED")
    events = (await carddesk("audit", "--json")).document["events"]
    assert events[-1]["kind"] == "acknowledge"


def test_a_day_is_drawn_as_its_balance_and_its_hours() -> None:
    lines = day_plots(figures()).splitlines()
    assert lines[0] == "balance"
    assert "spent per hour, thousand DZD" in lines
    assert max(map(len, lines)) <= WIDTH
    assert any(line.startswith("337 550 ┤") for line in lines)
    assert "25.7" in "".join(lines)


def test_what_is_not_known_is_not_drawn() -> None:
    assert day_plots(replace(figures(), balance=(), hours=())) == ""
