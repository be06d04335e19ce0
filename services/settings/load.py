"""Settings: defaults, the file, then the environment; each value checked and its source known."""

import difflib
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast, get_args

from msgspec.structs import replace

from services.domain.errors import ConfigError
from services.domain.money import stored
from services.domain.text import clean
from services.settings.document import read
from services.settings.fields import (
    FIELDS,
    SECTIONS,
    Environment,
    Field,
    HousePrices,
    Profile,
    Settings,
    Value,
)
from services.settings.values import from_text, from_toml
from services.system.files import shown
from services.system.paths import Paths

FILE = "config.toml"
PRICES_FILE = "prices.toml"
PREFIX = "CARDDESK_"
OTHER_VARIABLES = ("CARDDESK_PROFILE", "CARDDESK_API_KEY", "CARDDESK_OPERATOR")
SHORTEST_SETTLE = 60
MOST_NAMES = 500
LONGEST_NAME = 60
ROUTE = ("proxy", "proxy_auth_file", "ca_file")
"""Settings of the way to the vendor, which the embedded one does not need."""

SANDBOX = Profile(
    name="sandbox", base_url="http://127.0.0.1", environment="sandbox", account_exclusive=True
)

_PROFILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")
_SECTIONS = [name for name in SECTIONS if name != "profile"]

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
        ConfigError: anything unknown, of the wrong type or out of range, and where it is.
    """
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX) and value}
    _refuse_unknown(
        given, [*OTHER_VARIABLES, *(each.variable for each in FIELDS)], "no variable {}"
    )
    reader = _Reader(paths, given)
    document = _document(paths)
    tables = {name: _section(document, name, name, name) for name in _SECTIONS}
    chosen = SANDBOX if sandbox else reader.profile(document, profile)
    sections: dict[str, Any] = {
        name: SECTIONS[name](**reader.values(name, table, name)) for name, table in tables.items()
    }
    settings = Settings(
        profile=chosen,
        **sections,
        keys=_keymap(_table(document, "keys")),
        names=_other_names(_table(document, "names")),
        house=_house(paths),
        sources=reader.sources,
    )
    _refuse_hasty_settling(settings)
    return sandbox_settings(settings, SANDBOX.base_url) if sandbox else settings


def sandbox_settings(
    settings: Settings, base_url: str, environment: Environment = "sandbox"
) -> Settings:
    """Return the settings for the embedded vendor at `base_url`, whatever the profile was.

    Args:
        settings: what is kept of it: limits, keys, looks.
        base_url: where the embedded vendor is.
        environment: what its key is for; `production` where it takes money.
    """
    replaced = [f"profile.{name}" for name in Profile.__struct_fields__]
    replaced += [f"net.{name}" for name in ROUTE]
    return replace(
        settings,
        profile=replace(SANDBOX, base_url=base_url.rstrip("/"), environment=environment),
        net=replace(settings.net, **dict.fromkeys(ROUTE, "")),
        sources=settings.sources | dict.fromkeys(replaced, "--sandbox"),
    )


def names(paths: Paths) -> tuple[str, ...]:
    """Return the names of the profiles in the settings file; raises ConfigError."""
    return tuple(map(profile_name, _table(_document(paths), "profiles")))


def environment(reported: str) -> Environment:
    """Return the environment that the vendor said; raises ConfigError when it is unknown here."""
    if reported.lower() in get_args(Environment) and reported.isupper():
        return cast("Environment", reported.lower())
    raise ConfigError(
        f"The vendor says that this key is for {clean(reported, 40)}, and carddesk knows only "
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

    def values(self, section: str, table: Table, heading: str) -> dict[str, Any]:
        """Return a value for each field of a section; `heading` is its name in the file."""
        fields = [field for field in FIELDS if field.section == section]
        return {field.name: self._value(field, table, heading) for field in fields}

    def _value(self, field: Field, table: Table, heading: str) -> Value:
        text = self._environ.get(field.variable)
        if text is None and field.name not in table:
            self.sources[field.key] = "default"
            return field.default
        self.sources[field.key] = FILE if text is None else field.variable
        try:
            return from_toml(field, table[field.name]) if text is None else from_text(field, text)
        except ValueError as bad:
            where, advice = field.variable, "Correct the variable or unset it."
            if text is None:
                where = f"{FILE} [{heading}]"
                advice = f"Correct it in {shown(self._paths.config_file)}."
            raise ConfigError(f"{where}: {bad}", advice=advice) from None

    def profile(self, document: Table, asked: str) -> Profile:
        """Return the profile to use."""
        profiles = _profiles(document)
        choices = (
            (asked, "--profile"),
            (self._environ.get("CARDDESK_PROFILE", ""), "CARDDESK_PROFILE"),
            (_text(document, "default_profile"), FILE),
            (next(iter(profiles), "") if len(profiles) == 1 else "", FILE),
            (Profile().name if not profiles else "", "default"),
        )
        name, source = next((each for each in choices if each[0]), ("", ""))
        if not name:
            raise ConfigError(
                f"{FILE} holds several profiles ({_listed(profiles)}) and no default_profile",
                advice="Name one with --profile, or set default_profile.",
            )
        if name not in profiles and source != "default":
            raise ConfigError(
                f"There is no profile {clean(name, 60)} in {FILE} (named by {source})",
                advice=_nearest(name, profiles)
                or "Run `carddesk config init` to make a first one.",
            )
        self.sources["profile.name"] = source
        heading = f"profiles.{name}"
        return Profile(name=name, **self.values("profile", profiles.get(name, {}), heading))


def _document(paths: Paths) -> Table:
    document = read(paths.config_file)
    known = ("default_profile", "profiles", *_SECTIONS, "keys", "names")
    _refuse_unknown(document, known, f"no setting or section {{}} in {FILE}")
    return document


def _house(paths: Paths) -> HousePrices:
    """Return the prices of the house; most houses have no file of them."""
    path = paths.config_file.with_name(PRICES_FILE)
    if not os.path.lexists(path):
        return HousePrices()
    from services.settings import house_prices

    return house_prices.load(path)


def _profiles(document: Table) -> dict[str, Table]:
    """Return the profiles of the file, each checked as far as its names go."""
    found: dict[str, Table] = {}
    for name in _table(document, "profiles"):
        profile_name(name, f"{FILE}: a profile")
        found[name] = _section(document["profiles"], name, "profile", f"profiles.{name}")
    return found


def _section(document: Table, name: str, section: str, heading: str) -> Table:
    table = _table(document, name, heading)
    known = [field.name for field in FIELDS if field.section == section]
    _refuse_unknown(table, known, f"no setting {{}} in [{heading}] of {FILE}")
    return table


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
        # An id with a dot that is not quoted is, to TOML, a table in a table.
        nested = isinstance(value, dict)
        entries = _keymap(cast("Table", value), f"{action}.") if nested else {action: value}
        if not nested and not isinstance(value, str):
            raise ConfigError(
                f'{FILE} [keys]: {clean(action, 60)} must be keys as text, such as "j,down"'
            )
        for repeated in found.keys() & entries.keys():
            raise ConfigError(f"{FILE} [keys]: {clean(repeated, 60)} is set twice")
        found.update(entries)
    return found


def _other_names(table: Table) -> dict[str, str]:
    if len(table) > MOST_NAMES:
        raise ConfigError(f"{FILE} [names]: there may be {MOST_NAMES} names at most")
    for name, title in table.items():
        texts = (name, title)
        if not all(isinstance(each, str) and _one_name(each) for each in texts):
            raise ConfigError(
                f"{FILE} [names]: {clean(name, 60)} must be a part of a product's title as text, "
                f'such as itunes = "Apple", of {LONGEST_NAME} characters at most'
            )
    return cast("dict[str, str]", table)


def _one_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= LONGEST_NAME and clean(text) == text


def _refuse_unknown(names: Iterable[str], known: Sequence[str], sentence: str) -> None:
    for name in names:
        if name not in known:
            raise ConfigError(
                f"There is {sentence.format(clean(name, 60))}", advice=_nearest(name, known)
            )


def _nearest(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    if close:
        return f"Did you mean {close[0]}?"
    return f"There are: {_listed(known)}." if known else ""


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


LIMITS = ("confirm_above", "max_total", "max_quantity", "max_day")


def in_force(settings: Settings) -> dict[str, str]:
    """Return every limit of the chosen profile by name, as the event log writes it."""
    values = {name: getattr(settings.purchase, name) for name in LIMITS}
    values |= {name: getattr(settings.profile, name) for name in ("account_exclusive", "read_only")}
    return {
        name: stored(value) if isinstance(value, Decimal) else str(value).lower()
        for name, value in values.items()
    }
