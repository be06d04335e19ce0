"""The text that a customer is given with a card: three languages, or a template of one's own."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from services.domain import money
from services.domain.book import BoardOrder
from services.domain.errors import Refused
from services.domain.local_time import local_day
from services.domain.models import Card
from services.domain.money import Prices
from services.domain.secrets import MASK, Secret
from services.domain.text import clean

FIELDS: Final = (
    *("code", "serial", "goods", "product", "denomination", "region", "order", "date", "price"),
    *("hint", "note"),
)
LANGUAGES: Final = {"fr": "French", "ar": "Arabic", "en": "English"}
OWN: Final = "own"
"""The template of the settings, beside the languages."""

BUILT_IN: Final = {
    "fr": (
        "{goods}\nCode : {code}\nNuméro de série : {serial}\n"
        "Commande : {order}\nDate : {date}\n{hint}"
    ),
    # What is not Arabic has lines of its own: beside Arabic words 1234-5678 is drawn as 5678-1234.
    "ar": "\n".join(
        (
            "{goods}",
            "الرمز:",
            "{code}",
            "الرقم التسلسلي:",
            "{serial}",
            "رقم الطلب:",
            "{order}",
            "التاريخ:",
            "{date}",
            "{hint}",
        )
    ),
    "en": ("{goods}\nCode: {code}\nSerial number: {serial}\nOrder: {order}\nDate: {date}\n{hint}"),
}
"""The template of each language."""

_SEVERAL: Final = {
    BUILT_IN["fr"]: ("Codes :", "Codes, puis numéros de série :"),
    BUILT_IN["ar"]: ("الرموز:", "الرموز ثم الأرقام التسلسلية:"),
    BUILT_IN["en"]: ("Codes:", "Codes, then serial numbers:"),
}
"""What is above the numbered cards of an order: without serials, and with them."""

LONGEST_ORDER_ID = 80

_FIELD = r"\{([^{}\n]*)\}"
_CARD = r"\{(code|serial)\}"
_PIECES = r"(\{[^{}\n]*\})"


def check(template: str) -> str:
    r"""Return a template that can be used, every `\n` in it a line break; none is an empty text.

    Raises:
        ValueError: it names a field that there is not, has a brace too many, or gives no code.
    """
    template = template.replace("\\n", "\n")
    for found in re.finditer(_FIELD, template):
        name = found[1]
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"it has no field {{{name[:20]}}}; the nearest is {{{near}}} of {', '.join(FIELDS)}"
            )
    if re.search(r"[{}]", re.sub(_FIELD, "", template)):
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


def fill(template: str, values: Mapping[str, str], more: Sequence[str] = ()) -> str:
    """Return the text for one card.

    A line is left out when every field in it is empty: a card without a serial has no such line.
    A line without a field that ends in a colon stays or goes with the line below it.

    Args:
        template: a checked one, or one of `BUILT_IN`.
        values: what each of `FIELDS` says; as it is, the card's own value above all.
        more: lines of the card that no field names; they come below its code and serial.
    """
    kept: list[str] = []
    labels: list[str] = []
    lines = template.split("\n")
    last = max((at for at, line in enumerate(lines) if re.search(_CARD, line)), default=-1)
    for at, line in enumerate(lines):
        names = re.findall(_FIELD, line)
        if not names and line.rstrip().endswith(":"):
            labels.append(line)
            continue
        if not names or any(values[name] for name in names):
            kept += [*labels, _filled(line, values)]
        labels.clear()
        if at == last:
            kept += more
    return "\n".join([*kept, *labels])


def _parts(template: str) -> tuple[str, str, str]:
    """Split a template into what is above the cards, what is of one card, and what is below."""
    lines = template.split("\n")
    places = [at for at, line in enumerate(lines) if re.search(_CARD, line)]
    first, last = places[0], places[-1]
    while (
        first
        and not re.search(_FIELD, lines[first - 1])
        and lines[first - 1].rstrip().endswith(":")
    ):
        first -= 1
    above, card, below = lines[:first], lines[first : last + 1], lines[last + 1 :]
    return "\n".join(above), "\n".join(card), "\n".join(below)


def which(indexes: Sequence[int]) -> str:
    """Name cards by their places, from 0: `card 1`, `cards 1, 2`; none named are all of them."""
    numbers = ", ".join(str(index + 1) for index in indexes)
    return f"{'card' if len(indexes) == 1 else 'cards'} {numbers}" if indexes else "all cards"


def chosen(cards: Sequence[Card], indexes: Sequence[int], came: int) -> list[Card]:
    """Return the cards of these places, from 0; all of them where none is named.

    `came` is how many of the order are known to have come: none of them may be missing.

    Raises:
        Refused: the vendor's answer does not hold them.
    """
    wanted = indexes or range(max(1, came, len(cards)))
    if wanted[-1] >= len(cards):
        raise Refused(
            "The vendor's answer holds no such card now",
            code="NO_CARD",
            advice="Nothing was handed over. r asks again.",
        )
    return [cards[index] for index in wanted]


def price_of(order: BoardOrder, cards: int, prices: Prices) -> str:
    """Return what the customer pays for so many cards of an order; empty where it is not known."""
    whole, came = order.customer_price(prices), order.delivered or order.quantity
    if whole is None or not came:
        return ""
    return f"{money.show(whole * cards / came)} DZD"


def whole(
    template: str, order: BoardOrder, cards: Sequence[Card], price: str = "", hint: str = ""
) -> Secret:
    """Return the text for cards of an order: what they share is in it once.

    `price` is what the customer pays for these cards, `hint` how such a card is redeemed.

    Several cards are numbered lines in a text of ours. In one of the operator's own, the lines with
    the code and the serial are repeated.
    """
    values = [
        _values(order, price, hint, code=card.value.reveal(), serial=card.serial.reveal())
        for card in cards
    ]
    more = [[f"{name}: {value.reveal()}" for name, value in card.more] for card in cards]
    return Secret(_joined(template, values, more))


def masked(
    template: str, order: BoardOrder, cards: Sequence[Card], price: str = "", hint: str = ""
) -> str:
    """Return the text for cards as it may be looked at: no code, no serial is in it."""
    values = [
        _values(order, price, hint, code=MASK, serial=MASK if card.serial else "") for card in cards
    ]
    return _joined(template, values, [[f"{name}: {MASK}" for name, _ in c.more] for c in cards])


def _joined(
    template: str, values: Sequence[Mapping[str, str]], more: Sequence[Sequence[str]]
) -> str:
    if len(values) == 1:
        return fill(template, values[0], more[0])
    above, card, below = _parts(template)
    if template in _SEVERAL:
        plain, with_serials = _SEVERAL[template]
        blocks = [with_serials if any(each["serial"] for each in values) else plain]
        for number, (each, lines) in enumerate(zip(values, more, strict=True), 1):
            serial = f"   {each['serial']}" if each["serial"] else ""
            blocks += [f"{number}. {each['code']}{serial}", *lines]
        cards = "\n".join(blocks)
    else:
        texts = [fill(card, each, lines) for each, lines in zip(values, more, strict=True)]
        cards = ("\n\n" if any("\n" in text for text in texts) else "\n").join(texts)
    around = values[0]
    ends = [fill(part, around) if part else "" for part in (above, below)]
    return "\n".join(part for part in (ends[0], cards, ends[1]) if part)


def alone(index: int, card: Card) -> tuple[str, Secret]:
    """Return a card and its further fields as lines, after words for which card that is."""
    which = f"card {index + 1}"
    if not card.more:
        return which, card.value
    lines = [card.value.reveal(), *(f"{name}: {value.reveal()}" for name, value in card.more)]
    names = ", ".join(name for name, _ in card.more)
    return f"{which} with {names}", Secret("\n".join(line for line in lines if line))


def _values(order: BoardOrder, price: str, hint: str, *, code: str, serial: str) -> dict[str, str]:
    return {
        "code": code,
        "serial": serial,
        "goods": order.goods,
        "product": order.product_named,
        "denomination": order.denomination,
        "order": clean(order.order_id, LONGEST_ORDER_ID),
        "date": local_day(order.time),
        "region": order.region,
        "price": price,
        "hint": hint,
        "note": order.note,
    }


def _filled(line: str, values: Mapping[str, str]) -> str:
    """Put the values in; the blanks before one that is empty go with it, a value's own stay."""
    done = ""
    for piece in re.split(_PIECES, line):
        if field := re.fullmatch(_FIELD, piece):
            value = values[field[1]]
            done = done + value if value else done.rstrip(" ")
        else:
            done += piece
    return done
