"""The first settings of a desk: what a name may be, and settings and key written together."""

import os
from pathlib import Path

from services import private_file
from services.errors import ConfigError
from services.keys import checked
from services.paths import Paths, private_dir, reason, shown
from services.secrets import Secret
from services.settings import Keyboard, Profile, init, profile_name


def are_missing(paths: Paths) -> bool:
    """Tell whether there is no settings file yet; a link to nowhere is one."""
    return not os.path.lexists(paths.config_file)


def new_name(paths: Paths, text: str) -> str:
    """Return the name of a new profile.

    Raises:
        ConfigError: it is no name, or there is a key file of that name.
    """
    name = profile_name(text.strip())
    if os.path.lexists(key_file(paths, name)):
        raise ConfigError(
            f"There is a key file of that name already: {shown(key_file(paths, name))}",
            advice="Take another name, or move that file away first.",
        )
    return name


def new_key(text: str) -> Secret:
    """Return a key that was typed or pasted; ConfigError says what keeps it from being one."""
    return checked(text, "What was typed")


def key_file(paths: Paths, name: str) -> Path:
    """Return where the key of a profile is kept."""
    return paths.config_dir / f"{name}.key"


def write(
    paths: Paths, profile: Profile, key: Secret | None, keyboard: Keyboard = "qwerty"
) -> Path:
    """Write the settings file and, if there is a key, the profile's `key_file` (0600 both).

    Args:
        paths: where they go; no file that is there is ever touched.
        profile: the account to put in the settings.
        key: what goes into `key_file`; None when a command gives it, or a person puts it there.
        keyboard: the layout of the operator's keyboard.

    Returns:
        The settings file.

    Raises:
        ConfigError: one of them is there already or cannot be written; then neither was.
    """
    if not are_missing(paths):
        # Said before the key is written: a file that is there for a moment has been there.
        return init(paths, profile, keyboard)
    private_dir(paths.config_dir)
    place = paths.config_dir / profile.key_file
    if key is not None:
        try:
            private_file.create(place, key.reveal() + "\n")
        except OSError as failure:
            why = "it is there already" if isinstance(failure, FileExistsError) else reason(failure)
            raise ConfigError(f"The key file {shown(place)} cannot be written: {why}") from None
    try:
        return init(paths, profile, keyboard)
    except ConfigError:
        if key is not None:
            place.unlink(missing_ok=True)
        raise
