"""`carddesk shift`: the report of the day, closing it, and what was closed, in three forms."""

import csv
import io

import pytest


@pytest.fixture
async def sold(carddesk, shelf):
    """One order, fulfilled, for a customer."""
    buy = ("buy", shelf.product_id, shelf.type_id, "2", "--note", "karim", "--yes", "--json")
    return (await carddesk(*buy, "--wait")).document


async def test_the_shift_that_goes_on_is_printed_and_not_closed(carddesk, sold):
    done = await carddesk("shift")
    assert done.code == 0
    assert "Shift 1, " in done.out
    assert "not closed" in done.out
    lines = [line.split() for line in done.out.splitlines()]
    assert ["sold", "2", "060.00"] in lines
    assert ["margin", "99.00"] in lines
    assert "karim" in done.out
    assert "1 order is not handed over: karim." in done.err
    asked = await carddesk("shift", "close")
    assert "Nothing is closed: --yes closes it." in asked.err
    assert (await carddesk("shift", "list", "--json")).document == []


async def test_a_closed_shift_is_listed_and_shown_in_three_forms(carddesk, sold):
    closed = (await carddesk("shift", "close", "--yes", "--json")).document
    assert (closed["closed"], closed["closed_by"], closed["all"]["sold"]) == (
        True, "amina", "2060.00",
    )  # fmt: skip
    assert (await carddesk("shift", "show", "1", "--json")).document == closed
    assert (await carddesk("shift", "list", "--json")).document == [closed]
    assert "closed by amina" in (await carddesk("shift", "show")).out
    rows = list(csv.DictReader(io.StringIO((await carddesk("shift", "show", "--csv")).out)))
    assert [row["of"] for row in rows] == ["all", "operator", "product"]
    assert {row["sold"] for row in rows} == {"2060.00"}
    [row] = csv.DictReader(io.StringIO((await carddesk("shift", "list", "--csv")).out))
    assert (row["shift"], row["orders"]) == ("1", "1")
    following = (await carddesk("shift", "--json")).document
    assert (following["shift"], following["all"]["orders"]) == (2, 0)


async def test_a_closed_shift_is_printed_in_the_columns_of_the_paper(carddesk, sold, tmp_path):
    await carddesk("shift", "close", "--yes")
    paper = tmp_path / "paper"
    variables = {
        "CARDDESK_UI_PRINT_COMMAND": f"tee {paper}",
        "CARDDESK_UI_PRINT_COLUMNS": "32",
    }
    done = await carddesk("shift", "print", **variables)
    assert done.code == 0
    lines = paper.read_text().splitlines()
    assert "Shift 1" in lines[0]
    assert max(map(len, lines)) <= 32
    assert any(line.split() == ["sold", "2", "060.00"] for line in lines)


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("show",), 3, "No shift was closed yet"),
        (("print", "4"), 3, "No shift was closed yet"),
        (("show", "twelve"), 2, "invalid int value"),
        (("close", "1"), 2, "A number goes with shift show and shift print"),
        (("list", "--yes"), 2, "--yes goes with shift close"),
        (("--csv", "--json"), 2, "give one of them"),
        (("open",), 2, "invalid choice"),
        (("close", "--yes", "--read-only"), 3, "This desk is read-only"),
    ],
)
async def test_what_cannot_be_done_says_why(carddesk, argv, code, words):
    done = await carddesk("shift", *argv)
    assert (done.code, words in done.err) == (code, True), done.err


async def test_without_a_printer_nothing_is_printed(carddesk, sold):
    await carddesk("shift", "close", "--yes")
    done = await carddesk("shift", "print")
    assert done.code == 3
    assert "Set ui.print_command" in done.err
    failing = await carddesk("shift", "print", CARDDESK_UI_PRINT_COMMAND="false")
    assert failing.code == 1
    assert "Not printed: ui.print_command failed with exit code 1" in failing.err
    kinds = [e["kind"] for e in (await carddesk("audit", "--json")).document["events"]]
    assert kinds[-2:] == ["print", "not-printed"]


async def test_orders_that_ended_without_a_console_are_asked_about(carddesk, shelf):
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    whole = (await carddesk("shift", "--json")).document["all"]
    assert (whole["handling"], whole["to_hand_over"]) == (0, 1)
