"""Cards that leave the screen: to a clipboard for a while, or into files until deleted."""

import os
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work

from services import customer_text
from services.errors import DeskError
from services.secrets import Secret
from tui.errand_app import ErrandApp
from tui.screens import errands

if TYPE_CHECKING:
    from tui.screens.hand import HandChoice

TOO_LATE = "The card is hidden again, and nothing was given away. Reveal it once more, then try."


class HandApp(ErrandApp):
    """Gives cards away as an operator says, each time recorded before it happens."""

    @on(errands.CopyWanted)
    @work(group="copy", exclusive=True, exit_on_error=False, description="copy a card")
    async def _copy(self, wanted: errands.CopyWanted) -> None:
        which = f"card {wanted.index + 1}"
        await self._send(wanted.order_id, which, wanted.card.value, wanted.said)

    @on(errands.HandWanted)
    def _ask_what_to_hand(self, wanted: errands.HandWanted) -> None:
        from tui.screens.hand import HandScreen

        self.show(
            HandScreen(self.frame, wanted.order, wanted.cards), partial(self._hand_chosen, wanted)
        )

    def _hand_chosen(self, wanted: errands.HandWanted, choice: "HandChoice | None") -> None:
        if choice is None:
            return
        if not choice.cards:
            wanted.said(TOO_LATE)
            return
        order, indexes = wanted.order, [index for index, _ in choice.cards]
        text = customer_text.whole(choice.template, order, [card for _, card in choice.cards])
        named = "card" if len(indexes) == 1 else "cards"
        which = (
            f"{named} {', '.join(str(index + 1) for index in indexes)}, "
            f"text {customer_text.named(choice.name)}"
        )
        if choice.to_file:
            self._write(order.order_id, which, text, wanted.said)
        else:
            self._copy_text(order.order_id, which, text, wanted.said)

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy a text")
    async def _copy_text(self, order_id: str, which: str, text: Secret, said: errands.Said) -> None:
        await self._send(order_id, which, text, said)

    @work(group="hand", exit_on_error=False, description="write a text for a customer")
    async def _write(self, order_id: str, which: str, text: Secret, said: errands.Said) -> None:
        try:
            path = await self.desk.hand(order_id, which, text)
        except DeskError as error:
            said(error.sentence())
        else:
            listed = self.frame.keymap.shown("handed")
            said(
                f"Written into {path}, readable by you alone. It is on the list ({listed}) until "
                "you delete it."
            )

    async def _send(self, order_id: str, which: str, text: Secret, said: errands.Said) -> None:
        from tui import clipboard

        way = clipboard.way(os.environ, self.to_terminal)
        if way is None:
            said(clipboard.NO_CLIPBOARD)
            return
        try:
            await self.desk.record("copy", order_id, f"{which}, to {way.name}")
        except DeskError as error:
            said(error.sentence())
            return
        said(await self.copied.send(way, text.reveal()))
        self._forget_copied()

    @work(group="forget", exclusive=True, exit_on_error=False, description="clear the clipboard")
    async def _forget_copied(self) -> None:
        from tui import clipboard

        # A worker of its own: another copy that fails must not keep this card where it is.
        await self.clock.sleep(clipboard.CLEAR_SECONDS)
        if remains := await self.copied.clear():
            self.say(remains)

    # What was handed over in files.

    @on(errands.HandedWanted)
    @work(group="handed", exclusive=True, exit_on_error=False, description="list handed files")
    async def _read_handed(self, wanted: errands.HandedWanted) -> None:
        try:
            files = await self.desk.handed()
        except DeskError as error:
            wanted.lister.show_handed((), error.sentence())
        else:
            wanted.lister.show_handed(files, "")

    @on(errands.DeleteHanded)
    @work(group="handed", exit_on_error=False, description="delete handed files")
    async def _delete_handed(self, wanted: errands.DeleteHanded) -> None:
        try:
            await self.desk.delete_handed(wanted.names)
        except DeskError as error:
            wanted.lister.say(error.sentence())
        self._read_handed(errands.HandedWanted(wanted.lister))

    def show_handed(self) -> None:
        """Show the files with cards that are still on this disk."""
        from tui.screens.handed import HandedScreen

        self.show(HandedScreen(self.frame))
