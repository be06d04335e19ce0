"""`desk.approvals`: what waits for another person, and what this one says about it."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, Final

from services.desk.account import Account
from services.desk.opening import Opening
from services.domain.errors import Refused
from services.domain.models import Check, Purchase, Quote
from services.domain.models import PurchaseState as S
from services.domain.purchase_states import NO_APPROVAL, approval_ends, state_name
from services.domain.text import clean
from services.domain.words.log_words import purchase_words
from services.journal import kept_limits, purchases, rows
from services.journal.transaction import JournalTransaction

KIND_ENDED: Final = "withdraw"
"""The kind of the event by which a person ends the wait."""

Own = Callable[[Coroutine[Any, Any, Purchase], str], Awaitable[Purchase]]


class DeskApprovals:
    """Approves what others ask for, and takes back what waits.

    Who may approve has the owner's role or was named by the owner, and did not ask for it. On a
    server the database holds that too, whatever program a login uses. Every method raises
    JournalFailed: the journal is not open, or cannot be read or written.

    Args:
        opening: knows the account once it is open.
        own: carries a purchase out in a task that the desk waits for.
    """

    def __init__(self, opening: Opening, own: Own) -> None:
        self._opening: Final = opening
        self._own: Final = own

    async def quote(
        self,
        purchase_id: str,
        *,
        previous: Quote | None = None,
        report: Callable[[Check], None] | None = None,
    ) -> Quote:
        """Check again what somebody asked for; it says what moved since then or since `previous`.

        Raises:
            Refused: it waits no more, this person may not approve it, or a check says no.
            DeskError: the vendor or the journal could not be read.
        """
        account = self._opening.may_buy()
        waiting = await self._waiting(account, purchase_id)
        if not account.settled:
            await account.settle_first()
        return await account.buyer().quote(
            waiting.product_id,
            waiting.type_id,
            waiting.quantity,
            previous=previous or _asked(waiting),
            report=report,
            waiting=waiting,
        )

    async def approve(
        self, purchase_id: str, quote: Quote, *, report: Callable[[Check], None] | None = None
    ) -> Purchase:
        """Approve it at a confirmed quote and send it from here, once; see `Buyer.approve`.

        It goes on and is journalled even when the caller is cancelled.
        """
        account = self._opening.may_buy()
        waiting = await self._waiting(account, purchase_id)
        work = account.buyer().approve(
            waiting, quote, lambda tx, held: self._verify(account, tx, held), report
        )
        return await self._own(work, waiting.product_id)

    async def withdraw(self, purchase_id: str) -> Purchase:
        """End the wait: who asked takes it back, who may approve it declines it.

        Raises:
            NotClaimed: the journal knows no such purchase.
            Refused: it waits no more, or this person has no say in it.
        """
        account = self._opening.opened()
        who = clean(account.journal.operator)

        def asked_by_me(tx: JournalTransaction) -> bool:
            held = rows.purchase(purchases.get(tx, purchase_id))
            if held.operator == who:
                return True
            self._verify(account, tx, held)
            return False

        await account.purchases.known(purchase_id)
        mine = await account.journal.read(asked_by_me)
        why = f"{'taken back' if mine else 'declined'} by {who}"
        moved = await account.purchases.move(
            purchase_id, S.NOT_SENT, why, {"error_message": why}, kind=KIND_ENDED
        )
        await account.board.purchase_changed(moved, purchase_words(moved))
        return moved

    async def _waiting(self, account: Account, purchase_id: str) -> Purchase:
        """Return what waits, if this person may approve it now; raises NotClaimed or Refused."""

        def read(tx: JournalTransaction) -> Purchase:
            held = rows.purchase(purchases.get(tx, purchase_id))
            self._verify(account, tx, held)
            return held

        await account.purchases.known(purchase_id)
        return await account.journal.read(read)

    def _verify(self, account: Account, tx: JournalTransaction, held: Purchase) -> None:
        """Make sure that this person may approve it, and that it still waits; raises Refused."""
        journal, who = account.journal, clean(account.journal.operator)
        if held.state is not S.AWAITING_APPROVAL:
            raise Refused(
                f"It does not wait for approval any more: it is {state_name(held.shown_state)}",
                advice="Nothing was sent from here.",
                code="STATE_CHANGED",
            )
        if approval_ends(held) <= datetime.fromisoformat(tx.now):
            raise Refused(f"It has ended: {NO_APPROVAL}", code="STATE_CHANGED")
        if not journal.has_logins:
            raise Refused(
                "Approving needs a journal on a server, whose database proves who approves",
                code="NO_RIGHT",
            )
        if held.operator == who:
            raise Refused(
                "You asked for this purchase: another person approves it",
                advice="Nothing was sent. It can be taken back.",
                code="NO_RIGHT",
            )
        if not journal.is_owner and who not in kept_limits.approvers(tx):
            raise Refused(
                "Your login may not approve purchases",
                advice="Nothing was sent. The journal's owner names who may, with"
                " carddesk limits set --approver LOGIN.",
                code="NO_RIGHT",
            )


def _asked(waiting: Purchase) -> Quote:
    """Return what was confirmed when it was asked for, to say what moved since."""
    return Quote(
        product_id=waiting.product_id,
        product_title=waiting.product_title,
        type_id=waiting.type_id,
        type_name=waiting.type_name,
        quantity=waiting.quantity,
        unit_price=waiting.unit_price,
        total=waiting.total,
        stock=0,
        balance=waiting.total,
        balance_after=waiting.total,
        read_at=waiting.created_at,
    )
