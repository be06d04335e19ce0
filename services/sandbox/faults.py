"""Misbehaviour on demand: which request meets which fault, and how a fault is written."""

import re
from typing import Literal, Self

from msgspec import Struct

from services.domain.errors import BadInput
from services.sandbox.routes import ENDPOINTS
from services.sandbox.shapes import SHAPES

EVERYWHERE = frozenset(ENDPOINTS)

# One of these at most meets a request: it decides how the whole answer goes out.
DELIVERIES = frozenset(
    {
        "reset",
        "hang",
        "slow",
        "truncate",
        "garbage",
        "bom",
        "gzip",
        "html429",
        "html502",
        "http500",
        "http503",
        "ratelimit",
        "ip_block",
        "empty",
        "not_json",
        "redirect",
    }
)
# Any number of these can meet a request, with or without one of the above.
DISTORTIONS: dict[str, frozenset[str]] = {
    "no_order_id": frozenset({"placeOrder"}),
    "late": frozenset({"placeOrder"}),
    "status": frozenset({"checkOrder", "list"}),
    "shuffle_pages": frozenset({"list", "transactions"}),
    "wrong_types": EVERYWHERE,
    "clock_skew": EVERYWHERE,
    "hostile": EVERYWHERE,
    **{f"shape:{name}": shape.endpoints for name, shape in SHAPES.items()},
}
KINDS = DELIVERIES | DISTORTIONS.keys()
# These change what the vendor does or shows; whether the order is placed is not theirs to say.
_BESIDE_THE_EFFECT = frozenset(
    {
        "late",
        "clock_skew",
        "hostile",
        "status",
        "shuffle_pages",
        "bom",
        "gzip",
        "slow",
        *(f"shape:{name}" for name, shape in SHAPES.items() if not shape.undoes),
    }
)

MOST_SECONDS = 10_000_000

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_ADDRESS = re.compile(r"[!-~]*")
_SPEC = re.compile(
    r"(?P<kind>shape:[a-z0-9-]*|[a-z0-9_]+)(?P<marks>[^=]*)(?:=(?P<value>.*))?", re.DOTALL
)
_MARK = re.compile(
    r"@(?P<endpoint>\*|[A-Za-z]+)|:(?P<phase>before|after)|\*(?P<times>\d{1,6})"
    r"|\+(?P<skip>\d{1,6})|~(?P<seconds>-?\d{1,7}(?:\.\d{1,3})?)"
)


class Fault(Struct, frozen=True):
    """One way to misbehave, for some of the requests to come.

    Attributes:
        kind: one of `KINDS`; `shape:NAME` is one of `services.sandbox.shapes`.
        endpoint: the endpoint's name (`placeOrder`, `list`, ...), or `*` for each that the kind
            can meet.
        phase: whether it strikes `before` the request took effect (no order is placed) or `after`.
            `slow` delays the effect (before) or drips the answer (after).
        times: how many requests it strikes; 0 is every one.
        skip: how many requests of that endpoint pass unharmed first.
        seconds: how long, for slow, late, clock_skew; `Retry-After` of ratelimit and html429, 0
            sends none.
        value: the status of `status`, the bytes that `truncate` sends (head included, as a slice
            end), the Location of `redirect`, the text of `hostile`.

    Raises:
        BadInput: for an unknown kind or endpoint, or a number out of range.
    """

    kind: str
    endpoint: str = "*"
    phase: Literal["before", "after"] = "before"
    times: int = 1
    skip: int = 0
    seconds: float = 0
    value: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput(f"{self.kind!r} is no fault; there are {', '.join(sorted(KINDS))}")
        if self.endpoint != "*" and self.endpoint not in ENDPOINTS:
            raise BadInput(f"{self.endpoint!r} is no endpoint; there are {', '.join(ENDPOINTS)}")
        if self.phase not in ("before", "after"):
            raise BadInput("a fault strikes before or after the effect")
        if self.times < 0 or self.skip < 0 or not abs(self.seconds) <= MOST_SECONDS:
            raise BadInput(
                f"times and skip of a fault are not negative, seconds at most {MOST_SECONDS}"
            )
        if self.kind == "truncate" and self.value and not _WHOLE.fullmatch(self.value):
            raise BadInput("truncate takes a whole number of bytes as its value")
        if self.kind == "redirect" and not _ADDRESS.fullmatch(self.value):
            raise BadInput("redirect takes an address without spaces as its value")

    @classmethod
    def parse(cls, spec: str) -> Self:
        """Read a fault as it is typed: `KIND[@ENDPOINT][:PHASE][*TIMES][+SKIP][~SECONDS][=VALUE]`.

        Examples: `reset@placeOrder:after*2`, `ratelimit@list~3`, `late~45`, `status*0=PAUSED`,
        `shape:no-price`. The marks may come in any order; the value is last and takes the rest.
        A shape strikes every request unless it says how many, anything else one.

        Raises:
            BadInput: when the text does not say that.
        """
        whole = _SPEC.fullmatch(spec.strip())
        if whole is None:
            raise BadInput(f"{spec[:60]!r} is no fault, such as reset@placeOrder:after*2")
        marks = whole["marks"]
        found: dict[str, str] = {}
        at = 0
        while at < len(marks):
            mark = _MARK.match(marks, at)
            if mark is None or mark.lastgroup is None or mark.lastgroup in found:
                raise BadInput(
                    f"Cannot read {marks[at:][:40]!r} in the fault {spec[:60]!r};"
                    " it is written like reset@placeOrder:after*2"
                )
            found[mark.lastgroup] = mark[mark.lastgroup]
            at = mark.end()
        return cls(
            kind=whole["kind"],
            endpoint=found.get("endpoint", "*"),
            phase="after" if found.get("phase") == "after" else "before",
            times=int(found.get("times", "0" if whole["kind"].startswith("shape:") else "1")),
            skip=int(found.get("skip", "0")),
            seconds=float(found.get("seconds", "0")),
            value=whole["value"] or "",
        )

    @property
    def undoes(self) -> bool:
        """Whether a request that meets this fault takes no effect."""
        return self.phase == "before" and self.kind not in _BESIDE_THE_EFFECT

    def meets(self, endpoint: str) -> bool:
        """Tell whether this fault concerns requests to that endpoint."""
        if self.endpoint not in ("*", endpoint):
            return False
        return endpoint in DISTORTIONS.get(self.kind, EVERYWHERE)


class Strike(Struct, frozen=True):
    """The faults that one request meets: at most one delivery, any number of distortions."""

    delivery: Fault | None = None
    distortions: tuple[Fault, ...] = ()

    @property
    def undone(self) -> bool:
        """Whether the request takes no effect."""
        faults = (*self.distortions, self.delivery) if self.delivery else self.distortions
        return any(fault.undoes for fault in faults)

    @property
    def delay(self) -> float:
        """Return how many seconds pass before the request takes effect."""
        fault = self.delivery
        if fault is None or fault.kind != "slow" or fault.phase != "before":
            return 0
        return fault.seconds

    @property
    def skew(self) -> float:
        """Return how many seconds the vendor's clock is ahead during this request."""
        return self._seconds("clock_skew")

    @property
    def lateness(self) -> float:
        """Return for how many seconds the list does not show the order."""
        return self._seconds("late")

    def has(self, kind: str) -> bool:
        """Tell whether a distortion of that kind is among them."""
        return any(fault.kind == kind for fault in self.distortions)

    def _seconds(self, kind: str) -> float:
        return sum(fault.seconds for fault in self.distortions if fault.kind == kind)


class FaultPlan:
    """The faults that wait for requests; the first one added strikes first."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def add(self, fault: Fault) -> None:
        """Let a fault wait for its requests."""
        self._armed.append(_Armed(fault, fault.skip, fault.times))

    def clear(self) -> None:
        """Forget every fault; requests that already met one keep it."""
        self._armed.clear()

    def waiting(self) -> tuple[Fault, ...]:
        """Return the faults that can still strike."""
        return tuple(armed.fault for armed in self._armed)

    def take(self, endpoint: str) -> Strike:
        """Tell what a request to that endpoint meets, and count it."""
        delivery: Fault | None = None
        distortions: list[Fault] = []
        for armed in [a for a in self._armed if a.fault.meets(endpoint)]:
            if armed.skip:
                armed.skip -= 1
            elif armed.fault.kind in DISTORTIONS:
                distortions.append(self._strike(armed))
            elif delivery is None:
                delivery = self._strike(armed)
        return Strike(delivery, tuple(distortions))

    def skew(self) -> float:
        """Return how many seconds ahead the vendor's clock is for orders that no request places."""
        return sum(
            armed.fault.seconds
            for armed in self._armed
            if armed.fault.kind == "clock_skew" and armed.fault.meets("placeOrder")
        )

    def _strike(self, armed: "_Armed") -> Fault:
        if armed.left == 1:
            self._armed.remove(armed)
        elif armed.left:
            armed.left -= 1
        return armed.fault


class _Armed(Struct, eq=False):
    fault: Fault
    skip: int
    left: int
