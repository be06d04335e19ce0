"""Hosts that press the same purchase at one instant, and hosts that race one limit of a day."""

import asyncio
import contextlib
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from services.domain.errors import DeskError, Refused
from services.domain.models import (
    Balance,
    Denomination,
    Order,
    Page,
    Purchase,
    Quote,
    Stock,
    Transaction,
)
from services.domain.text import SafeText
from services.journal import spending
from services.journal.database import Journal
from services.journal.postgres.session import JournalServer
from services.journal.purchases import Purchases
from services.purchasing.buyer import Buyer
from services.settings.fields import PurchaseSettings
from services.system.clock import SystemClock, midnight
from services.vendor.placement import Placement
from tests.proof.team import ground

HOSTS = 8
PRICE = Decimal(1_000)
MAY_BUY = 3
"""How many of the hosts the limit of a round leaves room for."""


class Tally(Struct):
    """What all rounds came to."""

    rounds: int = 0
    sent: int = 0
    refused: int = 0
    complaints: list[str] = []


class Shop:
    """A vendor at which all hosts meet: each asks what was there before, then all go on at once."""

    order_currency = ""
    server_offset = timedelta()

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin a round."""
        self._all = asyncio.Barrier(HOSTS)
        self._over = asyncio.Event()
        self.sent = self._decided = 0

    def decided(self) -> None:
        """Answer what was sent once each host has sent or was refused."""
        self._decided += 1
        if self._decided == HOSTS:
            self._over.set()

    def schedule(self, _: Purchase) -> dict[str, object]:
        return {}

    @contextlib.asynccontextmanager
    async def reserved(self, _: int) -> AsyncIterator[None]:
        yield

    async def orders(self, **_: int) -> Page[Order]:
        await self._all.wait()
        return Page((), 1, 1, 0)

    async def transactions(self, **_: int) -> Page[Transaction]:
        return Page((), 1, 1, 0)

    async def stock(self, product_id: str) -> Stock:
        kind = Denomination("t", SafeText("1000"), PRICE, 1_000)
        return Stock(product_id, SafeText(product_id), (kind,), SystemClock().now())

    async def balance(self) -> Balance:
        return Balance(Decimal(1_000_000_000), SystemClock().now())

    async def place(
        self, *_: object, sending: Callable[[], Awaitable[None]], **__: object
    ) -> Placement:
        try:
            await sending()
        except DeskError as refused:
            self.decided()
            return Placement("NOT_SENT", sent=False, code=refused.code, message=refused.message)
        self.sent += 1
        self.decided()
        await self._over.wait()
        return Placement("HANDLING", sent=True, order_id=uuid.uuid4().hex)


async def run(rounds: int) -> Tally:
    """Race that many rounds of each kind."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="carddesk-race-") as folder, ground.running() as server:
        name = ground.empty_journal(server)
        place = JournalServer(server.parameters(dbname=name))
        async with contextlib.AsyncExitStack() as stack:
            journals = [
                await stack.enter_async_context(ground.journal_at(place, Path(folder) / f"host{n}"))
                for n in range(HOSTS)
            ]
            shop = Shop()
            for number in range(rounds):
                said = await _same(shop, journals, tally) + await _limit(shop, journals, tally)
                tally.complaints += [f"round {number}: {each}" for each in said]
                tally.rounds += 1
            tally.complaints += await ground.broken_chain(journals[0])
    return tally


async def _same(shop: Shop, journals: list[Journal], tally: Tally) -> list[str]:
    """All press the same purchase: one is sent, and the others hear whose it is."""
    said = await _pressed(shop, journals, PurchaseSettings(), [1] * HOSTS)
    sent = [each for each in said if isinstance(each, Purchase) and each.order_id]
    others = [each for each in said if each not in sent]
    tally.sent += shop.sent
    tally.refused += len(others)
    wrong = [] if shop.sent == len(sent) == 1 else [f"the same was sent {shop.sent} times"]
    for each in others:
        code = each.error.code if isinstance(each, Purchase) and each.error else ""
        if code != "IDENTICAL_UNSETTLED":
            wrong.append(f"a host that came second got no reason: {each!r}")
    return wrong


async def _limit(shop: Shop, journals: list[Journal], tally: Tally) -> list[str]:
    """All buy something else, and the day's limit has room for some of them."""
    counts = [number + 2 for number in range(HOSTS)]
    room = PRICE * sum(counts[:MAY_BUY])
    limit = await _spent(journals[0]) + room
    said = await _pressed(shop, journals, PurchaseSettings(max_day=limit), counts)
    tally.sent += shop.sent
    refused = [each for each in said if isinstance(each, Refused) and each.code == "LIMIT"]
    tally.refused += len(refused)
    spent = await _spent(journals[0])
    wrong = [f"{spent} DZD were spent, over the limit of {limit}"] if spent > limit else []
    if not shop.sent or shop.sent + len(refused) != HOSTS:
        wrong.append(f"{shop.sent} were sent and {len(refused)} refused by the limit")
    return wrong


async def _spent(journal: Journal) -> Decimal:
    return await journal.read(lambda tx: spending.spent(tx, midnight(SystemClock().now())))


async def _pressed(
    shop: Shop, journals: list[Journal], limits: PurchaseSettings, counts: list[int]
) -> list[Purchase | BaseException]:
    shop.begin()
    buyers = [_buyer(shop, journal, limits) for journal in journals]
    quotes = [await buyer.quote("p", "t", n) for buyer, n in zip(buyers, counts, strict=True)]
    return await asyncio.gather(
        *(_press(shop, *each) for each in zip(buyers, quotes, strict=True)), return_exceptions=True
    )


async def _press(shop: Shop, buyer: Buyer, quote: Quote) -> Purchase:
    try:
        return await buyer.buy(quote)
    except Exception:
        shop.decided()
        raise


def _buyer(shop: Any, journal: Journal, limits: PurchaseSettings) -> Buyer:
    async def changed(*_: object) -> None:
        return

    return Buyer(
        shop, shop, journal, Purchases(journal), shop, SystemClock(), limits,
        journal.path.parent.name, changed, lambda: True,
    )  # fmt: skip
