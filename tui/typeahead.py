"""Keys typed faster than they act: each waits until the one before it has had its effect."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from textual.app import App
from textual.dom import DOMNode
from textual.events import Callback, Key, Paste

ROUNDS = 4
"""A key acts, what it asks for rises to the app, a screen opens there, and takes the focus."""

LONGEST_WAIT = 0.5
"""Seconds after which the next key goes on whatever became of the one before."""

Typed = Key | Paste


class _Pass:
    """A round on its way from the focus up to the app; it does its next step when called.

    It says itself that it takes no parameters. Of what `call_later` is given Textual works out the
    signature each time, two dozen times for a key.
    """

    _param_count = 0

    def __init__(self, step: Callable[[], Awaitable[None]]) -> None:
        self._step = step

    def __call__(self) -> Awaitable[None]:
        return self._step()


class TypeAhead:
    """Hands key presses and pastes on in order, one at a time.

    Textual sends each key at once to whatever has the focus. On a slow line `/netflix` arrives in
    one piece, and its letters would still reach the list that `/` is about to leave.

    Moving a cursor neither opens anything nor takes the focus, so that one move need not wait for
    the one before it; anything else waits for both.

    Args:
        app: whose keys these are.
        deliver: Textual's own way of handing on an event.
        moves: the keys that move a cursor, as Textual names them.
    """

    def __init__(
        self,
        app: App[Any],
        deliver: Callable[[Typed], Awaitable[None]],
        moves: frozenset[str] = frozenset(),
    ) -> None:
        self._app = app
        self._deliver = deliver
        self._moves = moves
        self._moving = False
        self._waiting: deque[Typed] = deque()
        self._turn = 0
        self._busy = False

    async def take(self, event: Typed) -> None:
        """Hand an event on, now or as soon as those before it have had their effect."""
        if self._busy and self._moving and not self._waiting and self._is_move(event):
            await self._hand_on(event)
            return
        self._waiting.append(event)
        if not self._busy:
            await self._next()

    def forget(self) -> None:
        """Drop the keys that have not been handed on yet."""
        self._waiting.clear()

    def know(self, moves: frozenset[str]) -> None:
        """Take these keys as the ones that move a cursor from now on."""
        self._moves = moves

    def piled_up(self) -> bool:
        """Whether keys wait behind the one that is being handled."""
        return bool(self._waiting)

    async def _next(self) -> None:
        self._busy = bool(self._waiting)
        if not self._busy:
            return
        await self._hand_on(self._waiting.popleft())

    async def _hand_on(self, event: Typed) -> None:
        """Deliver an event; the next one goes on when this one has had its effect."""
        self._turn += 1
        turn, self._moving = self._turn, self._is_move(event)
        await self._deliver(event)
        asyncio.get_running_loop().call_later(LONGEST_WAIT, self._give_up, turn)
        await self._round(turn, ROUNDS)

    def _is_move(self, event: Typed) -> bool:
        return isinstance(event, Key) and event.key in self._moves

    async def _round(self, turn: int, left: int) -> None:
        """Pass once through the queues from the focus up to the app, behind what waits there."""
        if turn != self._turn:
            return
        if not left:
            await self._next()
            return
        focused = cast("DOMNode", self._app.focused or self._app.screen)
        await self._hop(turn, left, list(focused.ancestors_with_self))

    async def _hop(self, turn: int, left: int, path: list[DOMNode]) -> None:
        while path and turn == self._turn:
            node = path.pop(0)
            if node.post_message(Callback(callback=_Pass(partial(self._hop, turn, left, path)))):
                return
        self._app.call_later(self._round, turn, left - 1)

    def _give_up(self, turn: int) -> None:
        # A widget that was removed took its queue with it; the keys behind must not wait for ever.
        if turn == self._turn and self._busy:
            self._app.call_later(self._next)
