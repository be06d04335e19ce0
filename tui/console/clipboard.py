"""The clipboard of a console: a card that is sent there is recorded first and cleared soon."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from services.domain.book import BoardOrder
from services.domain.errors import Refused
from services.domain.models import Card
from services.domain.secrets import Secret

if TYPE_CHECKING:
    from tui.console.app import ConsoleApp
    from tui.terminal.clipboard import ClipboardBackend


class CardClipboard:
    """Sends cards to the terminal's clipboard."""

    def __init__(self, console: "ConsoleApp") -> None:
        self._console = console

    async def send(self, order: BoardOrder, which: str, text: Secret) -> str:
        """Send a text with cards of an order, once the journal has noted `which`.

        Returns:
            What is known to have happened, in words.

        Raises:
            DeskError: the journal cannot record it; nothing was sent.
        """
        way = self._way()
        await self._console.desk.journal.record("copy", order.order_id, f"{which}, to {way.name}")
        return f"{order.name}: {await self._put(way, text)}"

    async def hand_over(
        self,
        order_ids: Sequence[str],
        which: str,
        text_of: Callable[[Sequence[tuple[Card, ...]]], Secret],
    ) -> str:
        """Fetch the cards of orders and send one text with them, once `which` is recorded.

        Returns:
            What is known to have happened, in words.

        Raises:
            DeskError: the journal cannot record it, or there is no card; nothing was sent.
        """
        way = self._way()
        where = f"{which}, to {way.name}"
        cards = await self._console.desk.orders.take_out(order_ids, "copy", where)
        return await self._put(way, text_of(cards))

    async def send_text(self, text: str) -> str:
        """Send a text without codes to the clipboard; raises Refused where there is none."""
        return await self._put(self._way(), Secret(text))

    def _way(self) -> "ClipboardBackend":
        from tui.terminal import clipboard

        if (way := clipboard.way(os.environ, self._console.to_terminal)) is None:
            raise Refused(clipboard.NO_CLIPBOARD, code="NO_CLIPBOARD", advice=clipboard.USE_A_FILE)
        return way

    async def _put(self, way: "ClipboardBackend", text: Secret) -> str:
        from tui.terminal import clipboard

        sent = await self._console.copied.send(way, text.reveal())
        if sent == clipboard.TOO_LONG:
            raise Refused(sent, code="TOO_LONG", advice=clipboard.USE_A_FILE)
        # A worker of its own: another copy that fails must not keep this card where it is.
        self._console.start(self._clear, "clear the clipboard", latest_wins=True)
        return sent

    async def _clear(self) -> None:
        from tui.terminal import clipboard

        await self._console.clock.sleep(clipboard.CLEAR_SECONDS)
        if remains := await self._console.copied.clear():
            self._console.say(remains)
