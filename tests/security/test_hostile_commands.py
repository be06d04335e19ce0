"""Every command on hostile text: it ends in order, and nothing that steers a terminal comes out."""

import json

import pytest

from services.sandbox import Fault
from tests.cli.conftest import *  # noqa: F403 - the command line's own fixtures
from tests.security.hostile_text import BATCHES, STRINGS, SURROGATES, inert, turn_hostile

READING = [
    ("catalog",), ("catalog", "--refresh"), ("balance",), ("transactions",), ("orders",),
    ("doctor",), ("audit", "--verify"), ("resolve",), ("orders", "--unresolved"),
    ("find", "today"), ("find", "long"), ("orders", "--undelivered"),
]  # fmt: skip


async def every_command(carddesk, shelf):
    """Run each command as text and as JSON; yield the command and what it left behind."""
    note = "".join(STRINGS.values())[:200].replace("\x00", "\x01")
    bought = await carddesk(
        *("buy", shelf.product_id, shelf.type_id, "2", "--yes", "--wait", "--reveal", "--json"),
        *("--note", note),
    )
    yield bought
    orders = json.loads((await carddesk("orders", "--json")).out)
    commands = [*READING, ("stock", shelf.product_id), ("order", "no-such-order")]
    for row in orders:
        commands.append(("order", row["order_id"], "--reveal"))
        commands.append(("order", row["order_id"], "--story"))
        commands.append(("delivered", row["order_id"]))
    commands.append(("buy", shelf.product_id, shelf.type_id, "99999", "--yes"))
    for command in commands:
        yield await carddesk(*command)
        yield await carddesk(*command, "--json")


@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
async def test_nothing_but_text_comes_out(carddesk, vendor, shelf, poison, names):
    poison([STRINGS[name] for name in names])
    turn_hostile(vendor)
    vendor.foreign_order(shelf.product_id, shelf.type_id, 2)
    async for done in every_command(carddesk, shelf):
        assert inert(done.out), done
        assert inert(done.err), done
        assert done.code in (0, 2, 3), done


async def test_hostile_identifiers_end_in_a_sentence(carddesk, vendor, shelf, poison):
    poison(STRINGS.values(), identifiers=True)
    turn_hostile(vendor)
    for command in [*READING, ("stock", shelf.product_id)]:
        done = await carddesk(*command)
        assert inert(done.out + done.err), done
        assert done.code in (0, 2, 3, 4, 5), done


@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
async def test_a_hostile_account_name_is_only_a_name(carddesk, vendor, poison, names):
    for name in names:
        poison([STRINGS[name]])
        vendor.faults.clear()
        vendor.faults.add(Fault("hostile", endpoint="validate", times=0))
        done = await carddesk("doctor")
        assert inert(done.out + done.err), done


@pytest.mark.parametrize("name", SURROGATES)
async def test_half_a_character_is_a_reply_that_cannot_be_read(carddesk, vendor, poison, name):
    poison([SURROGATES[name]])
    vendor.faults.add(Fault("hostile", endpoint="catalog", times=0))
    done = await carddesk("catalog")
    assert done.out + done.err
    (done.out + done.err).encode()
    assert done.code in (0, 5)


@pytest.mark.parametrize("name", [name for name in STRINGS if "\x00" not in STRINGS[name]])
async def test_what_a_person_types_is_answered_with_text(fresh, name):
    bad = STRINGS[name]
    for command in (
        ("stock", bad), ("order", bad), (bad,), ("buy", bad, bad, bad, "--yes"),
        ("audit", "--verify", bad), ("orders", "--from", bad), ("--profile", bad, "balance"),
        ("find", bad), ("find", "--serial", bad), ("find", "x", "--days", bad), ("delivered", bad),
    ):  # fmt: skip
        done = await fresh(*command)
        assert inert(done.out + done.err), done
        assert done.code in (0, 2)


@pytest.mark.parametrize(
    "variable",
    ["OPERATOR", "BASE_URL", "ENVIRONMENT", "API_KEY", "UI_THEME", "BOARD_HOURS", "KEY_FILE", "X"],
)
async def test_hostile_variables_are_answered_with_text(carddesk, variable):
    for bad in STRINGS.values():
        done = await carddesk("config", "show", **{f"CARDDESK_{variable}": bad})
        assert inert(done.out + done.err), (variable, done)
        assert done.code in (0, 2), done
