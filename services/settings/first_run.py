"""The first settings of a desk: what a name may be, and settings and key written together."""

from pathlib import Path

from services.domain.errors import ConfigError
from services.domain.secrets import Secret
from services.settings.api_key import checked
from services.settings.document import init
from services.settings.fields import Keyboard
from services.settings.load import Profile, profile_name
from services.system import files
from services.system.files import advice_for, present, private_dir, reason, shown
from services.system.paths import Paths


def are_missing(paths: Paths) -> bool:
    """Tell whether there is no settings file yet; a link to nowhere is one.

    Raises:
        ConfigError: the folder cannot be entered, so that it is not known.
    """
    return not _present(paths.config_file)


def new_name(paths: Paths, text: str) -> str:
    """Return the name of a new profile.

    Raises:
        ConfigError: it is no name, or there is a key file of that name.
    """
    name = profile_name(text.strip())
    if _present(key_file(paths, name)):
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


def _present(path: Path) -> bool:
    try:
        return present(path)
    except OSError as failure:
        raise ConfigError(
            f"{shown(path)} cannot be examined: {reason(failure)}", advice=advice_for(path, failure)
        ) from None


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
            files.create(place, f"{key.reveal()}\n".encode())
        except OSError as failure:
            why = "it is there already" if isinstance(failure, FileExistsError) else reason(failure)
            raise ConfigError(f"The key file {shown(place)} cannot be written: {why}") from None
    try:
        return init(paths, profile, keyboard)
    except ConfigError:
        if key is not None:
            place.unlink(missing_ok=True)
        raise
