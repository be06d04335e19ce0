"""Nine ways to get the protocol wrong, built into the real code; each has to be caught."""

import importlib
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.proof.case import Nursery, Scene, play

ANSWERED = "trace http11.receive_response_headers."
RESET_BEFORE = Scene("reset before the effect", ("reset@placeOrder:before",))
RESET_AFTER = Scene("reset after the effect", ("reset@placeOrder:after",))


class Edit(NamedTuple):
    """A change to the source of one function: `module:qualified.name`, what, and into what."""

    target: str
    old: str
    new: str

    def build_in(self) -> None:
        """Compile the changed function in its own module and put it in the place of the real one.

        Raises:
            AssertionError: the code does not read like this any more; the mutant needs a new text.
        """
        owner, name, real = found(self.target)
        source = textwrap.dedent(inspect.getsource(real))
        if source.count(self.old) != 1:
            raise AssertionError(f"{self.target} does not hold {self.old!r} once")
        code = compile(source.replace(self.old, self.new), f"mutant of {self.target}", "exec")
        made: dict[str, Any] = {}
        exec(code, real.__globals__, made)
        setattr(owner, name, made[real.__name__])


class Mutant(NamedTuple):
    """One defect.

    Attributes:
        edits: the changes that make it.
        scene: the circumstances in which it does harm.
        dies_at: the buyer is killed at the first point whose name begins so; empty: it lives.
        also: a change that is no edit of a function.
    """

    name: str
    edits: tuple[Edit, ...]
    scene: Scene
    dies_at: str = ""
    also: Callable[[], None] | None = None

    def build_in(self) -> None:
        """Put the defect into this process."""
        for edit in self.edits:
            edit.build_in()
        if self.also is not None:
            self.also()


def found(target: str) -> tuple[Any, str, Any]:
    """Return the owner, the name and the function that a target names."""
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for each in classes:
        owner = getattr(owner, each)
    return owner, name, getattr(owner, name)


def _forget_that_orders_are_unique() -> None:
    from services.journal.sqlite import migrations

    rule = "CREATE UNIQUE INDEX purchases_order "
    if not any(rule in step for step in migrations.STEPS):
        raise AssertionError("the schema has no such rule any more")
    migrations.STEPS = tuple(
        step.replace(rule, "CREATE INDEX purchases_order ") for step in migrations.STEPS
    )


MUTANTS = (
    Mutant(
        "retry once on UNRESOLVED",
        (
            Edit(
                "services.vendor.client:VendorClient.place",
                "    return attempt.verdict(failure)",
                "    if attempt.verdict(failure).verdict == 'UNRESOLVED':\n"
                "        return await self.place(product_id, type_id, quantity,\n"
                "                                sending=lambda: asyncio.sleep(0))\n"
                "    return attempt.verdict(failure)",
            ),
        ),
        RESET_BEFORE,
    ),
    Mutant(
        "SENDING committed after the POST",
        (
            Edit(
                "services.purchasing.buyer:Buyer._send",
                "    sending=sending,\n",
                "    sending=lambda: __import__('asyncio').sleep(0),\n",
            ),
            Edit(
                "services.purchasing.outcomes:Outcomes.settle",
                "    step = self._step(purchase, placement)\n",
                "    if placement.sent:\n"
                "        await self._purchases.move(\n"
                "            purchase.id, S.SENDING, 'late', {'sent_at': self._clock.now()})\n"
                "    step = self._step(purchase, placement)\n",
            ),
        ),
        RESET_AFTER,
        ANSWERED,
    ),
    Mutant(
        "500 treated as refused",
        (
            Edit(
                "services.vendor.placement:classify",
                "if status in REFUSING and",
                "if status == 500 or status in REFUSING and",
            ),
        ),
        Scene("500 after the effect", ("http500@placeOrder:after",)),
    ),
    Mutant(
        "SENDING recovered as NOT_SENT",
        (
            Edit(
                "services.purchasing.crash_recovery:Recovery.recover",
                "PurchaseState.UNRESOLVED if sending else PurchaseState.NOT_SENT",
                "PurchaseState.NOT_SENT",
            ),
        ),
        RESET_AFTER,
        ANSWERED,
    ),
    Mutant(
        "a window shorter than the late arrival",
        (
            Edit(
                "services.purchasing.evidence:judge",
                "window = max(settle_seconds, age)",
                "settle_seconds = 5.0\n    window = max(settle_seconds, age)",
            ),
        ),
        Scene(
            "listed a minute late",
            ("late@placeOrder~60", "reset@placeOrder:after"),
            environment="SANDBOX",
        ),
    ),
    Mutant(
        "ReadError taken for not sent",
        (
            Edit(
                "services.vendor.placement:PlacementAttempt.verdict",
                "if not self.sent:",
                "if not self.sent or not self.status:",
            ),
        ),
        RESET_AFTER,
    ),
    Mutant(
        "bad JSON taken for refused",
        (
            Edit(
                "services.vendor.placement:_success",
                'return _unresolved(answer, around, around.code or "BAD_REPLY", words)',
                'return Placement("REFUSED", sent=True, code="BAD_REPLY", message=words)',
            ),
        ),
        Scene("no JSON after the effect", ("not_json@placeOrder:after",)),
    ),
    Mutant(
        "baseline ignored",
        (
            Edit(
                "services.purchasing.evidence:candidates",
                "known = {*baseline.order_ids, *bound}",
                "known = set(bound)",
            ),
        ),
        RESET_BEFORE._replace(
            name="an equal order just before", foreign="before", environment="SANDBOX"
        ),
    ),
    Mutant(
        "one order bound twice",
        (
            Edit(
                "services.purchasing.evidence:candidates",
                "known = {*baseline.order_ids, *bound}",
                "known = set(baseline.order_ids)",
            ),
        ),
        RESET_BEFORE._replace(name="bought again", again=True),
        also=_forget_that_orders_are_unique,
    ),
)
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}


async def caught(mutant: Mutant, nursery: Nursery) -> list[str]:
    """Play a mutant's scene with the real code and with the defect.

    Returns:
        What the judge said of the defect; empty when it was not caught.

    Raises:
        AssertionError: the real code was found guilty, so the scene proves nothing.
    """
    for defect in ("", mutant.name):
        kills: tuple[int, ...] = ()
        if mutant.dies_at:
            dry = await play(mutant.scene, nursery, mutant=defect)
            first = next(n for n, name in enumerate(dry.points[0], 1) if _dies(name, mutant))
            kills = (first,)
        verdict = (await play(mutant.scene, nursery, kills, mutant=defect)).verdict
        if not defect and verdict.guilty:
            raise AssertionError(f"{mutant.scene.name}: {verdict.all()}")
    return verdict.all()


def _dies(point: str, mutant: Mutant) -> bool:
    return point.startswith(mutant.dies_at) and not point.endswith(".started")
