"""The text that a customer is given with a card: three languages, or a template of one's own."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from services.book_models import BoardOrder
from services.models import Card
from services.secrets import MASK, Secret
from services.text import clean

FIELDS: Final = ("code", "serial", "product", "denomination", "order", "note")
LANGUAGES: Final = {"fr": "French", "ar": "Arabic", "en": "English"}
OWN: Final = "own"
"""The template of the settings, beside the languages."""

BUILT_IN: Final = {
    "fr": (
        "{product} {denomination}\n"
        "Code : {code}\n"
        "Numéro de série : {serial}\n"
        "Commande : {order}\n"
        "Note : {note}"
    ),
    # What is not Arabic has lines of its own: beside Arabic words 1234-5678 is drawn as 5678-1234.
    "ar": (
        "{product} {denomination}\n"
        "الرمز:\n"
        "{code}\n"
        "الرقم التسلسلي:\n"
        "{serial}\n"
        "رقم الطلب:\n"
        "{order}\n"
        "ملاحظة: {note}"
    ),
    "en": (
        "{product} {denomination}\n"
        "Code: {code}\n"
        "Serial number: {serial}\n"
        "Order: {order}\n"
        "Note: {note}"
    ),
}
"""The template of each language."""

LONGEST_ORDER_ID = 80

_FIELD = re.compile(r"\{([^{}\n]*)\}")
_PIECES = re.compile(r"(\{[^{}\n]*\})")


def check(template: str) -> str:
    r"""Return a template that can be used, every `\n` in it a line break; none is an empty text.

    Raises:
        ValueError: it names a field that there is not, has a brace too many, or gives no code.
    """
    template = template.replace("\\n", "\n")
    for found in _FIELD.finditer(template):
        name = found[1]
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"it has no field {{{name[:20]}}}; the nearest is {{{near}}} of {', '.join(FIELDS)}"
            )
    if re.search(r"[{}]", _FIELD.sub("", template)):
        raise ValueError("it has a brace that belongs to no field such as {code}")
    if template and "{code}" not in template:
        raise ValueError("it gives the customer no {code}")
    return template


def choices(own: str) -> dict[str, str]:
    """Return every template by its name, the one of the settings first where there is one."""
    return {OWN: own, **BUILT_IN} if own else dict(BUILT_IN)


def named(choice: str) -> str:
    """Say which text a name of `choices` stands for: `in French`."""
    return f"in {LANGUAGES[choice]}" if choice in LANGUAGES else "as ui.customer_template has it"


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the text for one card.

    A line is left out when every field in it is empty: a card without a serial has no such line.
    A line without a field that ends in a colon stays or goes with the line below it.

    Args:
        template: a checked one, or one of `BUILT_IN`.
        values: what each of `FIELDS` says; as it is, the card's own value above all.
    """
    kept: list[str] = []
    labels: list[str] = []
    for line in template.split("\n"):
        names = _FIELD.findall(line)
        if not names and line.rstrip().endswith(":"):
            labels.append(line)
            continue
        if not names or any(values[name] for name in names):
            kept += [*labels, _filled(line, values)]
        labels.clear()
    return "\n".join([*kept, *labels])


def whole(template: str, order: BoardOrder, cards: Sequence[Card]) -> Secret:
    """Return the text for cards of an order, one after the other, an empty line between them."""
    return Secret(
        "\n\n".join(
            fill(
                template,
                _values(order, code=card.value.reveal(), serial=card.serial.reveal()),
            )
            for card in cards
        )
    )


def masked(template: str, order: BoardOrder, *, serial: bool) -> str:
    """Return the text for one card as it may be looked at; `serial`: whether the card has one."""
    return fill(template, _values(order, code=MASK, serial=MASK if serial else ""))


def _values(order: BoardOrder, *, code: str, serial: str) -> dict[str, str]:
    return {
        "code": code,
        "serial": serial,
        "product": order.product,
        "denomination": order.denomination,
        "order": clean(order.order_id, LONGEST_ORDER_ID),
        "note": order.note,
    }


def _filled(line: str, values: Mapping[str, str]) -> str:
    """Put the values in; the blanks before one that is empty go with it, a value's own stay."""
    done = ""
    for piece in _PIECES.split(line):
        if field := _FIELD.fullmatch(piece):
            value = values[field[1]]
            done = done + value if value else done.rstrip(" ")
        else:
            done += piece
    return done
