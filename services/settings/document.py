"""The settings file: read once and whole, written once as a commented first version."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.domain.errors import ConfigError
from services.domain.text import clean
from services.settings.fields import FIELDS, SECTIONS, Field, Keyboard, Profile
from services.settings.values import exact
from services.system import files
from services.system.files import (
    advice_for,
    open_regular,
    private_dir,
    reason,
    shown,
    unsafe,
    unsafe_folder,
)
from services.system.paths import Paths

LARGEST_FILE = 256 * 1024
FIRST = Profile(key_file="main.key")


def read(path: Path) -> dict[str, Any]:
    """Return the document of the settings file; none at all is an empty one.

    Numbers with a decimal point arrive as Decimal, exactly as written.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or others may write it.
    """
    try:
        descriptor = open_regular(path, follow=True)
    except FileNotFoundError:
        return {}
    except OSError as failure:
        advice = advice_for(path, failure)
        raise _unusable(path, f"cannot be read: {reason(failure)}", advice) from None
    with os.fdopen(descriptor, "rb") as file:
        problem = unsafe(path, os.fstat(file.fileno()))
        if problem:
            raise ConfigError(
                f"The settings file {problem}, and it decides where the key is sent",
                advice=f"Make it yours alone: chmod 600 {shown(path)}",
            )
        if problem := unsafe_folder(path):
            raise ConfigError(
                f"{problem}, and the settings in it decide where the key is sent",
                advice=f"Make it yours alone: chmod 700 {shown(path.parent)}",
            )
        raw = file.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise _unusable(path, f"is larger than {LARGEST_FILE // 1024} kB")
    return _parsed(path, raw)


def _parsed(path: Path, raw: bytes) -> dict[str, Any]:
    # Here for speed: many a desk has no settings file.
    import tomllib

    try:
        return tomllib.loads(raw.decode("utf-8-sig"), parse_float=exact)
    except UnicodeDecodeError as bad:
        line = raw[: bad.start].count(b"\n") + 1
        raise _unusable(path, f"is not UTF-8 text at line {line}") from None
    except tomllib.TOMLDecodeError as bad:
        raise _unusable(path, f"is not valid TOML: {clean(str(bad), 120).lower()}") from None
    except (ValueError, RecursionError):
        raise _unusable(path, "is not valid TOML: a number or a nesting is too large") from None


def _unusable(path: Path, what: str, advice: str = "") -> ConfigError:
    return ConfigError(f"The settings file {shown(path)} {what}", advice=advice)


def init(paths: Paths, profile: Profile = FIRST, keyboard: Keyboard = "qwerty") -> Path:
    """Write the first settings file (0600), every other setting in it as a comment.

    Args:
        paths: whose `config_file` is written; an existing one is never touched.
        profile: the account to put in it.
        keyboard: the operator's keyboard.

    Returns:
        The file that was written.

    Raises:
        ConfigError: there is a settings file already, or none can be written.
    """
    path = paths.config_file
    private_dir(paths.config_dir)
    try:
        files.create(path, first_text(profile, keyboard).encode())
    except FileExistsError:
        raise ConfigError(
            f"There is a settings file already: {shown(path)}", advice="It was left as it is."
        ) from None
    except OSError as failure:
        advice = advice_for(path, failure)
        raise _unusable(path, f"cannot be written: {reason(failure)}", advice) from None
    return path


def first_text(profile: Profile, keyboard: Keyboard = "qwerty") -> str:
    """Return the text of a first settings file: what was chosen set, the rest commented out."""
    chosen: dict[str, object] = {"ui.keyboard": keyboard}
    lines = [
        "# carddesk: settings. A line that begins with # shows the default.",
        "# A variable overrides each: CARDDESK_<SECTION>_<NAME>, for a profile CARDDESK_<NAME>.",
        "# `carddesk config show` tells what is in force and where it came from.",
        "",
        _line("default_profile", profile.name),
        "",
        f"[profiles.{profile.name}]",
    ]
    for section in SECTIONS:
        if section != "profile":
            lines += ["", f"[{section}]"]
        for field in (field for field in FIELDS if field.section == section):
            default = chosen.get(field.key, field.default)
            value = getattr(profile, field.name) if section == "profile" else default
            lines += [f"# {field.doc} ({field.allowed})", _entry(field, value)]
    lines += [
        "",
        "[keys]",
        "# Other keys for an action: its id, then keys with commas between.",
        "",
        "[names]",
        "# Other names of products, for searches: the name, then a part of the title.",
        '# itunes = "Apple"',
        "",
    ]
    return "\n".join(lines)


def _entry(field: Field, value: object) -> str:
    line = _line(field.name, value)
    required = field.section == "profile" and field.name in ("base_url", "environment")
    return line if required or value != field.default else f"# {line}"


def _line(name: str, value: object) -> str:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    import tomli_w

    return tomli_w.dumps({name: value}).rstrip("\n")
