"""`desk.limits`: the limits that are kept in the journal, for all who buy with it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from services.desk.opening import Opening
from services.domain.errors import Refused
from services.domain.text import clean
from services.journal import kept_limits
from services.journal.database import Journal
from services.journal.kept_limits import KeptLimit, LimitName


class DeskLimits:
    """Reads and sets them. On a server the database lets the owner's role alone set them.

    Every method raises JournalFailed: the journal is not open, or cannot be read or written.

    Args:
        opening: knows the account once it is open.
        read_only: whether this desk was opened to look.
    """

    def __init__(self, opening: Opening, *, read_only: bool) -> None:
        self._opening: Final = opening
        self._read_only: Final = read_only

    async def each(self) -> tuple[KeptLimit, ...]:
        """Return every limit that is kept, that of all first."""
        return await self._opening.opened().journal.read(kept_limits.each)

    async def approvers(self) -> tuple[str, ...]:
        """Return the logins that the owner named as approvers."""
        return await self._opening.opened().journal.read(kept_limits.approvers)

    async def put(self, operator: str, changes: Mapping[LimitName, Decimal]) -> None:
        """Set limits of an operator, of all where it is empty; 0 = no limit.

        Raises:
            Refused: this desk is read-only, or its journal knows no logins that could approve.
        """
        name = clean(operator)
        journal = self._writable(approvals=bool(changes.get("approve_above")))
        await journal.write(lambda tx: kept_limits.put(tx, name, changes))

    async def name_approver(self, login: str, *, may: bool) -> None:
        """Let a login approve what others ask for, or no more; raises Refused as `put`."""
        name = clean(login)
        journal = self._writable(approvals=may)
        await journal.write(lambda tx: kept_limits.name_approver(tx, name, may=may))

    def _writable(self, *, approvals: bool) -> Journal:
        if self._read_only:
            raise Refused("This desk is read-only", advice="Nothing was changed.")
        journal = self._opening.opened().journal
        if approvals and not journal.has_logins:
            raise Refused(
                "Approvals need a journal on a server, whose database proves who approves",
                advice="Nothing was changed. This journal is a file of this host.",
            )
        return journal
