"""`desk.cases`: cards that do not work, from the customer's word to what became of it."""

from datetime import date
from typing import Final

from services.desk.opening import Opening
from services.desk.orders import order_of_vendor
from services.domain.book import BoardOrder
from services.domain.errors import BadInput, DeskError, Refused
from services.domain.models import FINAL_STATUSES, WITH_CARDS, Card, Purchase
from services.domain.shop import case as rules
from services.domain.shop.case import CardCase, CaseFile, CaseRow
from services.domain.text import clean
from services.journal import joint_reads
from services.journal.shop.cases import Cases
from services.system.clock import Clock
from services.vendor.client import VendorClient

_KNOWN = frozenset(rules.REASONS.values())
"""Reasons that are no person's text, so that no code can be in them."""


class DeskCases:
    """Opens cases on cards, keeps what is said of them, and writes what the vendor is sent.

    Args:
        opening: knows the account once it is open.
        client: the vendor, which is asked for a card only to keep its code out of a text.
    """

    def __init__(self, opening: Opening, client: VendorClient, clock: Clock) -> None:
        self._opening: Final = opening
        self._client: Final = client
        self._clock: Final = clock

    @property
    def today(self) -> date:
        """The local day."""
        return self._clock.now().astimezone().date()

    async def open(
        self, order_id: str, card: int, reason: str, ticket: str = "", due: date | None = None
    ) -> CaseRow:
        """Open a case on a card of an order.

        Args:
            order_id: the vendor's id of the order.
            card: which card, from 0.
            reason: a word of `REASONS`, or what is wrong in words.
            ticket: the number that the vendor gave it.
            due: the local day by which it is to be settled.

        Raises:
            BadInput: there is no reason.
            NotFound: neither the journal nor the vendor knows the order.
            Refused: the order has no such card, there is a case on it, or a text holds its code.
            DeskError: the journal cannot take it, or a text could not be compared with the card.
        """
        said = rules.reason_words(reason)
        if not said:
            raise BadInput("What is wrong with the card?", advice="Nothing was opened.")
        order, _ = await self._order(order_id)
        came = 0 if order is None else order.delivered or 0
        if order is None or order.state not in WITH_CARDS or not 0 <= card < came:
            raise Refused(
                f"There is no card {card + 1}: of this order {came} came",
                code="NO_CARD",
                advice="Nothing was opened.",
            )
        await self._keep_codes_out(order_id, *(() if said in _KNOWN else (said,)), ticket)
        case = await self._cases().open(
            order_id, card, said, clean(ticket, rules.LONGEST_TICKET), due
        )
        await self._show(order_id)
        return CaseRow(case, order)

    async def note(
        self, number: int, words: str, ticket: str | None = None, due: date | None = None
    ) -> CaseRow:
        """Write a note on an open case, with its ticket and its deadline if they are given.

        Raises:
            BadInput: it says nothing.
            NotFound: there is no such case.
            Refused: it is closed, or a text holds the code of the card.
            DeskError: the journal cannot take it, or a text could not be compared with the card.
        """
        held = await self._cases().get(number)
        said = clean(words, rules.LONGEST).strip()
        if not said:
            facts = (f"ticket {clean(ticket)}" if ticket else "", f"until {due}" if due else "")
            said = ", ".join(filter(None, facts))
        if not said:
            raise BadInput("A note says something", advice="Nothing was changed.")
        await self._keep_codes_out(held.order_id, words, ticket or "")
        case = await self._cases().note(number, said, ticket, due)
        return await self._row(case)

    async def close(self, number: int, outcome: str, replaced_by: str = "") -> CaseRow:
        """Close a case: `refunded`, `refused`, or `replaced` by another order.

        Raises:
            BadInput: it is none of these, or the order that came instead is missing.
            NotFound: there is no such case.
            Refused: it is closed already.
            JournalFailed: the journal cannot take it.
        """
        chosen, order = rules.read_outcome(f"{outcome} {replaced_by}")
        case = await self._cases().close(number, chosen, order)
        await self._show(case.order_id)
        return await self._row(case)

    async def listed(self, *, closed: bool = False) -> tuple[CaseRow, ...]:
        """Return the open cases, or all of them, the oldest first; raises JournalFailed."""
        return tuple([await self._row(case) for case in await self._cases().listed(closed=closed)])

    async def file(self, number: int) -> CaseFile:
        """Return all there is of a case; raises NotFound, JournalFailed."""
        case = await self._cases().get(number)
        order, purchase = await self._order(case.order_id, ask=False)
        events = await self._opening.opened().purchases.events(case.purchase_id or case.order_id)
        return CaseFile(CaseRow(case, order), events, purchase)

    async def letter(self, number: int, language: str) -> str:
        """Return what to send to the vendor; that it is made is recorded before.

        The last digits of the serial are in it where the vendor can be asked for them.

        Raises:
            NotFound: there is no such case.
            JournalFailed: the journal could not be read, or cannot record it.
        """
        file = await self.file(number)
        case = file.row.case
        await self._opening.opened().purchases.record(
            "case", case.order_id, f"case {number}: the text for the vendor", card=case.card
        )
        try:
            cards = await self._cards(case.order_id)
        except DeskError:
            cards = ()
        tail = rules.serial_tail(cards[case.card]) if case.card < len(cards) else ""
        return rules.letter(file, tail, language)

    async def _keep_codes_out(self, order_id: str, *texts: str) -> None:
        """Raise Refused where a text of a person holds what only the customer may have."""
        if not any(texts):
            return
        if rules.holds_code(texts, await self._cards(order_id)):
            raise Refused(
                "The text holds the code or the serial of a card",
                code="CODE_IN_TEXT",
                advice="Nothing was kept. Say it without: the case knows which card it is.",
            )

    async def _cards(self, order_id: str) -> tuple[Card, ...]:
        """Fetch cards to compare or to shorten them; they are forgotten at once."""
        return (await self._client.order(order_id, cards=True)).cards

    async def _order(
        self, order_id: str, *, ask: bool = True
    ) -> tuple[BoardOrder | None, Purchase | None]:
        """Return an order as a row, and the purchase that it is, as the journal has them."""
        account = self._opening.opened()
        held = await joint_reads.file(account.journal, order_id)
        mine = held.purchase if held.purchase and held.order_id == order_id else None
        order = held.seen
        known = mine is not None and mine.state.value in FINAL_STATUSES
        if ask and not known and (order is None or not order.final):
            order = await order_of_vendor(self._client, order_id, "Nothing was opened.")
        given = {order_id: held.given} if held.given else None
        orders, purchases = (order,) if order else (), (mine,) if mine else ()
        rows = account.board.rows.joined(orders, purchases, given)
        return (rows[0] if rows else None), mine

    async def _row(self, case: CardCase) -> CaseRow:
        order, _ = await self._order(case.order_id, ask=False)
        return CaseRow(case, order)

    async def _show(self, order_id: str) -> None:
        """Put the mark on the board, or take it off."""
        board = self._opening.opened().board
        open_cases = await self._cases().listed()
        board.rows.take_cases({order_id: sum(c.order_id == order_id for c in open_cases)})
        board.publish()

    def _cases(self) -> Cases:
        return Cases(self._opening.opened().journal)
