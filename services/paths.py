"""Where settings, state and cache are kept, and how their folders and files are kept private."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from msgspec import Struct

from services.errors import ConfigError
from services.text import clean

APP = "carddesk"


class Paths(Struct, frozen=True):
    """The three folders of one user: settings, state (journal, log) and cache."""

    config_dir: Path
    state_dir: Path
    cache_dir: Path

    @classmethod
    def default(cls, environ: Mapping[str, str]) -> "Paths":
        """Return the system's own places; absolute XDG_*_HOME variables move them."""
        return cls(
            config_dir=_place(environ, "XDG_CONFIG_HOME", platformdirs.user_config_path(APP)),
            state_dir=_place(environ, "XDG_STATE_HOME", platformdirs.user_state_path(APP)),
            cache_dir=_place(environ, "XDG_CACHE_HOME", platformdirs.user_cache_path(APP)),
        )

    @property
    def config_file(self) -> Path:
        """Return where the settings file is, whether it exists or not."""
        return self.config_dir / "config.toml"

    @property
    def log_file(self) -> Path:
        """Return where the log is written."""
        return self.state_dir / "carddesk.log"


def _place(environ: Mapping[str, str], variable: str, usual: Path) -> Path:
    base = environ.get(variable, "")
    return Path(base) / APP if base.startswith("/") else usual


def private_dir(path: Path) -> Path:
    """Create a folder for this user alone (0700), parents included, and return it.

    Raises:
        ConfigError: it cannot be created, is no folder, or belongs to somebody else.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = path.stat()
        if facts.st_uid != os.geteuid():
            raise ConfigError(f"The folder {shown(path)} belongs to another user")
        if facts.st_mode & 0o077:
            path.chmod(0o700)
    except OSError as failure:
        raise ConfigError(f"The folder {shown(path)} cannot be used: {reason(failure)}") from None
    return path


def open_regular(path: Path, *, follow: bool) -> int:
    """Open a file for reading and return its descriptor.

    A pipe, a device or a folder is refused at once; with `follow` false so is a link.

    Raises:
        OSError: as `open` does, and EINVAL-like for what is no regular file.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(None, "it is not a regular file")
    return descriptor


def unsafe(path: Path, facts: os.stat_result) -> str:
    """Say why what lies there could have been put there by somebody else; empty when not.

    Args:
        path: a folder or a file that decides something, as it is named in the sentence.
        facts: of it.

    Returns:
        A sentence without its full stop: whose it is, or who may write it.
    """
    if facts.st_uid not in (0, os.geteuid()):
        return f"{shown(path)} belongs to another user"
    if facts.st_mode & 0o022:
        return f"{shown(path)} can be written by other users"
    return ""


def unsafe_folder(path: Path) -> str:
    """Say why the folder of a file, or of what a link there leads to, is not ours alone.

    Returns:
        As `unsafe`; empty as well where there is no such folder.
    """
    for folder in dict.fromkeys((path.parent, path.resolve().parent)):
        try:
            facts = folder.stat()
        except OSError:
            continue
        if problem := unsafe(folder, facts):
            return f"The folder {problem}"
    return ""


def shown(path: Path) -> str:
    """Return a path fit for a sentence: one line, no control characters."""
    return clean(str(path), 300)


def reason(failure: OSError) -> str:
    """Return the system's own words for a failure, without the path."""
    return (failure.strerror or type(failure).__name__).lower()
