"""Files of ours that belong to another user, such as those that `sudo carddesk` leaves behind."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from services.domain.errors import Failure, failure_of
from services.system.files import give_back, shown, user_name
from services.system.paths import Paths

MOST_FILES = 2_000
NAMED = 3


def foreign_files(paths: Paths) -> tuple[Path, ...]:
    """Return what lies in our folders and belongs to another user; what hides it is not entered.

    Args:
        paths: settings, state and cache.
    """
    folders = dict.fromkeys((paths.config_dir, paths.state_dir, paths.cache_dir))
    found = (path for folder in folders for path in islice(_files_in(folder), MOST_FILES))
    return tuple(path for path in found if _owner(path) not in (None, os.geteuid()))


def owner_notice(paths: Paths) -> Failure | None:
    """Say which of our files belong to another user and what brings them back; None if none do."""
    files = foreign_files(paths)
    if os.geteuid() == 0 and (home := _home_of_another(paths)):
        return failure_of(
            f"This is root in {shown(home)}, the home of {user_name(home.stat().st_uid)}: what is"
            " written here will belong to root",
            "Leave, and start carddesk without sudo.",
        )
    if not files:
        return None
    owner = user_name(_owner(files[0]) or 0)
    names = ", ".join(shown(path) for path in files[:NAMED])
    if len(files) > NAMED:
        words = f"{names} and {len(files) - NAMED} more belong to {owner}"
    else:
        words = f"{names} belongs to {owner}" if len(files) == 1 else f"{names} belong to {owner}"
    return failure_of(words, give_back(files[0]))


def _files_in(folder: Path) -> Iterator[Path]:
    try:
        folder.lstat()
        yield folder
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files_in(Path(entry.path))
                else:
                    yield Path(entry.path)
    except OSError:
        return


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except OSError:
        return None


def _home_of_another(paths: Paths) -> Path | None:
    """Return the nearest folder above the state that exists, if it belongs to a person."""
    for folder in paths.state_dir.parents:
        owner = _owner(folder)
        if owner is not None:
            return folder if owner else None
    return None
