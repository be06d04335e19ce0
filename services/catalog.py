"""The catalogue on disk: shown at once, refreshed behind, good for a day."""

import contextlib
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from services.clock import Clock
from services.models import Catalog

KEPT = timedelta(hours=24)


class CatalogCache:
    """One file that holds the last catalogue of one vendor environment.

    It is only a cache: what cannot be read counts as absent, what cannot be written is let go.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path: Final = path
        self._clock: Final = clock

    def load(self) -> Catalog | None:
        """Return the catalogue as last written, however old, or None."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Catalog)
        except (OSError, msgspec.MsgspecError, ValueError):
            return None

    def fresh(self, catalog: Catalog | None) -> bool:
        """Tell whether a catalogue is young enough not to be asked for again."""
        return catalog is not None and self._clock.now() - catalog.read_at < KEPT

    def save(self, catalog: Catalog) -> None:
        """Write the catalogue whole or not at all."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd, name = tempfile.mkstemp(dir=self._path.parent, prefix=".catalog-")
            try:
                with os.fdopen(fd, "wb") as file:
                    file.write(msgspec.json.encode(catalog))
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
