"""The settings that a running console can change while it runs; never a purchase limit."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from services.domain import money
from services.domain.typed import digits
from services.settings.load import FIELDS, Field, Settings, Value
from services.settings.values import from_text
from tui.terminal import themes
from widgets.drawing.ink import MASK

NAMES = (
    "theme",
    "keyboard",
    "reveal_seconds",
    "reveal_when_ready",
    "lock_minutes",
    "low_balance",
    "markup_percent",
    "round_prices",
    "copy",
    "customer_language",
    "tell",
    "tell_of",
    "ascii",
    "slow_line",
)
"""What nothing but the screen depends on; each is read again whenever it is drawn or used."""

TITLES = {"tell": "Alert program", "tell_of": "Alert events", "ascii": "ASCII signs"}
"""The names that say more than the setting's own."""

PRIVATE = frozenset({"low_balance", "markup_percent", "round_prices"})
"""What tells a customer how much is earned, or kept."""

LIVE: dict[str, Field] = {
    name: field for name in NAMES for field in FIELDS if field.key == f"ui.{name}"
}
"""The fields of `NAMES`, by name."""


def title(field: Field) -> str:
    """Return a setting as the palette names it: `setting: Low balance`."""
    return f"setting: {TITLES.get(field.name, field.name.replace('_', ' ').capitalize())}"


def choices(field: Field) -> tuple[str, ...]:
    """Return the values there are, where they can be counted; else nothing."""
    if field.name == "theme":
        return themes.NAMES
    return ("true", "false") if field.kind is bool else field.choices


def value(settings: Settings, field: Field) -> Value:
    return getattr(settings.ui, field.name)


def written(settings: Settings, field: Field) -> str:
    """Return what a setting is now, as the settings file writes it."""
    now = value(settings, field)
    return str(now).lower() if isinstance(now, bool) else str(now)


def problem(field: Field, text: str, settings: Settings) -> str:
    """Return why a value cannot be taken, in words; empty when it can."""
    known = choices(field)
    if known and text.lower() not in known:
        return f"{field.name} is one of {', '.join(known)}."
    try:
        changed(settings, field, text)
    except ValueError as bad:
        return f"{bad}."
    return ""


def changed(settings: Settings, field: Field, text: str) -> Settings:
    """Return the settings with one value changed.

    Raises:
        ValueError: the value cannot be taken, and why, for the operator.
    """
    taken: dict[str, Any] = {field.name: from_text(field, _typed(settings, field, text.strip()))}
    sources = {**settings.sources, field.key: "until you leave"}
    return replace(settings, ui=replace(settings.ui, **taken), sources=sources)


def _typed(settings: Settings, field: Field, text: str) -> str:
    """Return a number as the settings file writes it, of whatever digits and groups it is typed."""
    if field.kind not in (int, float, Decimal):
        return text
    text = digits.typed(text, settings.ui.keyboard)
    found = money.readings(text)
    return f"{found[0]:f}" if len(found) == 1 else text


def shown(settings: Settings, field: Field, privacy: bool) -> str:
    """Return what a setting is now; in privacy mode none that tells margins or balances."""
    if privacy and field.name in PRIVATE:
        return MASK
    now = value(settings, field)
    return money.show(now) if isinstance(now, Decimal) else written(settings, field)


def kept_words(settings: Settings, field: Field) -> str:
    """Say what a setting is now and how long it stays so."""
    now = written(settings, field)
    quoted = f'"{now}"' if field.kind is str else now
    return (
        f"{field.name} is {shown(settings, field, privacy=False)} until you leave; "
        f"write {field.name} = {quoted} under [{field.section}] in config.toml to keep it."
    )
