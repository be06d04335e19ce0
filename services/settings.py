"""Settings: defaults, the file, then the environment; each value checked and its source known."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from msgspec.structs import replace

from services.errors import ConfigError
from services.paths import Paths, shown
from services.settings_fields import (
    FIELDS,
    BoardSettings,
    Environment,
    Field,
    Keyboard,
    NetSettings,
    Profile,
    PurchaseSettings,
    Settings,
    Telling,
    UiSettings,
    Value,
)
from services.settings_file import first_text, init, read
from services.settings_values import from_text, from_toml
from services.text import clean

__all__ = [
    "FIELDS",
    "BoardSettings",
    "Environment",
    "Field",
    "Keyboard",
    "NetSettings",
    "Profile",
    "PurchaseSettings",
    "Settings",
    "Telling",
    "UiSettings",
    "Value",
    "environment",
    "first_text",
    "init",
    "load",
    "names",
    "profile_name",
    "sandbox_settings",
]

FILE = "config.toml"
PREFIX = "CARDDESK_"
OTHER_VARIABLES = ("CARDDESK_PROFILE", "CARDDESK_API_KEY", "CARDDESK_OPERATOR")
SHORTEST_SETTLE = 60
SANDBOX = Profile(
    name="sandbox", base_url="http://127.0.0.1", environment="sandbox", account_exclusive=True
)

_PROFILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")
_SECTIONS = ("purchase", "board", "net", "ui")

Table = dict[str, Any]


def load(
    paths: Paths, environ: Mapping[str, str], profile: str = "", *, sandbox: bool = False
) -> Settings:
    """Read the settings for one profile.

    Args:
        paths: where the settings file is; there need not be one.
        environ: variables that override the file; an empty one counts as unset.
        profile: the profile asked for on the command line; empty: CARDDESK_PROFILE,
            `default_profile`, or the only one there is.
        sandbox: the embedded vendor is used, so no profile is chosen; see `sandbox_settings`.

    Raises:
        ConfigError: anything unknown, of the wrong type or out of range, and where it stands.
    """
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX) and value}
    _refuse_unknown(
        given, (*OTHER_VARIABLES, *(field.variable for field in FIELDS)), "no variable {}"
    )
    reader = _Reader(paths, given)
    document = _document(paths)
    tables = {name: _table(document, name) for name in _SECTIONS}
    chosen = SANDBOX if sandbox else _profile(reader, document, profile)
    settings = Settings(
        profile=chosen,
        purchase=PurchaseSettings(**reader.values("purchase", tables["purchase"])),
        board=BoardSettings(**reader.values("board", tables["board"])),
        net=NetSettings(**reader.values("net", tables["net"])),
        ui=UiSettings(**reader.values("ui", tables["ui"])),
        keys=_keymap(_table(document, "keys")),
        sources=reader.sources,
    )
    _refuse_hasty_settling(settings)
    return sandbox_settings(settings, SANDBOX.base_url) if sandbox else settings


def sandbox_settings(settings: Settings, base_url: str) -> Settings:
    """Return the settings for the embedded vendor at `base_url`, whatever the profile was."""
    told = {f"profile.{name}": "--sandbox" for name in Profile.__struct_fields__}
    return replace(
        settings,
        profile=replace(SANDBOX, base_url=base_url.rstrip("/")),
        net=replace(settings.net, proxy=""),
        sources={**settings.sources, **told, "net.proxy": "--sandbox"},
    )


def names(paths: Paths) -> tuple[str, ...]:
    """Return the names of the profiles in the settings file; raises ConfigError."""
    return tuple(map(profile_name, _table(_document(paths), "profiles")))


def environment(told: str) -> Environment:
    """Return the environment that the vendor told; raises ConfigError when it is unknown here."""
    for known in cast("tuple[Environment, ...]", get_args(Environment)):
        if told == known.upper():
            return known
    raise ConfigError(
        f"The vendor says that this key is for {clean(told, 40)}, and carddesk knows only "
        "production and sandbox"
    )


def profile_name(name: str, subject: str = "A profile") -> str:
    """Return the name of a profile, or raise ConfigError when none may be called so."""
    if _PROFILE_NAME.match(name):
        return name
    raise ConfigError(
        f"{subject} cannot be called {clean(repr(name), 60)}",
        advice="Its name is made of 1 to 40 letters, digits, - and _.",
    )


class _Reader:
    """Takes each field's value from the variable, the file or the default, and notes which."""

    def __init__(self, paths: Paths, environ: Mapping[str, str]) -> None:
        self._paths = paths
        self._environ = environ
        self.sources: dict[str, str] = {}

    def values(self, section: str, table: Table, heading: str = "") -> dict[str, Any]:
        """Return a value for each field of a section; `heading` is its name in the file."""
        fields = [field for field in FIELDS if field.section == section]
        heading = heading or section
        _refuse_unknown_settings(section, table, heading)
        return {field.name: self._value(field, table, heading) for field in fields}

    def _value(self, field: Field, table: Table, heading: str) -> Value:
        if field.variable in self._environ:
            self.sources[field.key] = field.variable
            try:
                return from_text(field, self._environ[field.variable])
            except ValueError as bad:
                raise ConfigError(
                    f"{field.variable}: {bad}", advice="Correct the variable or unset it."
                ) from None
        if field.name not in table:
            self.sources[field.key] = "default"
            return field.default
        self.sources[field.key] = FILE
        try:
            return from_toml(field, table[field.name])
        except ValueError as bad:
            raise ConfigError(
                f"{FILE} [{heading}]: {bad}",
                advice=f"Correct it in {shown(self._paths.config_file)}.",
            ) from None

    def choose(self, document: Table, asked: str, names: list[str]) -> str:
        """Return the name of the profile to use."""
        choices = (
            (asked, "--profile"),
            (self._environ.get("CARDDESK_PROFILE", ""), "CARDDESK_PROFILE"),
            (_text(document, "default_profile"), FILE),
            (names[0] if len(names) == 1 else "", FILE),
            (Profile().name if not names else "", "default"),
        )
        for name, source in choices:
            if name:
                self.sources["profile.name"] = source
                return name
        raise ConfigError(
            f"{FILE} holds several profiles ({_listed(names)}) and no default_profile",
            advice="Name one with --profile, or set default_profile.",
        )


def _document(paths: Paths) -> Table:
    document = read(paths.config_file)
    known = ("default_profile", "profiles", *_SECTIONS, "keys")
    _refuse_unknown(document, known, f"no setting or section {{}} in {FILE}")
    return document


def _profile(reader: _Reader, document: Table, asked: str) -> Profile:
    profiles = _table(document, "profiles")
    _refuse_unusable_profiles(profiles)
    name = reader.choose(document, asked, list(profiles))
    implied = not profiles and reader.sources["profile.name"] == "default"
    if name not in profiles and not implied:
        raise ConfigError(
            f"There is no profile {clean(name, 60)} in {FILE}"
            f" (named by {reader.sources['profile.name']})",
            advice=_nearest(name, profiles) or "Run `carddesk config init` to make a first one.",
        )
    table = _table(profiles, name, f"profiles.{name}")
    return Profile(name=name, **reader.values("profile", table, f"profiles.{name}"))


def _refuse_unusable_profiles(profiles: Table) -> None:
    for name in profiles:
        profile_name(name, f"{FILE}: a profile")
        _refuse_unknown_settings(
            "profile", _table(profiles, name, f"profiles.{name}"), f"profiles.{name}"
        )


def _refuse_unknown_settings(section: str, table: Table, heading: str) -> None:
    known = [field.name for field in FIELDS if field.section == section]
    _refuse_unknown(table, known, f"no setting {{}} in [{heading}] of {FILE}")


def _table(document: Table, name: str, heading: str = "") -> Table:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{FILE}: {heading or name} must be a section, [{heading or name}]")
    return cast("Table", table)


def _text(document: Table, name: str) -> str:
    value = document.get(name, "")
    if not isinstance(value, str):
        raise ConfigError(f"{FILE}: {name} must be text")
    return value


def _keymap(table: Table, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in table.items():
        action = prefix + name
        if isinstance(value, dict):
            # An id with a dot that is not quoted is, to TOML, a table in a table.
            entries = _keymap(cast("Table", value), f"{action}.")
        elif isinstance(value, str):
            entries = {action: value}
        else:
            raise ConfigError(
                f'{FILE} [keys]: {clean(action, 60)} must be keys as text, such as "j,down"'
            )
        for repeated in found.keys() & entries.keys():
            raise ConfigError(f"{FILE} [keys]: {clean(repeated, 60)} is set twice")
        found.update(entries)
    return found


def _refuse_unknown(names: Iterable[str], known: Iterable[str], sentence: str) -> None:
    allowed = tuple(known)
    for name in names:
        if name not in allowed:
            raise ConfigError(
                f"There is {sentence.format(clean(name, 60))}", advice=_nearest(name, allowed)
            )


def _nearest(name: str, known: Iterable[str]) -> str:
    allowed = list(known)
    close = difflib.get_close_matches(name, allowed, n=1, cutoff=0.4)
    if close:
        return f"Did you mean {close[0]}?"
    return f"There are: {_listed(allowed)}." if allowed else ""


def _listed(names: Iterable[str]) -> str:
    return clean(", ".join(names), 300)


def _refuse_hasty_settling(settings: Settings) -> None:
    seconds = settings.purchase.settle_seconds
    if settings.profile.environment == "production" and seconds < SHORTEST_SETTLE:
        raise ConfigError(
            f"purchase.settle_seconds is {seconds} ({settings.sources['purchase.settle_seconds']})"
            f" and must be {SHORTEST_SETTLE} or more in production",
            advice="An order that appears late would be taken for one that was never placed.",
        )
