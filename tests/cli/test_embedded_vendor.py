"""`--sandbox`: the embedded vendor lives as long as the command, and remembers."""

import pytest

from services.paths import Paths
from tui.embedded import reached, served


@pytest.fixture
def sandbox(fresh):
    async def command(*argv):
        return await fresh("--sandbox", *argv, CARDDESK_NET_MAX_REQUESTS_PER_SECOND="50")

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
    async with served(paths) as vendor, reached(paths) as url:
        assert url == vendor.url
    async with reached(paths) as url:
        assert url.endswith("/v3")


async def test_a_folder_that_cannot_be_used_is_a_sentence(sandbox, tmp_path):
    (tmp_path / "state" / "carddesk").mkdir(parents=True)
    (tmp_path / "state" / "carddesk" / "sandbox").write_text("in the way")
    done = await sandbox("balance")
    assert done.code == 2
    assert done.err.count("\n") == 1
