"""The crash harness: SIGKILL at every hook, commit and response, and again inside the recovery."""

from collections.abc import AsyncIterator, Iterable

from msgspec import Struct

from tests.proof.case import Nursery, Scene, in_lanes, play
from tests.proof.judge import Verdict

FIRST_RECOVERY_POINTS = 45
RECOVERY_STEP = 3
LATER_RECOVERY_STEP = 36

_KINDS = (
    "reset", "truncate", "garbage", "html502", "http500", "http503", "ratelimit", "ip_block",
    "empty", "not_json", "redirect", "no_order_id", "wrong_types",
)  # fmt: skip
SCENES = (
    Scene("no fault"),
    *(
        Scene(f"{kind} {phase}", (f"{kind}@placeOrder:{phase}",))
        for kind in _KINDS
        for phase in ("before", "after")
        # What refuses with a good envelope took no effect: a vendor that refuses and sells is
        # outside every protocol.
        if (kind, phase)
        not in (("ratelimit", "after"), ("ip_block", "before"), ("ip_block", "after"))
    ),
    Scene("hang before", ("hang@placeOrder:before",), deadline=0.2),
    Scene("hang after", ("hang@placeOrder:after",), deadline=0.2),
    Scene("slow to act", ("slow@placeOrder:before~0.05",)),
    Scene("slow to answer", ("slow@placeOrder:after~0.05",)),
    Scene("listed late", ("late@placeOrder~60", "reset@placeOrder:after")),
    Scene(
        "listed late, no ledger",
        ("late@placeOrder~60", "reset@placeOrder:after"),
        environment="SANDBOX",
    ),
    Scene("clock two hours off", ("clock_skew*0~7200", "reset@placeOrder:after")),
    Scene("clock behind", ("clock_skew*0~-7200", "reset@placeOrder:after")),
    Scene("shared, placed", ("reset@placeOrder:after",), exclusive=False, foreign="after"),
    Scene("shared, not placed", ("reset@placeOrder:before",), exclusive=False, foreign="after"),
    Scene("an equal order just before", ("reset@placeOrder:before",), foreign="before"),
)


class Tally(Struct):
    """What the harness counted."""

    cases: int = 0
    kills: int = 0
    duplicates: int = 0
    lost: int = 0
    wrong: int = 0
    leaks: int = 0
    complaints: list[str] = []

    def count(self, scene: Scene, kills: tuple[int, ...], died: int, verdict: Verdict) -> None:
        """Add a case."""
        self.cases += 1
        self.kills += died
        self.duplicates += len(verdict.duplicates)
        self.lost += len(verdict.lost)
        self.wrong += len(verdict.wrong)
        self.leaks += len(verdict.leaks)
        self.complaints += [f"{scene.name} killed at {kills}: {text}" for text in verdict.all()]

    @property
    def guilty(self) -> bool:
        """Whether any case was."""
        return bool(self.complaints)


async def run(scenes: Iterable[Scene] = SCENES, *, every: int = 1) -> Tally:
    """Kill at every point of every scene.

    Args:
        scenes: the circumstances.
        every: only each so many-th point, for the short form.
    """
    tally = Tally()

    async def die_everywhere(scene: Scene, nursery: Nursery) -> None:
        async for kills in _deaths(scene, nursery, tally, every):
            ending = await play(scene, nursery, kills)
            tally.count(scene, kills, ending.kills, ending.verdict)

    await in_lanes(scenes, die_everywhere)
    return tally


async def _deaths(
    scene: Scene, nursery: Nursery, tally: Tally, every: int
) -> AsyncIterator[tuple[int, ...]]:
    """Yield each way to die in a scene; what can be passed is counted by playing it first."""
    dry = await play(scene, nursery)
    tally.count(scene, (), dry.kills, dry.verdict)
    buying = dry.points[0]
    for point in range(1, len(buying) + 1, every):
        yield (point,)
    sent = next(n for n, name in enumerate(buying, 1) if _in_the_air(name))
    recovered = await play(scene, nursery, (sent,))
    settling = len(recovered.points[-1])
    for point in _recovery(settling, SCENES.index(scene) if scene in SCENES else 0, every):
        yield (sent, point)


def _recovery(points: int, number: int, every: int) -> Iterable[int]:
    """Return the points of a recovery to die at.

    Recoveries differ little between scenes, so each scene takes every third point, and the scene
    after it the next ones. After the first looks they repeat themselves.
    """
    first = min(points, FIRST_RECOVERY_POINTS)
    yield from range(1 + number % RECOVERY_STEP, first + 1, RECOVERY_STEP * every)
    yield from range(FIRST_RECOVERY_POINTS + 1 + number, points + 1, LATER_RECOVERY_STEP * every)


def _in_the_air(name: str) -> bool:
    answering = name.startswith("trace http11.receive_response_headers.")
    return answering and not name.endswith(".started")
