"""The products that an operator keeps on top of the catalogue, in a file for each profile."""

import os
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from services.domain.errors import BadInput, ConfigError, Refused
from services.domain.models import LONGEST_ID
from services.system import files
from services.system.files import open_regular, reason, shown

MOST = 50
"""How many products can be pinned: with more of them the top is no top any more."""

LARGEST_FILE = 64 * 1024

ProductId = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]


class StoredPins(Struct, frozen=True):
    """What the file holds: product ids in the order in which they were pinned."""

    products: tuple[ProductId, ...]


class PinnedProducts:
    """The pins of one profile. Every method reads or writes the file, in whatever thread calls it.

    Args:
        state_dir: the folder it is kept in.
        profile: whose pins they are.
    """

    def __init__(self, state_dir: Path, profile: str) -> None:
        self.path: Final = state_dir / f"pins-{profile}.json"
        self._known: tuple[str, ...] = ()

    def load(self) -> tuple[str, ...]:
        """Return the pinned product ids; raises ConfigError when the file cannot be read."""
        try:
            with os.fdopen(open_regular(self.path, follow=False), "rb") as file:
                text = file.read(LARGEST_FILE)
            self._known = tuple(dict.fromkeys(msgspec.json.decode(text, type=StoredPins).products))
        except FileNotFoundError:
            self._known = ()
        except msgspec.MsgspecError:
            raise self._unreadable("it is damaged") from None
        except OSError as failure:
            raise self._unreadable(reason(failure)) from None
        return self._known

    def toggle(self, product_id: str) -> tuple[str, ...]:
        """Pin a product after the others, or take it down; returns what is pinned now.

        Raises:
            BadInput: no product has such an id.
            Refused: there are too many already.
            ConfigError: the file cannot be written; the pins stay as they were.
        """
        if not 0 < len(product_id) <= LONGEST_ID or not product_id.isprintable():
            raise BadInput("This is no id that the vendor could have given")
        before = self._latest()
        if product_id in before:
            after = tuple(pinned for pinned in before if pinned != product_id)
        elif len(before) < MOST:
            after = (*before, product_id)
        else:
            raise Refused(
                f"{MOST} products are pinned already",
                advice="Take one of them down first: the same key on it.",
                code="TOO_MANY_PINS",
            )
        try:
            files.replace(self.path, msgspec.json.encode(StoredPins(after)))
        except OSError as failure:
            raise ConfigError(
                f"The pins in {shown(self.path)} cannot be written: {reason(failure)}",
                advice="They stay as they were.",
                code="PINS",
            ) from None
        self._known = after
        return after

    def _latest(self) -> tuple[str, ...]:
        """Return what another console may have pinned meanwhile; what cannot be read is let go."""
        known = self._known
        try:
            return self.load()
        except ConfigError:
            return known

    def _unreadable(self, why: str) -> ConfigError:
        return ConfigError(
            f"The pins in {shown(self.path)} cannot be read: {why}",
            advice="Nothing else depends on them; the next pin writes a new file.",
            code="PINS",
        )
