"""Ways to get a shared journal wrong, built into the real code; each has to be caught."""

import contextlib
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from services.domain.models import Baseline, PurchaseState
from services.journal import rows
from services.journal.database import Journal
from services.journal.postgres.session import JournalServer
from services.journal.purchases import Purchases
from services.journal.transaction import TransactionStart
from services.purchasing.crash_recovery import Recovery
from services.system.clock import CorrectedClock
from tests.conftest import StillClock
from tests.journal.test_database import intent
from tests.proof.mutants import Edit, found
from tests.proof.team import failover, ground, lines, many, race
from tests.proof.team.message_relay import LinePoint

DEADLINE = 60.0


class HostTime:
    """What a transaction begins with, but the time is that of the host."""

    far = True

    def __init__(self, start: TransactionStart, clock: CorrectedClock) -> None:
        self.next_revision, self.last_event = start.next_revision, start.last_event
        self.now = rows.iso(clock._own.now()) or ""


class Mutant(NamedTuple):
    """One defect, and the proof that has to complain of it."""

    name: str
    edit: Edit
    proof: Callable[[], Awaitable[list[str]]]


async def one_polls() -> list[str]:
    """Hosts whose clocks are hours apart ask for the polling."""
    return (await many.run(3, 2, 0)).complaints


async def answers_lost() -> list[str]:
    """The answer to a COMMIT is lost, each in turn until one is complained of."""
    with ground.running() as server:
        uncut = await lines.play(server, LinePoint("up", 0), lines.ends)
        for number, _ in enumerate(uncut.commits, 1):
            if said := (await lines.play(server, LinePoint("committed", number), lines.ends)).said:
                return said
    return []


async def lost_with_the_primary() -> list[str]:
    """A standby leads that lacks the last commits."""
    return (await failover.run(1, seed=2)).complaints


async def raced() -> list[str]:
    """Hosts race one limit."""
    return (await race.run(1)).complaints


async def cut_off() -> list[str]:
    """A host is cut off while its request is on its way, and another one recovers."""
    clock = StillClock()
    with (
        tempfile.TemporaryDirectory(prefix="carddesk-cut-") as folder,
        ground.running() as server,
        ground.server_time(clock),
    ):
        place = JournalServer(server.parameters(dbname=ground.empty_journal(server)))
        async with (
            ground.journal_at(place, Path(folder) / "one", clock) as one,
            ground.journal_at(place, Path(folder) / "two", clock) as two,
        ):
            purchases = Purchases(one)
            await purchases.add(intent(clock), one.consoles.name, Baseline())
            sending = PurchaseState.SENDING
            await purchases.move("p1", sending, "leaves", {}, evidence={"deadline": DEADLINE})
            one.consoles.end()
            while await two.read(lambda tx: one.consoles.alive(tx, one.consoles.name)):
                pass
            return await _recovered(two, clock)


async def _recovered(other: Journal, clock: StillClock) -> list[str]:
    recovery = Recovery(other, Purchases(other), lambda _: {})
    clock.advance(DEADLINE)
    if await recovery.recover(other.consoles):
        return ["a purchase was recovered that its host may still be sending"]
    clock.advance(timedelta(minutes=1).total_seconds())
    moved = await recovery.recover(other.consoles)
    return [] if [each.state for each in moved] == ["UNRESOLVED"] else [f"not recovered: {moved}"]


MUTANTS = (
    Mutant(
        "the time of the host used for the lease",
        Edit(
            "services.journal.postgres.engine:PostgresEngine._begun",
            "JournalTransaction(Dialect(line), start,",
            "JournalTransaction(Dialect(line), __import__("
            "'tests.proof.team.mutants', fromlist=['x']).HostTime(start, self._clock),",
        ),
        one_polls,
    ),
    Mutant(
        "recovery without waiting for the deadline",
        Edit(
            "services.purchasing.crash_recovery:_is_left",
            "not consoles.may_be_cut_off or",
            "True or",
        ),
        cut_off,
    ),
    Mutant(
        "a lost answer of COMMIT taken for committed, and sent",
        Edit(
            "services.journal.postgres.engine:PostgresEngine.transaction",
            " or answered or ",
            " or ",
        ),
        answers_lost,
    ),
    Mutant(
        "kept purchases not compared after a failover",
        Edit(
            "services.journal.postgres.engine:PostgresEngine._usable",
            "if not self._compared and",
            "if False and",
        ),
        lost_with_the_primary,
    ),
    Mutant(
        "the day's limit checked outside the transaction",
        Edit(
            "services.purchasing.buyer:Buyer._buy",
            "verify=lambda tx: self._verify_now(tx, quote, waits=waits)",
            "verify=lambda _: None",
        ),
        raced,
    ),
)


async def caught(mutant: Mutant) -> list[str]:
    """Return what its proof says of a defect; empty when it was not caught."""
    with _built_in(mutant.edit):
        return await mutant.proof()


@contextlib.contextmanager
def _built_in(edit: Edit) -> Iterator[None]:
    owner, name, real = found(edit.target)
    edit.build_in()
    try:
        yield
    finally:
        setattr(owner, name, real)
