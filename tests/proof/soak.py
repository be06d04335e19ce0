"""A day at three consoles in virtual time, and the books at the end of it, to the dinar."""

import asyncio
import random
import sqlite3
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from services.desk.desk import Desk
from services.domain.errors import DeskError
from services.domain.models import Purchase, PurchaseState
from services.sandbox import Fault, Sandbox
from tests.proof.ground import Goods, desk_in, settings_for, stocked
from tests.proof.judge import leaks
from tests.proof.virtual import LoopClock, VirtualLoop, hold_time_for_journals

S = PurchaseState
CONSOLES = 3
SHELVES = 12
QUANTITIES = (1, 2, 3, 5)
FOREIGN_SHARE = 0.25
AFTERWARDS = 1_200.0
SHARE = 0.05
# Each strikes one purchase in twenty.
PLACING = (
    "reset@placeOrder:before", "reset@placeOrder:after", "hang@placeOrder:after",
    "truncate@placeOrder:after", "html502@placeOrder:after", "http500@placeOrder:before",
    "ratelimit@placeOrder", "not_json@placeOrder:after", "slow@placeOrder:before~20",
    "late@placeOrder~100",
)  # fmt: skip
READING = (
    "http503@list", "truncate@list", "shuffle_pages@list", "http503@transactions",
    "ratelimit@checkOrder~5", "reset@balance", "html502@checkProduct",
)  # fmt: skip
SETTLED = (S.FULFILLED, S.PARTIALLY_FILLED, S.REFUNDED)


class Books(Struct):
    """What a day came to. Amounts are DZD."""

    purchases: int = 0
    sent: int = 0
    orders: int = 0
    foreign: int = 0
    faults: int = 0
    decided_by_a_person: int = 0
    states: dict[str, int] = {}
    journal: Decimal = Decimal(0)
    others: Decimal = Decimal(0)
    vendor: Decimal = Decimal(0)
    complaints: list[str] = []

    @property
    def balanced(self) -> bool:
        """Whether what the journal and the others spent is what the vendor took."""
        return self.journal + self.others == self.vendor and not self.complaints


def run(purchases: int, seed: int, *, hours: float = 24.0) -> Books:
    """Live through a day and return its books.

    Args:
        purchases: how many are confirmed, spread over the day and the consoles.
        seed: of everything that is left to chance.
        hours: how long the day is.
    """
    undo = hold_time_for_journals()
    loop = VirtualLoop()
    try:
        with tempfile.TemporaryDirectory(prefix="carddesk-soak-") as folder:
            day = _Day(loop, Path(folder), purchases, random.Random(seed), hours * 3_600)
            return loop.run_until_complete(day.live())
    finally:
        undo()
        loop.close()


class _Day:
    def __init__(
        self, loop: VirtualLoop, folder: Path, purchases: int, rng: random.Random, seconds: float
    ) -> None:
        self._home = folder / "desk"
        self._clock = LoopClock(loop)
        self._rng = rng
        self._wanted = purchases
        self._seconds = seconds
        self._vendor = Sandbox(
            clock=self._clock,
            environment="PRODUCTION",
            moving=False,
            balance=Decimal(100_000_000),
            handling_seconds=(3, 45),
        )
        self._mine: dict[str, int] = {}
        self.books = Books(purchases=purchases)

    async def live(self) -> Books:
        """Open the consoles, let everybody buy, settle, and add up."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._vendor)
            goods = [Goods(g.product_id, g.type_id, 1) for g in stocked(self._vendor, SHELVES)]
            desks = [
                await stack.enter_async_context(self._console(number)) for number in range(CONSOLES)
            ]
            for desk in desks:
                desk.start()
            people = [asyncio.create_task(self._decides(desk)) for desk in desks[:1]]
            somebody_else = asyncio.create_task(self._foreigner(goods))
            await self._buy_all(desks, goods)
            await asyncio.sleep(AFTERWARDS)
            for task in (somebody_else, *people):
                task.cancel()
            await self._settle(desks[0])
            self._add_up()
        self.books.complaints += leaks(self._home)
        return self.books

    def _console(self, number: int) -> Desk:
        settings = settings_for(
            self._home, self._vendor.url, exclusive=False, deadline=60, poll_seconds=30
        )
        return desk_in(self._home, settings, self._clock, operator=f"desk {number}")

    async def _buy_all(self, desks: list[Desk], goods: list[Goods]) -> None:
        every = self._seconds / self._wanted
        buying: list[asyncio.Task[None]] = []
        for _ in range(self._wanted):
            await asyncio.sleep(self._rng.uniform(0.2, 1.8) * every)
            wish = self._rng.choice(goods)._replace(quantity=self._rng.choice(QUANTITIES))
            desk = self._rng.choice(desks)
            buying.append(asyncio.create_task(self._buy(desk, wish)))
        await asyncio.gather(*buying)

    async def _buy(self, desk: Desk, wish: Goods) -> None:
        """Buy as a stubborn person does: what is refused before it was sent is tried again."""
        for fault in (*PLACING, *READING):
            if self._rng.random() < SHARE:
                self.books.faults += 1
                self._vendor.faults.add(Fault.parse(fault))
        for _ in range(40):
            try:
                purchase = await desk.buy(await desk.quote(*wish))
            except DeskError:
                await asyncio.sleep(90)
                continue
            if purchase.state is not S.NOT_SENT:
                return
        self.books.complaints.append(f"could not buy {wish} in an hour")

    async def _foreigner(self, goods: list[Goods]) -> None:
        every = self._seconds / (self._wanted * FOREIGN_SHARE)
        while True:
            await asyncio.sleep(self._rng.uniform(0.2, 1.8) * every)
            wish = self._rng.choice(goods)._replace(quantity=self._rng.choice(QUANTITIES))
            self._vendor.foreign_order(*wish)
            self.books.foreign += 1

    async def _decides(self, desk: Desk) -> None:
        """The person at one console answers what is asked, knowing which orders are foreign."""
        while True:
            await asyncio.sleep(45)
            for purchase in await self._asked(desk):
                orders = self._vendor.orders
                fitting = [o for o in purchase.candidates if o in orders and not orders[o].foreign]
                taken = {p.order_id for p in await desk.journal.purchases()}
                free = [order_id for order_id in fitting if order_id not in taken]
                self.books.decided_by_a_person += 1
                try:
                    if free:
                        await desk.settlement.claim(purchase.id, free[0])
                    elif purchase.state is S.AMBIGUOUS:
                        await desk.settlement.none_of_these(purchase.id)
                    else:
                        await desk.settlement.acknowledge(purchase.id)
                except DeskError:
                    continue  # the vendor stumbled, or somebody was quicker: asked again

    async def _asked(self, desk: Desk) -> list[Purchase]:
        late = [p for p in desk.book.unsettled if p.late and not p.order_id]
        return [
            p for p in await desk.journal.purchases(unresolved=True) if p.state is S.AMBIGUOUS
        ] + late

    async def _settle(self, desk: Desk) -> None:
        self._vendor.faults.clear()
        self._vendor.finish()
        person = asyncio.create_task(self._decides(desk))
        for _ in range(60):
            await asyncio.sleep(600)
            if not await desk.journal.purchases(open_only=True):
                break
        person.cancel()

    def _add_up(self) -> None:
        """Compare the journal's file with the vendor's books, with none of the product's code."""
        books, vendor = self.books, self._vendor
        [path] = (self._home / "state").glob("*.db")
        connection = sqlite3.connect(path)
        rows = connection.execute(
            "SELECT id, state, order_id, fulfilled_amount, quantity FROM purchases"
        ).fetchall()
        connection.close()
        books.states = dict(Counter(row[1] for row in rows))
        bound = Counter(row[2] for row in rows if row[2])
        orders = vendor.orders
        books.sent, books.orders = len(vendor.posts), len(orders)
        placed = Counter(post.order_id for post in vendor.posts if post.order_id)
        for order_id, order in orders.items():
            if not order.foreign and bound[order_id] != 1:
                books.complaints.append(f"{order_id} is bound {bound[order_id]} times")
            if order.foreign and bound[order_id]:
                books.complaints.append(f"{order_id} is foreign, and bound")
            if order.foreign:
                books.others += order.fulfilled_amount
        if any(count > 1 for count in placed.values()):
            books.complaints.append("an order of two requests")
        sent = [row for row in rows if row[1] not in ("NOT_SENT", "INTENT")]
        if len(vendor.posts) > len(sent):
            books.complaints.append(f"{len(vendor.posts)} requests for {len(sent)} purchases")
        for name, state, order_id, amount, _ in rows:
            if state in (s.value for s in SETTLED):
                books.journal += Decimal(amount)
            elif order_id or state not in ("NOT_SENT", "REFUSED", "NOT_PLACED"):
                books.complaints.append(f"{name} is still {state}")
        # Deposits are no spending; refunds come back.
        for record in vendor.transactions:
            if record.type in ("ORDER", "REFUND-ORDER"):
                books.vendor += record.old_balance - record.new_balance
