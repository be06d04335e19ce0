"""What the embedded vendor remembers, and the file that keeps it from one run to the next."""

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from services.domain.errors import ConfigError
from services.sandbox.prices import Sold
from services.system import files

LARGEST_FILE = 256 * 1024 * 1024

VERSION = 1


class OrderRecord(Struct):
    """An order in the vendor's own books. Times are UTC, amounts DZD.

    `placed_at`, `ends_at` and `visible_at` are true times; the vendor's clock was `skew` seconds
    ahead of them. `outcome` is how many cards it delivers once it is final. `charged` is whether
    money was taken. `foreign` marks an order of another desk of the same account.
    """

    id: str
    product: str
    type: str
    quantity: int
    price_per_card: Decimal
    placed_at: datetime
    ends_at: datetime
    visible_at: datetime
    outcome: int
    first_card: int
    charged: bool
    skew: float = 0
    foreign: bool = False
    status: str = "HANDLING"

    @property
    def time(self) -> datetime:
        """When it was placed, as the vendor tells it."""
        return self.placed_at + timedelta(seconds=self.skew)

    @property
    def final(self) -> bool:
        """Whether it will not change any more."""
        return self.status != "HANDLING"

    @property
    def fulfilled_quantity(self) -> int:
        """How many cards it has delivered."""
        return self.outcome if self.final else 0

    @property
    def fulfilled_amount(self) -> Decimal:
        """What the delivered cards cost, in DZD."""
        return self.price_per_card * self.fulfilled_quantity

    @property
    def cards(self) -> tuple[tuple[str, str], ...]:
        """Value and serial of each delivered card."""
        numbers = range(self.first_card, self.first_card + self.fulfilled_quantity)
        return tuple((f"SANDBOX-CARD-{number}", f"SANDBOX-{number}") for number in numbers)


class TransactionRecord(Struct, frozen=True):
    """A movement of the account in the vendor's own books. Amounts are DZD, the time UTC."""

    id: str
    type: str
    amount: Decimal
    old_balance: Decimal
    new_balance: Decimal
    objid: str
    note: str
    time: datetime

    @property
    def operation(self) -> str:
        """Which way the money went."""
        return "increment" if self.new_balance >= self.old_balance else "decrement"


class State(Struct):
    """All that outlives the process. `counter` numbers identifiers, `cards` the cards sold."""

    balance: Decimal
    version: int = VERSION
    counter: int = 0
    cards: int = 0
    orders: list[OrderRecord] = []
    transactions: list[TransactionRecord] = []
    sold: dict[str, Sold] = {}


class StateFile:
    """Keeps the state as JSON: whole or not at all, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._written = 0

    def load(self) -> State | None:
        """Return what was kept, None when there is nothing usable; damage is moved aside.

        Raises:
            ConfigError: when the file is there and cannot be read.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._path.exists():
                return None
            state = _decoded(files.read_regular(self._path, LARGEST_FILE))
            if state is None:
                self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
        except OSError as error:
            raise ConfigError(
                f"The sandbox's state {self._path} cannot be read: {error.strerror}",
                advice="Make it readable, or move it away to start afresh.",
            ) from error
        return state

    def write(self, data: bytes, number: int) -> None:
        """Put the encoded state in the file's place, unless a later one is already there.

        Args:
            data: a whole encoded `State`.
            number: grows with each state, so that writers in two threads cannot go backwards.

        Raises:
            OSError: when the disk does not take it; the file is then as it was.
        """
        with self._lock:
            if number <= self._written:
                return
            files.replace(self._path, data)
            self._written = number


def _decoded(data: bytes) -> State | None:
    try:
        state = msgspec.json.decode(data, type=State)
    except msgspec.MsgspecError:
        return None
    return state if state.version == VERSION else None
