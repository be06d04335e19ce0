"""How products are called: short names, regions, other names that people type. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from services.domain.models import Product
from services.domain.text import TITLE_END, SafeText, clean, fold, ours
from services.domain.typed.note_tokens import with_numbers

OTHER_NAMES: Final[dict[str, str]] = {
    "apple": "itunes app store icloud \u0627\u064a\u062a\u0648\u0646\u0632 \u0627\u0628\u0644",
    "itunes": "apple app store icloud",
    "playstation": "psn ps4 ps5 sony \u0628\u0644\u0627\u064a\u0633\u062a\u064a\u0634\u0646",
    "steam": "valve \u0633\u062a\u064a\u0645",
    "free fire": "ff garena diamonds",
    "freefire": "ff garena diamonds",
    "pubg": "uc unknown cash \u0628\u0628\u062c\u064a",
    "google play": "gplay play store",
    "xbox": "gamepass microsoft",
    "nintendo": "eshop switch",
    "mobile legends": "mlbb",
    "valorant": "val vp riot",
    "league of legends": "lol rp riot",
    "call of duty": "cod cp",
    "fortnite": "vbucks v-bucks",
    "roblox": "robux rbx",
    "ea sports": "fifa fc points",
    "amazon": "amzn prime",
    "mobilis": "flexy \u0645\u0648\u0628\u064a\u0644\u064a\u0633",
    "ooredoo": "flexy storm nedjma \u0627\u0648\u0631\u064a\u062f\u0648",
    "djezzy": "flexy jezzy \u062c\u064a\u0632\u064a",
}
"""By a folded part of a product's title: what else people type to find it."""


ANY_REGION: Final = ours("any")
"""Stands for a region that is not named: letters keep columns in place."""

_SHORT_REGIONS: Final[dict[str, SafeText]] = {
    "": ANY_REGION,
    "global": ours("Global"),
    "algerie": ours("DZ"),
    "algeria": ours("DZ"),
    "\u0627\u0644\u062c\u0632\u0627\u064a\u0631": ours("DZ"),
    "europe": ours("EU"),
    "france": ours("FR"),
    "germany": ours("DE"),
    "italy": ours("IT"),
    "morocco": ours("MA"),
    "spain": ours("ES"),
    "tunisia": ours("TN"),
    "turkey": ours("TR"),
    "turkiye": ours("TR"),
    "usa": ours("US"),
}
"""By the folded name of a region; one that is not here is short already, or stays whole."""

_WORD = re.compile(r"\w+")


def product_text(product: Product) -> str:
    """Return the text that a search of the catalogue looks in: its title, then the rest."""
    values = with_numbers(", ".join(name for _, name in product.values))
    title = (product.title, product.region, TITLE_END)
    others = (other_names(product.title), product.also)
    return " ".join((*title, product.category, product.id, *others, values))


def short_region(region: str) -> SafeText:
    """Return a region in a few letters: `TR`, `EU`, `Global`."""
    return _SHORT_REGIONS.get(fold(region), clean(region))


def short_title(title: str, value: str) -> str:
    """Return a product's title without the unit that its value names: `PUBG Mobile`, of `60 UC`."""
    name, _, unit = title.rpartition(" ")
    return name if name and fold(unit) == fold(value.rpartition(" ")[2]) else title


def goods_name(title: str, value: str, region: str = "") -> str:
    """Return what a value of a product is called: `PUBG Mobile 60 UC, MENA`.

    A card of another region is worth nothing to the customer, and both may have the same name.

    Args:
        title: of the product, whose last word is left out where the value ends with it.
        value: of one card; empty for the product itself.
        region: where a card can be used; left out where it is empty or the title names it.
    """
    name = f"{short_title(title, value)} {value}" if value else title
    return f"{name}, {region}" if region and not _names(title, region) else name


@lru_cache(maxsize=4096)
def other_names(title: str) -> str:
    """Return what else people type to find a product with this title."""
    folded = fold(title)
    return " ".join(names for part, names in OTHER_NAMES.items() if part in folded)


def named_too(title: str, others: Mapping[str, str]) -> str:
    """Return the other names of a product with this title, of which each names a part of one."""
    folded = fold(title)
    return " ".join(name for name, part in others.items() if fold(part) in folded)


def with_region(title: str, region: str) -> str:
    """Return what a product is called, with its region: `PUBG Mobile UC, MENA`."""
    return goods_name(title, "", region)


def _names(title: str, region: str) -> bool:
    return _words(region) in _words(title)


def _words(text: str) -> str:
    """Return text as whole words between spaces, as a search compares them."""
    return f" {' '.join(_WORD.findall(fold(text)))} "
