"""`prices.toml`: mark-ups, fixed prices, rounding and floors for some goods.

A wrong entry is left out and named with its line; a shop does not stay closed for it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from msgspec.structs import replace

from services.domain.errors import ConfigError
from services.domain.money import LARGEST, PriceRule, RuleKey
from services.domain.text import clean
from services.settings import document
from services.settings.fields import HousePrices
from services.system import files

NAME = "prices.toml"
MOST_RULES = 5_000
LONGEST_HINT = 300
SECTIONS = ("category", "product")
GENERAL = "ui.markup_percent and ui.round_prices hold"
HOLDS: Mapping[str, str] = {
    "markup_percent": "The mark-up of its product, its category or ui.markup_percent holds",
    "price": "Its price is made of the cost and a mark-up",
    "round": "The rounding of its product, its category or ui.round_prices holds",
    "floor_percent": "The floor of its product, its category or of all prices holds",
    "hint": "The text for the customer has the hint of its product or its category, if any",
}
"""What can be said of goods, and what holds where it cannot be used."""

TEMPLATE = """\
# What the customer pays for some goods. For all others ui.markup_percent and ui.round_prices of
# config.toml hold.
# What is said of a value comes before its product, a product before its category.
# carddesk prices check says what is wrong in here; carddesk prices shows what is in force.

# The least margin in per cent of the price. A price that leaves less is marked, and the review
# says so before you buy.
# floor_percent = 2

# [category.Gaming]               # the title as the catalogue has it, "in quotes" with spaces
# markup_percent = 7              # per cent on top of the cost
# round = 10                      # DZD; rounded up to a multiple of it

# [product.6b0593167902699be4000002]
# markup_percent = 4
# floor_percent = 1.5
# hint = "Redeem it at netflix.com/redeem, with an account of Türkiye."   # for the customer

# [product.6b0593167902699be4000002.value.9e443bd5224d646ca136d5ee]
# price = 250                     # DZD for one card, whatever it costs
"""


def load(path: Path) -> HousePrices:
    """Read the prices of the house; what is wrong is among the notices."""
    try:
        table = document.read(path)
        text = path.read_text("utf-8-sig")
    except (ConfigError, OSError, ValueError) as failure:
        why = failure.message if isinstance(failure, ConfigError) else "it cannot be read"
        return HousePrices(notices=(f"{NAME} is not used: {why}. {GENERAL}.",))
    lines = _lines(text)
    notices: list[str] = []

    def wrong(where: tuple[str, ...], why: str, instead: str) -> None:
        line = next((lines[where[:n]] for n in range(len(where), 0, -1) if where[:n] in lines), 0)
        notices.append(f"{NAME} line {line}: {clean(why, 200)}. {instead}.")

    for name in table.keys() - {*SECTIONS, "floor_percent"}:
        wrong((name,), f"there is no {name}", "It is left out")
    floor = Decimal(0)
    if "floor_percent" in table:
        try:
            floor = _number(table["floor_percent"], "floor_percent", 0, 99)
        except ValueError as bad:
            wrong(("floor_percent",), str(bad), "There is no floor")
    rules: dict[RuleKey, PriceRule] = {}
    begins: dict[RuleKey, int] = {}
    for key, where, entries in _entries(table, wrong):
        rule = PriceRule()
        for name, value in entries.items():
            try:
                rule = _with(rule, name, value)
            except ValueError as bad:
                wrong((*where, name), str(bad), HOLDS.get(name, "It is left out"))
        if rule.price is not None and rule.markup_percent is not None:
            words = "price and markup_percent are both given"
            wrong((*where, "markup_percent"), words, "The price holds")
            rule = replace(rule, markup_percent=None)
        rules[key] = rule
        begins[key] = lines.get(where, 0)
    if len(rules) > MOST_RULES:
        return HousePrices(notices=(f"{NAME} has more than {MOST_RULES} rules. {GENERAL}.",))
    notices.sort(key=lambda said: int(re.findall("line ([0-9]+)", said)[0]))
    return HousePrices(floor, rules, lines=begins, notices=tuple(notices))


def create(path: Path) -> None:
    """Write a first file, all of it comments; raises ConfigError where there is one."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.create(path, TEMPLATE.encode())
    except FileExistsError:
        raise ConfigError(
            f"{files.shown(path)} is there already", advice="Nothing was written."
        ) from None
    except OSError as failure:
        raise ConfigError(
            f"{files.shown(path)} cannot be written: {files.reason(failure)}",
            advice=files.advice_for(path, failure),
        ) from None


def _entries(
    table: dict[str, Any], wrong: Any
) -> Iterator[tuple[RuleKey, tuple[str, ...], dict[str, Any]]]:
    """Give each rule with its place in the file, and what is said in it."""
    for kind in SECTIONS:
        for name, entries in _tables(table.get(kind, {}), (kind,), wrong):
            said = dict(entries)
            values: object = said.pop("value", {}) if kind == "product" else {}
            key = (kind, name.casefold() if kind == "category" else name)
            if said or not values:
                yield key, (kind, name), said
            for type_id, of_value in _tables(values, (kind, name, "value"), wrong):
                yield ("value", name, type_id), (kind, name, "value", type_id), of_value


def _tables(
    found: object, where: tuple[str, ...], wrong: Any
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the tables of a table; anything else there is no rule."""
    if not isinstance(found, dict):
        wrong(where, f"{where[-1]} is no section", "It is left out")
        return
    for name, entries in cast("dict[str, Any]", found).items():
        if isinstance(entries, dict):
            yield name, cast("dict[str, Any]", entries)
        else:
            wrong((*where, name), f"{name} is no section", "It is left out")


def _with(rule: PriceRule, name: str, value: object) -> PriceRule:
    """Return a rule with one more thing said; raises ValueError with what is wrong."""
    match name:
        case "markup_percent":
            return replace(rule, markup_percent=_number(value, name, 0, 1_000))
        case "price":
            return replace(rule, price=_number(value, name, 1, int(LARGEST)))
        case "floor_percent":
            return replace(rule, floor_percent=_number(value, name, 0, 99))
        case "hint":
            return replace(rule, hint=_hint(value))
        case "round":
            step = _number(value, name, 1, 1_000)
            if step != int(step):
                raise ValueError(f"round must be a whole number of DZD, not {step}")
            return replace(rule, step=int(step))
        case other:
            raise ValueError(f"there is no {other}; there are {', '.join(HOLDS)}")


def _hint(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"hint must be a text in quotes, not {str(value)[:20]}")
    said = clean(value, LONGEST_HINT + 1).strip()
    if not 0 < len(said) <= LONGEST_HINT:
        raise ValueError(f"hint must have 1 to {LONGEST_HINT} characters")
    return said


def _number(value: object, name: str, low: int, high: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError(f"{name} must be a number, without quotes, not {str(value)[:20]!r}")
    if not (Decimal(value).is_finite() and low <= value <= high):
        raise ValueError(f"{name} must be from {low} to {high}, not {str(value)[:20]}")
    return Decimal(value)


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of each section and each entry by its path, as far as a line shows it."""
    found: dict[tuple[str, ...], int] = {}
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if words.startswith("["):
            section = _path(words)
            found.setdefault(section, number)
        elif entry := re.match(r"[^#=]+=", words):
            found.setdefault((*section, *_path(f"{entry[0]} 0")), number)
    return found


def _path(line: str) -> tuple[str, ...]:
    """Return the names in a heading or before an equals sign, as TOML reads them."""
    try:
        table: object = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(table, dict) and table:
        [(name, table)] = cast("dict[str, object]", table).items()
        names.append(name)
    return tuple(names)
