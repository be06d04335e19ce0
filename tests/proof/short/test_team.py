"""A journal on a server, shared by hosts: a little of what `make prove ARGS=team` does."""

import contextlib

import pytest

from services.vendor.client import VendorClient
from tests.journal.postgres.engine import MISSING
from tests.journal.postgres.server import TestServer
from tests.proof.team import approvals, budget, failover, ground, lines, many, mutants, race

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
SENT_AND_ANSWERED = slice(1, 3)
"""The commits of a purchase around its request."""


@pytest.fixture(autouse=True)
def one_server(postgres: TestServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start none for each: their databases are apart."""
    monkeypatch.setattr(ground, "running", lambda **_: contextlib.nullcontext(postgres))


@pytest.mark.parametrize(
    ("scene", "how", "every"),
    [
        (lines.purchase, lines.ends, 47),
        (lines.start, lines.resets, 131),
        (lines.whole, lines.ends, 173),
    ],
)
async def test_a_line_that_ends_anywhere_buys_once_and_loses_none(
    scene: lines.Scene, how: lines.How, every: int
) -> None:
    found = await lines.run(scene, how, every)
    assert found.complaints == []
    assert found.cases >= 5


async def test_a_server_that_dies_at_a_commit_loses_no_order() -> None:
    found = await lines.deaths(SENT_AND_ANSWERED)
    assert found.complaints == []
    assert found.cases >= 4


async def test_of_hosts_that_press_at_once_one_buys() -> None:
    found = await race.run(5)
    assert found.complaints == []
    assert found.sent > 5


async def test_of_an_approval_that_dies_anywhere_one_purchase_is_left() -> None:
    found = await approvals.run(every=23)
    assert found.complaints == []
    assert found.kills >= 3


async def test_what_a_failover_loses_its_host_writes_again() -> None:
    found = await failover.run(1, seed=2)
    assert found.complaints == []
    assert found.restored


async def test_one_of_many_consoles_polls_and_all_hear() -> None:
    assert (await many.run(12, 2, 3)).complaints == []


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.name)
async def test_a_defect_of_a_shared_journal_is_caught(mutant: mutants.Mutant) -> None:
    assert await mutants.caught(mutant)


async def test_hosts_that_press_hard_stay_below_the_vendors_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "PERSON_SECONDS", (0.1, 0.5))
    assert (await budget.run(8)).complaints == []


async def test_a_host_that_counts_for_itself_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VendorClient, "share", lambda *_: None)
    [over] = (await budget.run(8)).complaints
    assert "requests in a minute" in over


async def test_a_host_that_may_be_cut_off_is_waited_for() -> None:
    assert await mutants.cut_off() == []
