"""What became of a purchase, written down whatever happens to the journal."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from services.domain.errors import JournalFailed, Refused
from services.domain.models import Purchase, PurchaseError, PurchaseState
from services.domain.outcome_not_saved import OutcomeNotSaved
from services.domain.phrase import Phrase
from services.domain.words.log_words import purchase_words
from services.journal.database import Journal
from services.journal.emergency_file import Outcome
from services.journal.purchases import ORDER_KNOWN, Purchases
from services.system.clock import Clock
from services.vendor.placement import Placement

S = PurchaseState
REFUSED_WATCH = timedelta(seconds=10)


class _Step(Struct):
    """A step that has to be written; `kept` is whether the emergency file has it."""

    purchase: Purchase
    to: PurchaseState
    why: str
    changes: dict[str, object]
    seen: dict[str, object]
    kept: bool = False


class Outcomes:
    """Commits what a purchase came to, and keeps what no journal takes until one does.

    Between the answer and the commit nothing else is read or asked: whatever fails there would
    lose the answer.

    Args:
        journal: where an outcome belongs.
        schedule: the fields of a purchase that becomes UNRESOLVED.
        changed: called after each committed step.
        stays: tells whether this process goes on and will try again.
    """

    def __init__(
        self,
        journal: Journal,
        purchases: Purchases,
        schedule: Callable[[Purchase], dict[str, object]],
        clock: Clock,
        changed: Callable[[Purchase, str | Phrase], Awaitable[None]],
        stays: Callable[[], bool],
    ) -> None:
        self._journal: Final = journal
        self._purchases: Final = purchases
        self._schedule: Final = schedule
        self._clock: Final = clock
        self._changed: Final = changed
        self._stays: Final = stays
        self._unwritten: list[_Step] = []

    async def settle(self, purchase: Purchase, placement: Placement) -> Purchase:
        """Commit what an answer means; one that names a known order counts as none.

        Args:
            purchase: as it was when it was sent.
            placement: what came of it.

        Raises:
            OutcomeNotSaved: the journal took it neither now nor after its ballast was freed.
        """
        step = self._step(purchase, placement)
        try:
            return await self._write(step)
        except Refused as refused:
            if refused.code not in ORDER_KNOWN:
                raise
        return await self._write(self._doubted(step))

    async def write_pending(self) -> int:
        """Try again to write what the journal could not take; returns how many are left."""
        for step in tuple(self._unwritten):
            try:
                moved = await self._moved(step)
            except JournalFailed:
                step.kept = step.kept or await self._keep(step)
                continue
            except Refused as refused:
                if refused.code in ORDER_KNOWN:
                    self._unwritten[self._unwritten.index(step)] = self._doubted(step)
                else:
                    self._unwritten.remove(step)
                continue
            self._unwritten.remove(step)
            await self._changed(moved, purchase_words(moved))
        return len(self._unwritten)

    def _step(self, purchase: Purchase, placement: Placement) -> _Step:
        now = self._clock.now()
        facts: dict[str, object] = {
            "answered_at": now,
            "error_code": placement.code,
            "error_message": placement.message,
            "request_id": placement.request_id,
        }
        seen: dict[str, object] = {
            "sent": placement.sent,
            "http_status": placement.http_status,
            "request_id": placement.request_id,
            "code": placement.code,
        }
        why = placement.message
        match placement.verdict:
            case "HANDLING":
                facts |= {"order_id": placement.order_id, "status": "HANDLING"}
                facts |= {"error_code": "", "error_message": ""}
                # Another console may have taken it for unresolved while this one was cut off.
                facts |= {"candidates": (), "reason": ""}
                facts |= {"next_check_at": None, "decision_due_at": None}
                why = "the vendor accepted it"
            case "REFUSED":
                facts["next_check_at"] = now + REFUSED_WATCH
            case "UNRESOLVED":
                facts = {**self._schedule(purchase), **facts}
            case _:
                pass
        return _Step(purchase, S(placement.verdict), why, facts, seen)

    def _doubted(self, step: _Step) -> _Step:
        """Return what an answer that names a known order is worth: it is no answer."""
        facts = {
            **self._schedule(step.purchase),
            "answered_at": step.changes["answered_at"],
            "error_code": "BAD_REPLY",
            "error_message": "The vendor answered with an order that is known already",
            "request_id": step.changes["request_id"],
        }
        seen = {**step.seen, "named": step.changes["order_id"]}
        return _Step(step.purchase, S.UNRESOLVED, "the answer names a known order", facts, seen)

    async def _write(self, step: _Step) -> Purchase:
        """Write a step durably: the journal, then without the ballast, then the emergency file.

        The order id is on disk before anyone sees it, or, if nothing can be written, stays in
        memory and on the screen until it can.
        """
        try:
            moved = await self._moved(step)
        except JournalFailed as failure:
            if failure.code != "JOURNAL_LOCKED":
                self._journal.emergency.free_ballast()
            try:
                moved = await self._moved(step)
            except JournalFailed as again:
                step.kept = await self._keep(step)
                self._unwritten.append(step)
                raise OutcomeNotSaved(
                    _as_recorded(step), again, kept=step.kept, again=self._stays()
                ) from again
        await self._changed(moved, purchase_words(moved))
        return moved

    async def _moved(self, step: _Step) -> Purchase:
        try:
            return await self._purchases.move(
                step.purchase.id,
                step.to,
                step.why,
                step.changes,
                evidence=step.seen,
                answer=step.to is S.HANDLING,
            )
        except Refused as refused:
            if refused.code != "STATE_CHANGED":
                raise
            # Somebody carried it over from the emergency file, or settled it meanwhile.
            found = await self._purchases.find(step.purchase.id)
            if found is None:
                raise
            return await self._contested(found, str(step.seen.get("named", "")))

    async def _contested(self, found: Purchase, named: str) -> Purchase:
        """Leave it to a person that an answer names an order which another purchase holds."""
        if not named or found.state not in (S.UNRESOLVED, S.NOT_PLACED):
            return found
        if found.late and named in found.candidates:
            return found
        return await self._purchases.update(
            found.id,
            {"late": True, "acknowledged": False, "candidates": (named,)},
            kind="late",
            why=f"its answer came late and names order {named}, which another purchase holds",
        )

    async def _keep(self, step: _Step) -> bool:
        changes = step.changes
        outcome = Outcome(
            purchase_id=step.purchase.id,
            state=step.to,
            answered_at=_as_recorded(step).answered_at or self._clock.now(),
            order_id=str(changes.get("order_id") or ""),
            why=step.why,
            error_code=str(changes.get("error_code", "")),
            error_message=str(changes.get("error_message", "")),
            request_id=str(changes.get("request_id", "")),
        )
        try:
            await asyncio.to_thread(self._journal.emergency.append, outcome)
        except OSError:
            return False
        return True


def _as_recorded(step: _Step) -> Purchase:
    changes: Mapping[str, object] = step.changes
    code, message = str(changes.get("error_code", "")), str(changes.get("error_message", ""))
    request = str(changes.get("request_id", ""))
    return replace(
        step.purchase,
        state=step.to,
        order_id=str(changes.get("order_id") or ""),
        status=str(changes.get("status") or ""),
        answered_at=changes.get("answered_at"),
        request_id=request,
        error=PurchaseError(code, message, request) if code or message else None,
    )
