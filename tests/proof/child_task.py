"""What one process of a case does: buy, or settle what a dead one left, and note what it said."""

import asyncio
import contextlib
import os
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.desk.desk import Desk
from services.domain.errors import DeskError, Refused
from services.domain.models import Purchase, PurchaseState
from tests.proof.ground import Goods, SharedClock, desk_in, settings_for

S = PurchaseState
ENOUGH = 2_000.0
MOST_ROUNDS = 40


class ChildTask(Struct, frozen=True):
    """A task for a child process.

    Attributes:
        role: `buy` confirms one purchase and follows it; `settle` starts, settles everything and
            watches for a day; `sell` puts a sale of `lines` together, or finds it again, and buys
            what is missing of it; `approve` approves what waits for it in a journal on a server.
        home: where the desk lives; `clock`, `points` and `shown` are files beside it.
        kill_at: at which point the process dies, 0 for never.
        mutant: which defect to build in, empty for none.
        watching: whether `settle` goes on for a day, so that late arrivals are seen.
        journal: the setting of that name: the server that has the journal, empty for a file.
        ours: what a person knows of the orders that are ours, for the AMBIGUOUS ones.
    """

    role: str
    url: str
    home: str
    goods: Goods
    kill_at: int = 0
    exclusive: bool = True
    environment: str = "PRODUCTION"
    deadline: float = 5.0
    mutant: str = ""
    watching: bool = True
    ours: tuple[str, ...] = ()
    journal: str = ""
    lines: tuple[Goods, ...] = ()

    @property
    def clock(self) -> Path:
        return Path(self.home) / "clock"

    @property
    def points(self) -> Path:
        return Path(self.home) / "points"

    @property
    def shown(self) -> Path:
        return Path(self.home) / "shown"


class Observation(Struct, frozen=True):
    """What an operator was shown of a purchase."""

    purchase_id: str
    state: str


class ShownStates:
    """Writes down what the operator is shown, at once."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def note(self, *purchases: Purchase) -> None:
        """Note the states of these purchases."""
        for purchase in purchases:
            line = msgspec.json.encode(Observation(purchase.id, purchase.state.value))
            os.write(self._fd, line + b"\n")


async def run(task: ChildTask) -> None:
    """Run a task to its end, or to its death."""
    clock = SharedClock(task.clock)
    home = Path(task.home) / "desk"
    settings = settings_for(
        home,
        task.url,
        exclusive=task.exclusive,
        environment=task.environment,
        deadline=task.deadline,
    )
    if task.journal:
        from services.journal.postgres import statements
        from tests.proof.team.ground import ServerTime

        profile = replace(settings.profile, journal=task.journal)
        settings = replace(settings, profile=profile)
        statements.NOW = ServerTime(SharedClock(task.clock, leaps=False))
    shown = ShownStates(task.shown)
    async with desk_in(home, settings, clock) as desk:
        await desk.ready()
        if task.role == "approve":
            await _approve(desk, shown)
        elif task.role == "buy":
            await _buy(desk, task.goods, shown)
        elif task.role == "sell":
            await _sell(desk, task, shown)
        else:
            await settle(desk, task, clock, shown)


async def _buy(desk: Desk, goods: Goods, shown: ShownStates) -> None:
    quote = await desk.quote(*goods)
    try:
        purchase = await desk.buy(quote, note="proof")
    except DeskError:
        shown.note(*await desk.journal.purchases())
        return
    shown.note(purchase)
    if purchase.state is S.HANDLING:
        shown.note(await desk.wait_final(purchase.id, 60))


async def _approve(desk: Desk, shown: ShownStates) -> None:
    for waiting in await desk.journal.purchases():
        if waiting.state is S.AWAITING_APPROVAL:
            quote = await desk.approvals.quote(waiting.id)
            with contextlib.suppress(DeskError):
                shown.note(await desk.approvals.approve(waiting.id, quote))


async def _sell(desk: Desk, task: ChildTask, shown: ShownStates) -> None:
    """Sell lines to one customer: what an earlier process left is gone on with, never begun new."""
    found = await desk.sales.unfinished()
    if not found and await desk.sales.listed(open_only=True):
        raise AssertionError("a sale that is not closed was not found again")
    sale = await desk.sales.take(found[0].id) if found else None
    prices = desk._settings.prices
    catalog = await desk.catalog.read()
    for product_id, type_id, quantity in task.lines[len(sale.lines) if sale else 0 :]:
        product, stock = catalog.find(product_id), await desk.figures.stock(product_id)
        kind = stock.find(type_id)
        assert product is not None
        assert kind is not None
        sale = await desk.sales.add(sale, product, kind, quantity, prices.price(kind.price))
    assert sale is not None
    for _ in range(MOST_ROUNDS):
        for purchase in await desk.journal.purchases():
            # Only this desk buys here: an order that could be the newest purchase is that one's.
            held = await desk.wait_final(purchase.id, ENOUGH)
            await _follow(desk, held, held.candidates, shown)
        sale = await desk.sales.read(sale.id)
        for line in sale.left_out:
            sale = await desk.sales.want_again(sale, line.number)
        if not sale.to_buy:
            return
        run = await desk.sales.buy(await desk.sales.check(sale, prices))
        shown.note(*await desk.journal.purchases())
        sale = run.sale
    raise AssertionError("the sale does not come to an end")


async def settle(desk: Desk, task: ChildTask, clock: SharedClock, shown: ShownStates) -> None:
    """Do what an operator does: start, look, decide what is asked, wait, and watch for a day."""
    shown.note(*await desk.journal.purchases())
    for purchase in await desk.settlement.resolve():
        shown.note(purchase)
    account = desk._opening.opened()
    for _ in range(MOST_ROUNDS):
        for purchase in await desk.journal.purchases():
            await _follow(desk, purchase, task.ours, shown)
        due = await account.reconciler.due()
        if due is None or not task.watching:
            break
        clock.advance(due)
        await account.reconciler.look_due()
    shown.note(*await desk.journal.purchases())


async def _follow(
    desk: Desk, purchase: Purchase, ours: tuple[str, ...], shown: ShownStates
) -> None:
    if purchase.state is S.UNRESOLVED:
        purchase = await desk.wait_final(purchase.id, ENOUGH)
    if purchase.state is S.AMBIGUOUS or (purchase.late and not purchase.order_id):
        purchase = await _decide(desk, purchase, ours)
    if purchase.state is S.UNRESOLVED:
        purchase = await desk.wait_final(purchase.id, ENOUGH)
    if purchase.state is S.HANDLING:
        purchase = await desk.wait_final(purchase.id, 60)
    shown.note(purchase)


async def _decide(desk: Desk, purchase: Purchase, ours: tuple[str, ...]) -> Purchase:
    """Answer as the person does who knows which order is ours."""
    for order_id in purchase.candidates:
        if order_id in ours:
            try:
                return await desk.settlement.claim(purchase.id, order_id)
            except Refused:
                continue  # another purchase has it
    if purchase.state is S.AMBIGUOUS:
        return await desk.settlement.none_of_these(purchase.id)
    return await desk.settlement.acknowledge(purchase.id)


def carry_out(task: ChildTask) -> None:
    """Run a task in this process, with its defect and its death built in."""
    from tests.proof import mutants
    from tests.proof.points import Points

    if task.mutant:
        mutants.BY_NAME[task.mutant].build_in()
    Points(task.points, task.kill_at).watch(server=bool(task.journal))
    asyncio.run(run(task))
