"""What this console sent to clipboards and has to have forgotten, whatever ends it."""

from tui.clipboard import Way


class Copied:
    """The ways that hold a card; each stays here until it is known to have been asked to forget."""

    def __init__(self) -> None:
        self._held: list[Way] = []
        self._refused: list[Way] = []
        self._sending = 0

    @property
    def remains(self) -> str:
        """A sentence for the operator where a clipboard could not be cleared, else empty."""
        return self._refused[0].remains if self._refused else ""

    async def send(self, way: Way, text: str) -> str:
        """Send a text on its way; return what is known to have happened, in words."""
        # Before it is sent: who is interrupted half-way has something to clear as well.
        self._held.append(way)
        self._sending += 1
        try:
            return await way.send(text)
        finally:
            self._sending -= 1

    async def clear(self) -> str:
        """Have everything forgotten; return `remains`."""
        for way in tuple(self._held):
            self._asked(way, await way.clear())
        return self.remains

    def clear_now(self) -> str:
        """Do the same without a loop to wait on: the console is ending, or about to stand still.

        What is still being sent at this moment stays known, to be cleared once more afterwards.
        """
        for way in tuple(self._held):
            self._asked(way, way.clear_now())
        return self.remains

    def _asked(self, way: Way, done: bool) -> None:
        self._refused = [each for each in self._refused if each is not way]
        if not done:
            self._refused.append(way)
        elif not self._sending:
            self._held = [each for each in self._held if each is not way]
