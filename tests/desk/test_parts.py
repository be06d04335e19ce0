"""The parts of a desk: plain objects, each of which says so while there is no account."""

import pytest

from services.desk.catalog import DeskCatalog
from services.desk.desk import Desk
from services.desk.diagnostics import DeskHealth
from services.desk.exports import DeskExports
from services.desk.figures import Figures
from services.desk.journal import DeskJournal
from services.desk.money import DeskMoney
from services.desk.orders import DeskOrders
from services.desk.receipts import DeskReceipts
from services.desk.settlement import DeskSettlement
from services.desk.support import DeskSupport
from services.domain.errors import JournalFailed
from services.domain.secrets import Secret
from services.settings.load import load, sandbox_settings
from services.system.paths import Paths

PARTS = {
    "catalog": DeskCatalog,
    "exports": DeskExports,
    "figures": Figures,
    "health": DeskHealth,
    "journal": DeskJournal,
    "money": DeskMoney,
    "orders": DeskOrders,
    "receipts": DeskReceipts,
    "settlement": DeskSettlement,
    "support": DeskSupport,
}


@pytest.fixture
def closed(paths: Paths) -> Desk:
    settings = sandbox_settings(load(paths, {}, sandbox=True), "http://127.0.0.1:9/v3")
    return Desk(settings, Secret("a-key-that-nothing-asks"), paths, operator="amina")


def test_desk_and_its_parts_have_no_base_classes(closed):
    assert {name: type(getattr(closed, name)) for name in PARTS} == PARTS
    assert {part.__bases__ for part in (Desk, *PARTS.values())} == {(object,)}


@pytest.mark.parametrize(
    "call",
    [
        lambda desk: desk.exports.write("orders", ()),
        lambda desk: desk.journal.purchases(),
        lambda desk: desk.journal.record("copy", "o1", "card 1"),
        lambda desk: desk.money.ledger(),
        lambda desk: desk.money.figures(),
        lambda desk: desk.orders.list(),
        lambda desk: desk.orders.reveal("o1", None),
        lambda desk: desk.receipts.write(["o1"], "card 1", lambda _: Secret("AAAA")),
        lambda desk: desk.settlement.claim("p1", "o1"),
        lambda desk: desk.support.find("o1"),
        lambda desk: desk.support.give("o1"),
    ],
)
async def test_part_without_an_account_changes_nothing(closed, paths, call):
    before = sorted(paths.state_dir.rglob("*"))
    with pytest.raises(JournalFailed) as failure:
        await call(closed)
    assert failure.value.code == "JOURNAL_CLOSED"
    assert "r tries again" in failure.value.sentence()
    assert [p for p in sorted(paths.state_dir.rglob("*")) if p.is_file()] == [
        p for p in before if p.is_file()
    ]
