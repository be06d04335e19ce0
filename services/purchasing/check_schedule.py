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
    """Plans the checks of one journal's purchases.

    A check that failed has shown nothing: it is made again after 10 s, then later and later up to
    five minutes, whatever mark of the plan comes next.

    Args:
        settle_seconds: how long absence must last before it counts.
    """

    def __init__(self, clock: Clock, settle_seconds: float) -> None:
        self._clock: Final = clock
        self._settle: Final = settle_seconds
        self._rng: Final = random.Random()  # noqa: S311 - spreads load, guards nothing
        self._failures: dict[str, int] = {}
        self._ends: dict[str, tuple[datetime, float]] = {}

    def begin(self, purchase: Purchase) -> dict[str, object]:
        """Return the schedule fields of a purchase that has just become UNRESOLVED."""
        now = self._clock.now()
        sent = purchase.sent_at or purchase.created_at
        # A death can be noticed hours after the sending: then there was no check yet.
        late = now >= sent + timedelta(seconds=self._settle)
        planned = None if late else evidence.next_check_at(sent, now, self._settle)
        check_at = planned or now
        return {
            "sent_at": sent,
            "answered_at": purchase.answered_at or now,
            "next_check_at": check_at,
            "decision_due_at": self._decision(sent, check_at, 0),
        }

    def left(self, purchase: Purchase) -> float | None:
        """Return the seconds until a purchase's next check, or None when none is planned.

        The wall clock may be set back meanwhile: then what is left by the steady clock, and at
        most what was left when the check was planned, counts.
        """
        check_at = purchase.next_check_at
        if check_at is None:
            self._ends.pop(purchase.id, None)
            return None
        steady = self._clock.steady()
        by_wall = (check_at - self._clock.now()).total_seconds()
        known = self._ends.get(purchase.id)
        if known is None or known[0] != check_at:
            planned = (check_at - purchase.updated_at).total_seconds()
            known = check_at, steady + min(by_wall, max(0.0, planned))
            self._ends[purchase.id] = known
        return max(0.0, min(by_wall, known[1] - steady))

    def failed(self, purchase: Purchase, error: DeskError | None = None) -> dict[str, object]:
        """Return the schedule fields after a check that showed nothing, or not all.

        Args:
            purchase: as it was before the check.
            error: why it failed; None for a reading that was not complete.
        """
        count = self._failures[purchase.id] = self._failures.get(purchase.id, 0) + 1
        pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(count - 1, 10))
        asked = (error.retry_after if error else None) or 0.0
        now = self._clock.now()
        check_at = now + timedelta(seconds=max(asked, pause * self._rng.uniform(0.9, 1.1)))
        if (left := self.left(purchase)) and not asked:
            # A person asked before the time: the plan is kept.
            check_at = min(check_at, now + timedelta(seconds=left))
        return self._fields(purchase, check_at, purchase.clean_checks)

    def after(self, purchase: Purchase, clean_checks: int) -> dict[str, object]:
        """Return the schedule fields after a check that showed all there is.

        Args:
            purchase: as it was before the check.
            clean_checks: how many complete readings in a row have shown no trace by now.
        """
        self._failures.pop(purchase.id, None)
        sent, now = purchase.sent_at or purchase.created_at, self._clock.now()
        if purchase.state is S.REFUSED:
            return {"next_check_at": None}
        if purchase.state is S.NOT_PLACED:
            return {"next_check_at": evidence.next_check_at(sent, now, 0)}
        check_at = evidence.next_check_at(sent, now, self._settle) or now + SELDOM
        if clean_checks > purchase.clean_checks:
            check_at = min(check_at, now + timedelta(seconds=evidence.EVERY))
        fields = self._fields(purchase, check_at, clean_checks)
        if not clean_checks and "decision_due_at" in fields:
            # Money left, or an order fits: no hour can be named for what the vendor has to show.
            fields["decision_due_at"] = None
        return fields

    def again(self) -> dict[str, object]:
        """Return the schedule fields of a purchase whose candidates a person ruled out."""
        check_at = self._clock.now() + timedelta(seconds=evidence.EVERY)
        return {
            "clean_checks": 0,
            "next_check_at": check_at,
            "decision_due_at": self._decision(None, check_at, 0),
        }

    def _fields(
        self, purchase: Purchase, check_at: datetime, clean_checks: int
    ) -> dict[str, object]:
        fields: dict[str, object] = {"next_check_at": check_at}
        if purchase.state is S.UNRESOLVED:
            sent = purchase.sent_at or purchase.created_at
            fields["decision_due_at"] = self._decision(sent, check_at, clean_checks)
        return fields

    def _decision(self, sent: datetime | None, check_at: datetime, clean_checks: int) -> datetime:
        """Return when absence will be certain if each check from `check_at` on shows no trace."""
        wanted = max(0, evidence.AGREEING_READINGS - 1 - clean_checks)
        certain = check_at + timedelta(seconds=evidence.EVERY * wanted)
        if sent is None:
            return certain
        return max(sent + timedelta(seconds=self._settle), certain)
