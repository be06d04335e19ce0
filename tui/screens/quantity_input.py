"""A line for a number that leaves some keys to the screen around it."""

from textual.widgets import Input


class QuantityInput(Input):
    """A line for a number that leaves the keys for more and less to the ticket.

    Args:
        value: what stands in it first.
        taken: the keys that are not typed here.
    """

    def __init__(self, value: str, taken: frozenset[str]) -> None:
        super().__init__(value, id="quantity", compact=True, max_length=12)
        self.cursor_blink = False
        self._taken = taken

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Tell whether the key would be typed here."""
        return key not in self._taken and super().check_consume_key(key, character)
