"""An operator on a host of the network, who buys a list once each, whatever becomes of the link."""

import asyncio
import random
import sys
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.desk.desk import Desk
from services.domain.errors import DeskError
from services.domain.models import Purchase, PurchaseState
from services.domain.outcome_not_saved import OutcomeNotSaved
from services.domain.secrets import Secret
from services.sandbox import DEMO_KEY
from services.settings.route import route
from tests.proof.ground import Goods, paths_in, settings_for

S = PurchaseState
BUY_AGAIN = frozenset({S.NOT_SENT, S.REFUSED, S.NOT_PLACED})
"""Nothing was bought, the screen says: then the operator tries once more."""

ENDED = frozenset({S.FULFILLED, S.PARTIALLY_FILLED, S.REFUNDED})
LOOK = 1.0
"""Seconds between two looks of the operator."""


class HostTask(Struct, frozen=True):
    """What an operator is asked to do.

    Attributes:
        home: where the desk lives, its certificate with it.
        url: the vendor.
        journal: where the journal is.
        wanted: what to buy, each of it once.
        pause: seconds between two purchases, at most.
        seed: of the pauses.
    """

    home: str
    url: str
    journal: str
    wanted: tuple[Goods, ...]
    pause: float
    seed: int


class HostReport(Struct):
    """What came of it.

    Attributes:
        said: failures before anything was sent.
        unsaved: outcomes that the journal could not take at once.
        purchases: those that were made.
    """

    said: int = 0
    unsaved: int = 0
    purchases: int = 0


class Operator:
    """Buys, and looks at what has no end yet, until all of the list is bought."""

    def __init__(self, desk: Desk, task: HostTask) -> None:
        self._desk: Final = desk
        self._chance: Final = random.Random(task.seed)
        self._pause: Final = task.pause
        self._wanted = list(task.wanted)
        self._open: dict[str, Goods] = {}
        self.report: Final = HostReport()

    async def work(self) -> None:
        """Return when each of the list has been bought and has its end."""
        while self._wanted or self._open:
            if self._wanted:
                await self._buy(self._wanted.pop(0))
            await asyncio.sleep(self._chance.uniform(0, self._pause) if self._wanted else LOOK)
            await self._look()

    async def _buy(self, goods: Goods) -> None:
        try:
            purchase = await self._desk.buy(await self._desk.quote(*goods), note=goods.type_id)
        except OutcomeNotSaved as unsaved:
            # Its sentence says what became of it, and that this console will write it down.
            self.report.unsaved += 1
            purchase = unsaved.purchase
        except DeskError:
            # It is said with each of these that nothing was sent.
            self.report.said += 1
            self._wanted.append(goods)
            return
        self.report.purchases += 1
        self._open[purchase.id] = goods

    async def _look(self) -> None:
        try:
            held = {each.id: each for each in await self._desk.journal.purchases()}
        except DeskError:
            return
        for name in self._open.keys() & held.keys():
            await self._follow(held[name])

    async def _follow(self, purchase: Purchase) -> None:
        if purchase.state in ENDED:
            del self._open[purchase.id]
        elif purchase.state in BUY_AGAIN:
            self._wanted.append(self._open.pop(purchase.id))
        elif purchase.state is S.AMBIGUOUS and len(purchase.candidates) == 1:
            # What is bought of this kind and number is this purchase and no other.
            try:
                await self._desk.settlement.claim(purchase.id, purchase.candidates[0])
            except DeskError:
                self.report.said += 1


async def run(task: HostTask) -> HostReport:
    """Open a desk and have its operator work."""
    home = Path(task.home)
    paths = paths_in(home)
    base = settings_for(home, task.url)
    profile = replace(base.profile, journal=task.journal, journal_ca="ca.pem")
    settings = replace(base, profile=profile, net=replace(base.net, ca_file="ca.pem"))
    desk = Desk(
        settings, Secret(DEMO_KEY), paths, operator="amina", route=route(settings.net, paths)
    )
    async with desk:
        while True:
            try:
                await desk.ready()
                break
            except DeskError:
                await asyncio.sleep(LOOK)
        desk.start()
        operator = Operator(desk, task)
        await operator.work()
    return operator.report


if __name__ == "__main__":
    done = asyncio.run(run(msgspec.json.decode(sys.argv[1], type=HostTask)))
    sys.stdout.buffer.write(msgspec.json.encode(done))
