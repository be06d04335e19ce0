"""The byte sweep: the reply to a purchase cut after each of its bytes."""

from collections import Counter

from msgspec import Struct

from services.domain.secrets import Secret
from services.sandbox import DEMO_KEY, Fault, Sandbox
from services.system.clock import SystemClock
from services.vendor.client import VendorClient
from services.vendor.placement import PlacementAttempt
from tests.proof.ground import stocked

FAR = 100_000


class Sweep(Struct):
    """How each prefix of the reply was judged."""

    length: int = 0
    verdicts: dict[str, int] = {}
    complaints: list[str] = []


async def run(*, step: int = 1) -> Sweep:
    """Cut the reply after each `step`-th byte, and not at all; each time one order is placed."""
    sweep = Sweep()
    seen: Counter[str] = Counter()
    async with Sandbox(moving=False) as vendor:
        [goods] = stocked(vendor)
        async with VendorClient(vendor.url, Secret(DEMO_KEY), clock=SystemClock()) as client:

            async def cut(length: int) -> tuple[str, PlacementAttempt]:
                fault = Fault("truncate", "placeOrder", "after", value=str(length))
                vendor.faults.add(fault)
                attempt = PlacementAttempt()
                placement = await client.place(*goods, sending=_nothing, attempt=attempt)
                return placement.verdict, attempt

            _, whole = await cut(FAR)
            body = len(whole.body)
            # The head is as long as it takes: found as the shortest cut that is a whole answer.
            length = await _shortest_whole(cut, body)
            for size in (*range(0, length, step), length):
                verdict, _ = await cut(size)
                seen[verdict] += 1
                expected = "HANDLING" if size == length else "UNRESOLVED"
                if verdict != expected:
                    sweep.complaints.append(f"{size} of {length} bytes: {verdict}")
        if len(vendor.posts) != sum(bool(post.order_id) for post in vendor.posts):
            sweep.complaints.append("a request placed no order")
    sweep.length, sweep.verdicts = length, dict(seen)
    return sweep


async def _shortest_whole(cut, body: int) -> int:
    low, high = body, body + 2_000
    while low < high:
        middle = (low + high) // 2
        _, attempt = await cut(middle)
        if attempt.whole:
            high = middle
        else:
            low = middle + 1
    return low


async def _nothing() -> None:
    return
