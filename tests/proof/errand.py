"""What one process of a case does: buy, or settle what a dead one left, and note what it said."""

import asyncio
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from services.desk.desk import Desk
from services.domain.errors import DeskError, Refused
from services.domain.models import Purchase, PurchaseState
from tests.proof.ground import Goods, SharedClock, desk_in, settings_for

S = PurchaseState
ENOUGH = 2_000.0
MOST_ROUNDS = 40


class Errand(Struct, frozen=True):
    """An errand for a child process.

    Attributes:
        role: `buy` confirms one purchase and follows it; `settle` starts, settles everything and
            watches for a day.
        home: where the desk lives; `clock`, `points` and `told` are files beside it.
        kill_at: at which point the process dies, 0 for never.
        mutant: which defect to build in, empty for none.
        watching: whether `settle` goes on for a day, so that late arrivals are seen.
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

    @property
    def clock(self) -> Path:
        return Path(self.home) / "clock"

    @property
    def points(self) -> Path:
        return Path(self.home) / "points"

    @property
    def told(self) -> Path:
        return Path(self.home) / "told"


class Told(Struct, frozen=True):
    """What an operator was shown of a purchase."""

    purchase_id: str
    state: str


class Teller:
    """Writes down what the operator is shown, at once."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def tell(self, *purchases: Purchase) -> None:
        """Note the states of these purchases."""
        for purchase in purchases:
            line = msgspec.json.encode(Told(purchase.id, purchase.state.value))
            os.write(self._fd, line + b"\n")


async def run(errand: Errand) -> None:
    """Run an errand to its end, or to its death."""
    clock = SharedClock(errand.clock)
    home = Path(errand.home) / "desk"
    settings = settings_for(
        home,
        errand.url,
        exclusive=errand.exclusive,
        environment=errand.environment,
        deadline=errand.deadline,
    )
    teller = Teller(errand.told)
    async with desk_in(home, settings, clock) as desk:
        await desk.ready()
        if errand.role == "buy":
            await _buy(desk, errand.goods, teller)
        else:
            await _settle(desk, errand, clock, teller)


async def _buy(desk: Desk, goods: Goods, teller: Teller) -> None:
    quote = await desk.quote(*goods)
    try:
        purchase = await desk.buy(quote, note="proof")
    except DeskError:
        teller.tell(*await desk.journal.purchases())
        return
    teller.tell(purchase)
    if purchase.state is S.HANDLING:
        teller.tell(await desk.wait_final(purchase.id, 60))


async def _settle(desk: Desk, errand: Errand, clock: SharedClock, teller: Teller) -> None:
    """Do what an operator does: start, look, decide what is asked, wait, and watch for a day."""
    teller.tell(*await desk.journal.purchases())
    for purchase in await desk.settlement.resolve():
        teller.tell(purchase)
    account = desk._opening.opened()
    for _ in range(MOST_ROUNDS):
        for purchase in await desk.journal.purchases():
            await _follow(desk, purchase, errand.ours, teller)
        due = await account.reconciler.due()
        if due is None or not errand.watching:
            break
        clock.advance(due)
        await account.reconciler.look_due()
    teller.tell(*await desk.journal.purchases())


async def _follow(desk: Desk, purchase: Purchase, ours: tuple[str, ...], teller: Teller) -> None:
    if purchase.state is S.UNRESOLVED:
        purchase = await desk.wait_final(purchase.id, ENOUGH)
    if purchase.state is S.AMBIGUOUS or (purchase.late and not purchase.order_id):
        purchase = await _decide(desk, purchase, ours)
    if purchase.state is S.UNRESOLVED:
        purchase = await desk.wait_final(purchase.id, ENOUGH)
    if purchase.state is S.HANDLING:
        purchase = await desk.wait_final(purchase.id, 60)
    teller.tell(purchase)


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


def carry_out(errand: Errand) -> None:
    """Run an errand in this process, with its defect and its death built in."""
    from tests.proof import mutants
    from tests.proof.points import Points

    if errand.mutant:
        mutants.BY_NAME[errand.mutant].build_in()
    Points(errand.points, errand.kill_at).watch()
    asyncio.run(run(errand))
