"""Keys typed faster than they act: each waits until the one before it has had its effect."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, cast

from textual.app import App
from textual.dom import DOMNode
from textual.events import Callback, Key, Paste

ROUNDS = 4
"""A key acts, what it asks for rises to the app, a screen opens there, and takes the focus."""

LONGEST_WAIT = 0.5
"""Seconds after which the next key goes on whatever became of the one before."""

Typed = Key | Paste


class _Effect:
    """The wait for a key's effect: behind what waits in the queues from the focus up to the app.

    Args:
        app: whose keys these are.
        had: called when the key has had its effect.
    """

    def __init__(self, app: App[Any], had: Callable[["_Effect"], Awaitable[None]]) -> None:
        self._app = app
        self._had = had
        self._rounds = ROUNDS
        self._path: list[DOMNode] = []

    async def go_on(self) -> None:
        """Pass through the next queue, or end."""
        if not self._path:
            if not self._rounds:
                await self._had(self)
                return
            self._rounds -= 1
            focused = cast("DOMNode", self._app.focused or self._app.screen)
            self._path = list(focused.ancestors_with_self)
        while self._path:
            if self._path.pop(0).post_message(Callback(callback=self.go_on)):
                return


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
        self._effect: _Effect | None = None

    async def take(self, event: Typed) -> None:
        """Hand an event on, now or as soon as those before it have had their effect."""
        if self.busy and self._moving and not self._waiting and self._is_move(event):
            await self._hand_on(event)
            return
        self._waiting.append(event)
        if not self.busy:
            await self._next()

    def forget(self) -> None:
        """Drop the keys that have not been handed on yet."""
        self._waiting.clear()

    def know(self, moves: frozenset[str]) -> None:
        """Take these keys as the ones that move a cursor from now on."""
        self._moves = moves

    @property
    def busy(self) -> bool:
        """Whether a key has yet to have its effect."""
        return self._effect is not None

    async def _next(self) -> None:
        self._effect = None
        if self._waiting:
            await self._hand_on(self._waiting.popleft())

    async def _hand_on(self, event: Typed) -> None:
        """Deliver an event; the next one goes on when this one has had its effect."""
        self._moving = self._is_move(event)
        self._effect = effect = _Effect(self._app, self._had)
        await self._deliver(event)
        asyncio.get_running_loop().call_later(LONGEST_WAIT, self._give_up, effect)
        await effect.go_on()

    def _is_move(self, event: Typed) -> bool:
        return isinstance(event, Key) and event.key in self._moves

    async def _had(self, effect: _Effect) -> None:
        if effect is self._effect:
            await self._next()

    def _give_up(self, effect: _Effect) -> None:
        # A widget that was removed took its queue with it; the keys behind must not wait for ever.
        if effect is self._effect:
            self._app.call_later(self._had, effect)
