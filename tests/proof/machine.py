"""The state machine: any order of buying, dying, waiting, foreign orders and late arrivals."""

import asyncio
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.desk.desk import Desk
from services.domain.errors import DeskError, Refused
from services.domain.models import PurchaseState
from services.sandbox import Fault, Sandbox
from tests.proof.ground import Goods, desk_in, settings_for, stocked
from tests.proof.judge import leaks
from tests.proof.virtual import LoopClock, VirtualLoop, hold_time_for_journals, kill

S = PurchaseState
STEPS_A_RUN = 50
MOST_ROUNDS = 200
SLOTS = 2
SHELVES = 2
FAULTS = (
    "", "", "", "reset@placeOrder:before", "reset@placeOrder:after", "truncate@placeOrder:after",
    "html502@placeOrder:before", "http500@placeOrder:after", "ratelimit@placeOrder",
    "not_json@placeOrder:after", "hang@placeOrder:before", "hang@placeOrder:after",
    "reset@placeOrder:before", "slow@placeOrder:before~90", "slow@placeOrder:before~300",
    "slow@placeOrder:before~300", "slow@placeOrder:before~4000",
    "slow@placeOrder:after~90", "redirect@placeOrder:before",
)  # fmt: skip
LATENESS = (0, 0, 0, 30, 150, 1_000)
UNSETTLED = ("SENDING", "UNRESOLVED", "AMBIGUOUS")
Slot = st.integers(0, SLOTS - 1)
Shelf = st.integers(0, SHELVES - 1)


class Desks(RuleBasedStateMachine):
    """Two desks over one journal, one vendor, and a person who knows the truth."""

    steps = 0
    sent = 0

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="carddesk-machine-")
        self._home = Path(self._folder.name) / "desk"
        self._undo = hold_time_for_journals()
        self._loop = VirtualLoop()
        self._clock = LoopClock(self._loop)
        self._desks: list[Desk | None] = [None] * SLOTS
        self._owner: dict[int, str] = {}
        self._exclusive = True
        self._well = False
        self._vendor = Sandbox(
            clock=self._clock, environment="PRODUCTION", moving=False, handling_seconds=(1, 40)
        )
        self._run(self._vendor.start())
        self._goods = [Goods(g.product_id, g.type_id, 2) for g in stocked(self._vendor, SHELVES)]

    def _run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    @initialize(exclusive=st.booleans())
    def begin(self, exclusive: bool) -> None:
        self._exclusive = exclusive
        self._run(self._open(0))

    # What happens.

    @rule(slot=Slot, shelf=Shelf, fault=st.sampled_from(FAULTS), late=st.sampled_from(LATENESS))
    def buy(self, slot: int, shelf: int, fault: str, late: int) -> None:
        """Buy, or be refused."""
        self._run(self._buy(slot, self._goods[shelf], fault, late))

    @rule(
        slot=Slot,
        shelf=Shelf,
        fault=st.sampled_from(FAULTS),
        patience=st.sampled_from((15, 120, 200, 280, 400)),
    )
    def buy_in_peace(self, slot: int, shelf: int, fault: str, patience: int) -> None:
        """Wait, settle what went before, answer what is asked, and buy."""
        self._run(asyncio.sleep(patience))
        for deed in (self._settle, self._look, self._decide, self._settle):
            self._run(deed(slot))
        self._run(self._buy(slot, self._goods[shelf], fault, 0))

    @rule(
        slot=Slot,
        shelf=Shelf,
        fault=st.sampled_from(FAULTS),
        turns=st.sampled_from((1, 30, 100, 300)),
        sent=st.booleans(),
    )
    def buy_and_die(self, slot: int, shelf: int, fault: str, turns: int, sent: bool) -> None:
        """Die some turns of the loop after the purchase was confirmed, or after it was sent."""
        self._run(self._buy(slot, self._goods[shelf], fault, 0, turns=turns, sent=sent))

    @precondition(lambda self: not self._exclusive)
    @rule(shelf=Shelf)
    def somebody_else_buys(self, shelf: int) -> None:
        """Another desk of the account buys the same."""
        self._vendor.foreign_order(*self._goods[shelf])

    @rule(seconds=st.sampled_from((5, 20, 200, 200, 900, 4_000, 30_000)))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self._run(asyncio.sleep(seconds))

    @rule(slot=Slot, what=st.sampled_from(("settle", "settle", "look", "decide", "die", "leave")))
    def at_a_desk(self, slot: int, what: str) -> None:
        """What is due is looked for; a person looks, or decides; the desk dies, or is left."""
        deed = {
            "settle": self._settle,
            "look": self._look,
            "decide": self._decide,
            "die": self._die,
            "leave": self._leave,
        }[what]
        self._run(deed(slot))

    @rule(
        slot=Slot,
        endpoint=st.sampled_from(("list", "transactions", "balance", "checkOrder")),
        kind=st.sampled_from(("http503", "truncate", "shuffle_pages")),
    )
    def look_while_the_vendor_stumbles(self, slot: int, endpoint: str, kind: str) -> None:
        """A look whose reads fail, retries included."""
        self._vendor.faults.add(Fault(kind, endpoint=endpoint, times=4))
        self._run(self._settle(slot))
        self._vendor.faults.clear()

    # What holds.

    @invariant()
    def one_intent_at_most_one_request(self) -> None:
        """G1: no purchase has two requests, and none left without its purchase."""
        Desks.steps += 1
        owners = [owner for owner in self._owner.values() if owner]
        assert len(owners) == len(set(owners))
        assert len(self._owner) == len(self._vendor.posts), "a request without a purchase"

    @invariant()
    def bound_right_or_not_at_all(self) -> None:
        """G2 and G3: what is bound is bound to its own purchase; safe words are true."""
        truth = self._truth()
        seen: set[str] = set()
        for name, state, order_id, _ in self._rows():
            if order_id:
                assert order_id not in seen, f"{order_id} is bound twice"
                seen.add(order_id)
                assert truth.get(order_id) == name, f"{order_id} is not the order of {name}"
            if state in ("NOT_SENT", "REFUSED"):
                assert name not in truth.values(), f"{name} is {state}, but it was placed"

    def teardown(self) -> None:
        """The vendor is well again; a desk settles everything, and the books are compared."""
        try:
            self._run(self._reckon())
        finally:
            self._run(self._end())
            self._loop.close()
            self._undo()
            self._folder.cleanup()

    # How.

    async def _open(self, slot: int) -> Desk | None:
        desk = self._desks[slot]
        if desk is None:
            settings = settings_for(
                self._home, self._vendor.url, exclusive=self._exclusive, deadline=60
            )
            desk = desk_in(self._home, settings, self._clock, operator=f"desk {slot}")
            await desk.__aenter__()
            self._desks[slot] = desk
            try:
                await desk.ready()
            except DeskError as error:
                assert not self._well, f"{error!r}: {error}"
                await self._leave(slot)
                return None
        return desk

    async def _buy(
        self, slot: int, goods: Goods, fault: str, late: int, *, turns: int = 0, sent: bool = False
    ) -> None:
        desk = await self._open(slot)
        if desk is None:
            return
        try:
            quote = await desk.quote(*goods)
        except DeskError:
            return
        before = {name: (state, wish) for name, state, _, wish in self._rows()}
        posts = len(self._vendor.posts)
        if late:
            self._vendor.faults.add(Fault("late", endpoint="placeOrder", seconds=late))
        if fault:
            self._vendor.faults.add(Fault.parse(fault))
        buying = asyncio.ensure_future(desk.buy(quote))
        if turns:
            if sent:
                arrival = asyncio.ensure_future(self._vendor.seen("placeOrder", posts + 1))
                await asyncio.wait((buying, arrival), return_when=asyncio.FIRST_COMPLETED)
                arrival.cancel()
            for _ in range(turns):
                await asyncio.sleep(0)
            await self._die(slot)
        await asyncio.wait((buying,))
        if not buying.cancelled() and (failure := buying.exception()):
            assert isinstance(failure, DeskError), failure
        self._vendor.faults.clear()
        Desks.sent += len(self._vendor.posts) - posts
        new = [row for row in self._rows() if row[0] not in before]
        assert len(new) <= 1
        for index in range(posts, len(self._vendor.posts)):
            self._owner[index] = new[0][0] if new else ""
            twin = [
                n for n, (state, wish) in before.items() if state in UNSETTLED and wish == goods
            ]
            assert not twin, f"sent although {twin} is unsettled"

    async def _settle(self, slot: int) -> None:
        if (desk := await self._open(slot)) is None:
            return
        account = desk._opening.opened()
        try:
            await account.recover()
            await account.reconciler.look_due()
            await account.board.tracker.tick()
        except DeskError as error:
            assert not self._well, f"{error!r}: {error}"

    async def _look(self, slot: int) -> None:
        if (desk := await self._open(slot)) is not None:
            try:
                await desk.settlement.resolve()
            except DeskError:
                return

    async def _decide(self, slot: int) -> None:
        if (desk := await self._open(slot)) is None:
            return
        mine = {owner: order_id for order_id, owner in self._truth().items()}
        for purchase in await desk.journal.purchases():
            asked = purchase.state is S.AMBIGUOUS or (purchase.late and not purchase.order_id)
            if not asked or purchase.acknowledged:
                continue
            try:
                if mine.get(purchase.id) in purchase.candidates:
                    await desk.settlement.claim(purchase.id, mine[purchase.id])
                elif purchase.state is S.AMBIGUOUS:
                    await desk.settlement.none_of_these(purchase.id)
                else:
                    await desk.settlement.acknowledge(purchase.id)
            except Refused as error:
                raise AssertionError(f"the person was not let decide: {error}") from error
            except DeskError:
                return  # the vendor stumbled

    async def _die(self, slot: int) -> None:
        desk, self._desks[slot] = self._desks[slot], None
        if desk is not None:
            await kill(desk)

    async def _leave(self, slot: int) -> None:
        desk, self._desks[slot] = self._desks[slot], None
        if desk is not None:
            await desk.__aexit__()

    async def _reckon(self) -> None:
        self._vendor.faults.clear()
        self._well = True
        for slot in range(SLOTS):
            await self._leave(slot)
        await asyncio.sleep(5_000)
        for _ in range(MOST_ROUNDS):
            await self._settle(0)
            await self._decide(0)
            if self._finished():
                break
            await asyncio.sleep(await self._until_next_look())
        bound = {order_id for _, _, order_id, _ in self._rows() if order_id}
        lost = self._truth().keys() - bound
        assert not lost, f"{self._facts_of(self._truth()[min(lost)])}, but {min(lost)} is its order"
        assert self._finished(), "\n".join(self._facts_of(row[0]) for row in self._rows())
        if (desk := await self._open(0)) is not None:
            assert await desk.journal.verify() == ""
        assert leaks(self._home) == []

    def _facts_of(self, name: str) -> str:
        """Tell all of a purchase that explains a failure."""
        [facts] = self._query(
            "SELECT id, state, reason, error_message, sent_at, checks, clean_checks, next_check_at,"
            f" late, acknowledged, candidates FROM purchases WHERE id = '{name}'"
        )
        events = self._query(
            f"SELECT at, kind, to_state, why FROM events WHERE purchase_id = '{name}'"
        )
        return "\n  ".join(map(str, (facts, *events)))

    async def _until_next_look(self) -> float:
        desk = await self._open(0)
        due = await desk._opening.opened().reconciler.due() if desk is not None else None
        return max(60.0, due or 0.0)

    async def _end(self) -> None:
        for slot in range(SLOTS):
            await self._die(slot)
        await self._vendor.stop()

    def _finished(self) -> bool:
        open_ = ("INTENT", *UNSETTLED, "HANDLING")
        rows = self._rows()
        watched = self._query("SELECT count(*) FROM purchases WHERE next_check_at IS NOT NULL")
        return watched in ([], [(0,)]) and not any(state in open_ for _, state, _, _ in rows)

    def _truth(self) -> dict[str, str]:
        posts = self._vendor.posts
        return {
            posts[index].order_id: owner
            for index, owner in self._owner.items()
            if posts[index].order_id
        }

    def _rows(self) -> list[tuple[str, str, str, Goods]]:
        found = self._query(
            "SELECT id, state, order_id, product_id, type_id, quantity FROM purchases"
        )
        return [(name, state, order or "", Goods(*wish)) for name, state, order, *wish in found]

    def _query(self, sql: str) -> list[Any]:
        for path in (self._home / "state").glob("*.db"):
            connection = sqlite3.connect(path)
            try:
                return connection.execute(sql).fetchall()
            finally:
                connection.close()
        return []


def run(steps: int, seed: int) -> int:
    """Run the machine for at least so many steps and return how many there were.

    Args:
        steps: how many.
        seed: where chance begins; a failure is found again with it.
    """
    Desks.steps = Desks.sent = 0
    while Desks.steps < steps:
        runs = max(1, min(50, (steps - Desks.steps) // STEPS_A_RUN))
        chosen = settings(
            max_examples=runs,
            stateful_step_count=STEPS_A_RUN,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.filter_too_much,
            ],
        )
        run_state_machine_as_test(hypothesis.seed(seed)(Desks), settings=chosen)
        seed += 1
    return Desks.steps
