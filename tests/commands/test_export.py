"""`carddesk export`: lists without codes, and codes only where a person says so twice."""

import asyncio
import csv
import io
import json
import sys
from pathlib import Path

import pytest

from services.sandbox import Fault
from tests.proof.screen import Terminal


@pytest.fixture
async def sold(carddesk, shelf):
    """An order of two cards, fulfilled."""
    done = await carddesk(
        "buy", shelf.product_id, shelf.type_id, "2", "--yes", "--json", "--wait", "--reveal"
    )
    return done.document


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder that no other user can read."""
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    return folder


def kept(path: str | Path) -> tuple[int, str]:
    """Return a file's mode and text."""
    return Path(path).stat().st_mode & 0o777, Path(path).read_text(encoding="utf-8")


async def events(carddesk, kind: str) -> list[str]:
    events = (await carddesk("audit", "--json")).document["events"]
    return [
        f"{event['order_id'] or ''} {event['why']}" for event in events if event["kind"] == kind
    ]


@pytest.mark.parametrize("name", ["catalogue", "orders", "ledger", "log", "unresolved"])
async def test_every_list_is_written_without_codes_for_this_user_alone(carddesk, sold, name):
    done = await carddesk("export", name)
    mode, text = kept(done.out.strip())
    assert (done.code, mode) == (0, 0o600)
    assert bool(list(csv.DictReader(io.StringIO(text)))) is (name != "unresolved")
    assert sold["cards"][0]["value"] not in text


async def test_json_has_money_as_text_and_times_in_utc(carddesk, sold):
    done = await carddesk("export", "orders", "--json", "--output", "-")
    [row] = done.document
    assert row["total"] == "1961.00"
    assert row["created_at"].endswith("Z")


async def test_money_stays_a_number_in_csv(carddesk, sold, shelf):
    done = await carddesk("export", "stock", shelf.product_id, "--output", "-")
    prices = [row["price"] for row in csv.DictReader(io.StringIO(done.out))]
    assert "980.50" in prices


async def test_a_period_narrows_the_list(carddesk, sold):
    done = await carddesk("export", "orders", "--from", "2020-01-01", "--to", "2020-01-02")
    assert "0 rows" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("orders", "--csv", "--json"), "two formats"),
        (("stock",), "PRODUCT_ID"),
        (("orders", "p1"), "PRODUCT_ID"),
        (("catalogue", "--from", "2020-01-01"), "mean nothing"),
        (("ledger", "--with-codes"), "Only the list orders"),
        (("everything",), "everything"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(carddesk, arguments, words):
    done = await carddesk("export", *arguments)
    assert done.code == 2
    assert words in done.err


async def test_codes_are_recorded_and_only_this_user_can_read_them(carddesk, sold, own):
    path = own / "codes.csv"
    done = await carddesk("export", "orders", "--yes-with-codes", "--output", str(path))
    assert done.code == 0
    mode, text = kept(path)
    cards = [row["value"] for row in csv.DictReader(io.StringIO(text))]
    assert cards == [card["value"] for card in sold["cards"]]
    assert mode == 0o600
    assert await events(carddesk, "export") == [
        f"{sold['order_id']} all cards, into {path}",
        " 2 rows of orders-with-codes",
    ]
    assert sold["cards"][0]["value"] not in done.out + done.err


async def test_codes_in_json_are_with_their_order(carddesk, sold):
    done = await carddesk("export", "orders", "--yes-with-codes", "--json", "--output", "-")
    [row] = done.document
    assert row["cards"] == sold["cards"]


async def test_an_existing_file_and_an_open_folder_take_no_codes(carddesk, sold, own):
    there = own / "there.csv"
    there.write_text("mine")
    done = await carddesk("export", "orders", "--yes-with-codes", "--output", str(there))
    assert (done.code, there.read_text()) == (2, "mine")
    own.chmod(0o755)
    done = await carddesk("export", "orders", "--yes-with-codes", "--output", str(own / "new"))
    assert done.code == 2
    assert "look into" in done.err
    assert not (own / "new").exists()
    assert await events(carddesk, "export") == []


async def test_a_vendor_that_fails_midway_leaves_no_file(carddesk, vendor, sold, own):
    vendor.faults.add(Fault.parse("http500@checkOrder*0"))
    path = own / "codes.csv"
    done = await carddesk("export", "orders", "--yes-with-codes", "--output", str(path))
    assert done.code != 0
    assert not path.exists()


async def test_without_a_terminal_a_confirmation_is_impossible(
    environ, sold, own, command_line, root
):
    process = await asyncio.create_subprocess_exec(
        *command_line,
        *("export", "orders", "--with-codes", "--output", str(own / "codes.csv")),
        cwd=root,
        env=environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    _, err = await process.communicate(b"CODES\n")
    assert process.returncode == 2
    assert b"no terminal" in err
    assert not (own / "codes.csv").exists()


@pytest.mark.parametrize(("typed", "written"), [("CODES", True), ("yes", False)])
async def test_at_a_terminal_the_word_has_to_be_typed(carddesk, environ, sold, own, typed, written):
    path = own / "codes.json"

    def confirm() -> int:
        command = [str(Path(sys.executable).with_name("carddesk")), "export", "orders"]
        shown = Terminal(
            [*command, "--with-codes", "--json", "--output", str(path)], environ, (120, 24)
        )
        try:
            shown.wait_for("Type CODES")
            shown.press(*typed, "enter")
            return shown.exit_code()
        finally:
            shown.close()

    # The vendor answers on this loop meanwhile.
    code = await asyncio.to_thread(confirm)
    assert (code == 0) is written
    assert path.exists() is written
    if written:
        assert json.loads(path.read_text())[0]["cards"] == sold["cards"]
    assert bool(await events(carddesk, "export")) is written


async def test_further_fields_of_a_card_have_columns_of_their_own(carddesk, vendor, sold, own):
    vendor.faults.add(Fault.parse("shape:card-fields"))
    path = own / "codes.csv"
    assert (await carddesk("export", "orders", "--yes-with-codes", "--output", str(path))).code == 0
    rows = list(csv.DictReader(io.StringIO(kept(path)[1])))
    assert [row["card_pin"] for row in rows] == [f"PIN-{row['serial']}" for row in rows]
    shown = await carddesk("order", sold["order_id"], "--reveal")
    assert rows[0]["card_url"] in shown.out
    done = await carddesk("order", sold["order_id"], "--reveal", "--json")
    assert done.document["cards"][0]["pin"] == rows[0]["card_pin"]
