"""Where settings, state and cache are kept, and how their folders and files are kept private."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs
from msgspec import Struct

from services.domain.errors import ConfigError

APP = "carddesk"


class Paths(Struct, frozen=True):
    """The three folders of one user: settings, state (journal, log) and cache."""

    config_dir: Path
    state_dir: Path
    cache_dir: Path

    @classmethod
    def default(cls, environ: Mapping[str, str]) -> "Paths":
        """Return the system's own places; absolute XDG_*_HOME variables move them.

        Raises:
            ConfigError: this user has no home folder, and the variables do not name all three.
        """
        return cls(
            config_dir=_place(environ, "XDG_CONFIG_HOME", platformdirs.user_config_path),
            state_dir=_place(environ, "XDG_STATE_HOME", platformdirs.user_state_path),
            cache_dir=_place(environ, "XDG_CACHE_HOME", platformdirs.user_cache_path),
        )

    @property
    def config_file(self) -> Path:
        """Return where the settings file is, whether it exists or not."""
        return self.config_dir / "config.toml"

    @property
    def log_file(self) -> Path:
        """Return where the log is written."""
        return self.state_dir / "carddesk.log"


def _place(environ: Mapping[str, str], variable: str, usual: Callable[[str], Path]) -> Path:
    base = environ.get(variable, "")
    if base.startswith("/"):
        return Path(base) / APP
    try:
        return usual(APP)
    except (RuntimeError, OSError):
        raise ConfigError(
            f"This user (number {os.geteuid()}) has no home folder: HOME names none, and neither"
            " does the password file",
            advice="Set HOME to a folder of this user, such as HOME=/var/lib/carddesk, and start"
            " again. Nothing was sent.",
            code="NO_HOME",
        ) from None
