"""When to look for a purchase again: by plan, sooner after a failure, by no wrong clock."""

import random
from datetime import datetime, timedelta
from typing import Final

from services.domain.errors import DeskError
from services.domain.models import Purchase, PurchaseState
from services.purchasing import evidence
from services.system.clock import Clock

S = PurchaseState
FIRST_RETRY = 10.0
LONGEST_RETRY = 300.0
SELDOM = timedelta(hours=1)


class CheckSchedule:
    """Plans the looks of one journal's purchases.

    A look that failed has shown nothing: it is made again after 10 s, then later and later up to
    five minutes, whatever mark of the plan comes next.

    Args:
        clock: time.
        settle_seconds: how long absence must last before it counts.
        rng: for the jitter.
    """

    def __init__(
        self, clock: Clock, settle_seconds: float, rng: random.Random | None = None
    ) -> None:
        self._clock: Final = clock
        self._settle: Final = settle_seconds
        self._rng: Final = rng or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._failures: dict[str, int] = {}
        self._ends: dict[str, tuple[datetime, float]] = {}

    def begin(self, purchase: Purchase) -> dict[str, object]:
        """Return the schedule fields of a purchase that has just become UNRESOLVED."""
        now = self._clock.now()
        sent = purchase.sent_at or purchase.created_at
        # A death can be noticed hours after the sending: then there was no check yet.
        late = now >= sent + timedelta(seconds=self._settle)
        planned = None if late else evidence.next_check_at(sent, now, self._settle)
        look = planned or now
        return {
            "sent_at": sent,
            "answered_at": purchase.answered_at or now,
            "next_check_at": look,
            "decision_due_at": self._decision(sent, look, 0),
        }

    def left(self, purchase: Purchase) -> float | None:
        """Return the seconds until a purchase's next look, or None when none is planned.

        The wall clock may be set back meanwhile: then what is left by the steady clock, and at
        most what was left when the look was planned, counts.
        """
        look = purchase.next_check_at
        if look is None:
            self._ends.pop(purchase.id, None)
            return None
        steady = self._clock.steady()
        by_wall = (look - self._clock.now()).total_seconds()
        known = self._ends.get(purchase.id)
        if known is None or known[0] != look:
            planned = (look - purchase.updated_at).total_seconds()
            known = look, steady + min(by_wall, max(0.0, planned))
            self._ends[purchase.id] = known
        return max(0.0, min(by_wall, known[1] - steady))

    def failed(self, purchase: Purchase, error: DeskError | None = None) -> dict[str, object]:
        """Return the schedule fields after a look that showed nothing, or not all.

        Args:
            purchase: as it was before the look.
            error: why it failed; None for a reading that was not complete.
        """
        count = self._failures[purchase.id] = self._failures.get(purchase.id, 0) + 1
        pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(count - 1, 10))
        asked = (error.retry_after if error else None) or 0.0
        now = self._clock.now()
        look = now + timedelta(seconds=max(asked, pause * self._rng.uniform(0.9, 1.1)))
        if (left := self.left(purchase)) and not asked:
            # A person looked before the time: the plan stands.
            look = min(look, now + timedelta(seconds=left))
        return self._fields(purchase, look, purchase.clean_checks)

    def after(self, purchase: Purchase, clean_checks: int) -> dict[str, object]:
        """Return the schedule fields after a look that showed all there is.

        Args:
            purchase: as it was before the look.
            clean_checks: how many complete readings in a row have shown no trace by now.
        """
        self._failures.pop(purchase.id, None)
        sent, now = purchase.sent_at or purchase.created_at, self._clock.now()
        if purchase.state is S.REFUSED:
            return {"next_check_at": None}
        if purchase.state is S.NOT_PLACED:
            return {"next_check_at": evidence.next_check_at(sent, now, 0)}
        look = evidence.next_check_at(sent, now, self._settle) or now + SELDOM
        if clean_checks > purchase.clean_checks:
            look = min(look, now + timedelta(seconds=evidence.EVERY))
        fields = self._fields(purchase, look, clean_checks)
        if not clean_checks and "decision_due_at" in fields:
            # Money left, or an order fits: no hour can be named for what the vendor has to show.
            fields["decision_due_at"] = None
        return fields

    def again(self) -> dict[str, object]:
        """Return the schedule fields of a purchase whose candidates a person ruled out."""
        look = self._clock.now() + timedelta(seconds=evidence.EVERY)
        return {
            "clean_checks": 0,
            "next_check_at": look,
            "decision_due_at": self._decision(None, look, 0),
        }

    def _fields(self, purchase: Purchase, look: datetime, clean_checks: int) -> dict[str, object]:
        fields: dict[str, object] = {"next_check_at": look}
        if purchase.state is S.UNRESOLVED:
            sent = purchase.sent_at or purchase.created_at
            fields["decision_due_at"] = self._decision(sent, look, clean_checks)
        return fields

    def _decision(self, sent: datetime | None, look: datetime, clean_checks: int) -> datetime:
        """Return when absence will be certain if no look from `look` on fails or shows a trace."""
        wanted = max(0, evidence.AGREEING_READINGS - 1 - clean_checks)
        certain = look + timedelta(seconds=evidence.EVERY * wanted)
        if sent is None:
            return certain
        return max(sent + timedelta(seconds=self._settle), certain)
