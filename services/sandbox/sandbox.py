"""The embedded vendor as one object: start it, talk to its URL, look into its books."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from services.domain.secrets import Secret
from services.sandbox.accounts import Accounts, RequestedOrder
from services.sandbox.auth import AccessKey, Gate
from services.sandbox.catalog import ShelfProduct
from services.sandbox.dispatcher import Dispatcher
from services.sandbox.faults import Fault, FaultPlan
from services.sandbox.http_server import Listener
from services.sandbox.request_log import Post, PostLog
from services.sandbox.routes import Routes, Shape
from services.sandbox.state import OrderRecord, TransactionRecord
from services.system.clock import Clock, SystemClock

DEMO_KEY = "sandbox-demo-key-2f6c1a9e"
OPENING_BALANCE = Decimal(250_000)


class Sandbox:
    """The vendor's whole API over a loopback socket, with faults on demand.

    Args:
        state_path: JSON file that keeps orders and account between runs; None keeps nothing.
        clock: what time it is for the vendor; also waits out the faults that take time.
        seed: makes handling times repeatable.
        environment: what `/validate` says of the demo key, SANDBOX or PRODUCTION.
        key: the demo key's value.
        scope: the demo key's scope, READ-WRITE or READ-ONLY.
        balance: the account's first balance in DZD.
        charge: whether purchases take money; None charges with PRODUCTION keys only.
        handling_seconds: shortest and longest time until an order is final.
        moving: whether prices and stock change by themselves.
        shape: which of the two documented catalogue shapes is answered.
        limit: requests a minute that a key may make, 0 for any number.
        speed: how many times as fast prices and stock move.

    Raises:
        ConfigError: if there is a state file that cannot be read.
    """

    def __init__(
        self,
        *,
        state_path: Path | None = None,
        clock: Clock | None = None,
        seed: int = 7,
        environment: Literal["SANDBOX", "PRODUCTION"] = "SANDBOX",
        key: str = DEMO_KEY,
        scope: Literal["READ-WRITE", "READ-ONLY"] = "READ-WRITE",
        balance: Decimal = OPENING_BALANCE,
        charge: bool | None = None,
        handling_seconds: tuple[float, float] = (1, 10),
        moving: bool = True,
        shape: Shape = "reference",
        limit: int = 0,
        speed: int = 1,
    ) -> None:
        self.faults = FaultPlan()
        self.url = ""
        self._clock = clock or SystemClock()
        self._environment = environment
        self._charge = environment == "PRODUCTION" if charge is None else charge
        self._world = Accounts(
            self._clock,
            path=state_path,
            seed=seed,
            balance=balance,
            handling_seconds=handling_seconds,
            moving=moving,
            speed=speed,
        )
        self._gate = Gate(self._clock, limit)
        self._posts = PostLog()
        routes = Routes(self._world, self._gate, charge=charge, shape=shape)
        exchanges = Dispatcher(self._world, routes, self.faults, self._posts, self._clock)
        self._listener = Listener(exchanges.begin, self._clock)
        self.add_key(key, scope=scope)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Begin to listen.

        Returns:
            The base URL, `http://127.0.0.1:PORT/v3`.

        Raises:
            ConfigError: if the host is no loopback address or the port cannot be had.
        """
        self.url = f"http://{await self._listener.start(host, port)}/v3"
        return self.url

    async def stop(self) -> None:
        """Close every connection at once and keep the state; a stopped sandbox can start again."""
        await self._listener.stop()
        self._world.settle()
        await self._world.save()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def add_key(
        self,
        value: str,
        *,
        scope: str = "READ-WRITE",
        enabled: bool = True,
        environment: str | None = None,
        allowed_ips: Iterable[str] = (),
    ) -> None:
        """Let a further key exist, or change one; the environment is the sandbox's own if None."""
        self._gate.add(
            AccessKey(
                Secret(value), scope, enabled, environment or self._environment, tuple(allowed_ips)
            )
        )

    @property
    def posts(self) -> list[Post]:
        """Every placeOrder request whose headers arrived, oldest first."""
        return self._posts.posts

    @property
    def requests(self) -> Counter[tuple[str, str]]:
        """How many requests there were, by method and endpoint name (`unknown` for no endpoint)."""
        return self._posts.requests

    @property
    def orders(self) -> dict[str, OrderRecord]:
        """The vendor's own books: every order by id, oldest first, final where it is time."""
        return self._world.orders()

    @property
    def transactions(self) -> list[TransactionRecord]:
        """The account's movements, newest first."""
        return self._world.transactions()

    @property
    def balance(self) -> Decimal:
        """The account's balance in DZD."""
        return self._world.balance

    @property
    def products(self) -> tuple[ShelfProduct, ...]:
        """What the vendor sells, in its order."""
        return self._world.market.products()

    def deposit(self, amount: Decimal) -> None:
        """Put money (DZD) on the account."""
        self._world.deposit(amount)

    def set_price(self, type_id: str, price: Decimal) -> None:
        """Fix a denomination's wholesale price (DZD)."""
        self._world.market.set_price(type_id, price)

    def set_stock(self, type_id: str, cards: int) -> None:
        """Put exactly so many cards of a denomination on the shelf."""
        self._world.market.set_stock(type_id, cards)

    def withdraw(self, product_id: str) -> None:
        """Take a product out of the catalogue, as if it had never been there."""
        self._world.market.withdraw(product_id)

    def finish(self, order_id: str | None = None) -> None:
        """Make one order, or every one that is being handled, final now.

        Raises:
            KeyError: if there is no such order.
        """
        self._world.finish(order_id)

    def foreign_order(self, product_id: str, type_id: str, quantity: int) -> str:
        """Let another desk of the same account buy, and return the order's id.

        Raises:
            SandboxRefusal: if the contract refuses it.
        """
        wish = RequestedOrder(
            product_id,
            type_id,
            quantity,
            charge=self._charge,
            foreign=True,
            skew=self.faults.skew(),
        )
        return self._world.place(wish).id

    async def seen(self, endpoint: str, count: int = 1) -> None:
        """Wait until so many requests to the endpoint have been received whole.

        Their effect has happened by then, unless a fault undoes or delays it; their answer may
        still be on its way.
        """
        await self._posts.seen(endpoint, count)


async def serve(
    *,
    announce: Callable[[str], None],
    port: int = 0,
    host: str = "127.0.0.1",
    faults: Iterable[str | Fault] = (),
    state_path: Path | None = None,
    clock: Clock | None = None,
    environment: Literal["SANDBOX", "PRODUCTION"] = "SANDBOX",
    key: str = DEMO_KEY,
    handling_seconds: tuple[float, float] = (1, 10),
    moving: bool = True,
) -> None:
    """Run a sandbox until this is cancelled.

    Args:
        announce: called once with the base URL when requests are answered.
        port: the port, 0 for a free one.
        host: a loopback address.
        faults: faults that wait from the start, as values or in the form of `Fault.parse`.
        state_path: where orders and account are kept, None for nowhere.
        clock: what time it is for the vendor.
        environment: what the key's `/validate` tells.
        key: the API key that is accepted.
        handling_seconds: shortest and longest time until an order is final.
        moving: whether prices and stock change by themselves.

    Raises:
        BadInput: if a fault cannot be read.
        ConfigError: if the address, the port or the state file cannot be used.
    """
    sandbox = Sandbox(
        state_path=state_path,
        clock=clock,
        environment=environment,
        key=key,
        handling_seconds=handling_seconds,
        moving=moving,
    )
    for fault in faults:
        sandbox.faults.add(Fault.parse(fault) if isinstance(fault, str) else fault)
    try:
        announce(await sandbox.start(host, port))
        await asyncio.Event().wait()
    finally:
        await sandbox.stop()
