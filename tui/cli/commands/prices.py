"""`carddesk prices`: what `prices.toml` says, what is wrong in it, a first file; what was seen."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.domain.errors import BadInput, NotFound
from services.domain.local_time import local_time
from services.domain.models import Catalog
from services.domain.money import OF_A_RULE, PriceRule, RuleKey, show
from services.domain.phrase import counted
from services.domain.text import clean, natural
from services.domain.typed.product_names import with_region
from services.settings.fields import HousePrices
from services.settings.load import PRICES_FILE
from services.system.clock import SystemClock
from services.system.files import shown
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text

if TYPE_CHECKING:
    from services.desk.desk import Desk
    from services.domain.watching.price_history import SeenPrice

BAD = 2
DAYS = 30


def declare(add: AddCommand) -> None:
    command = add("prices", prices, "your shop's prices, and what goods cost before")
    argument_types.add_what(
        command,
        "show|check|init|history",
        "print what is in force; say what is wrong in the file; write a first one; print what"
        " goods cost before, as far as it was seen here",
    )
    argument_types.add_vendor_id(command, "product_id", "of history: this product alone")
    argument_types.add_period(command)


async def prices(call: Call) -> int:
    """Do what was asked for; only `init` writes, and never over a file that is there."""
    if call.args.what == "history":
        return await _history(call)
    if call.args.product_id or call.args.start or call.args.end:
        raise BadInput("A product, --from and --to go with: carddesk prices history")
    path = call.paths.config_file.with_name(PRICES_FILE)
    if call.args.what == "init":
        from services.settings import house_prices

        house_prices.create(path)
        call.out.data({"path": str(path)}, shown(path))
        return 0
    settings = call.settings()
    house = settings.house
    if call.args.what == "check":
        wrong = list(house.notices)
        if house.rules:
            async with call.desk(journal=False) as desk:
                wrong += await _unknown(desk, await desk.catalog.read(), house)
        call.out.data({"wrong": wrong, "rules": len(house.rules)}, clean_lines(wrong))
        if not wrong:
            call.out.say(f"{counted(len(house.rules), 'rule')}; nothing is wrong.")
        return BAD if wrong else 0
    for notice in house.notices:
        call.out.say(notice)
    if not house.rules:
        call.out.say(f"No rules. carddesk prices init writes a first {PRICES_FILE}.")
    async with call.unchecked_desk() as desk:
        catalog = desk.book.catalog
    general = {
        "markup_percent": str(settings.ui.markup_percent),
        "round": settings.ui.round_prices,
        "floor_percent": str(house.floor_percent),
    }
    document = {"general": general, "rules": [_document(k, r) for k, r in house.rules.items()]}
    of_all = PriceRule(
        settings.ui.markup_percent,
        step=settings.ui.round_prices,
        floor_percent=house.floor_percent or None,
    )
    rows = [_cells(("all",), of_all, catalog)]
    rows += [_cells(key, rule, catalog) for key, rule in house.rules.items()]
    headings = ("OF", "MARK-UP %", "PRICE DZD", "ROUNDED TO", "FLOOR %", "WHAT")
    call.out.data(document, as_text.table(headings, rows, right={1, 2, 3, 4}))
    return 0


def clean_lines(sentences: list[str]) -> str:
    return "\n".join(map(clean, sentences))


async def _history(call: Call) -> int:
    """Print what goods cost and how many there were, a line for each change that was seen."""
    start, end = call.period()
    start = start or SystemClock().now() - timedelta(days=DAYS)
    async with call.desk(offline=True) as desk:
        read = await desk.price_history.since(start, call.args.product_id or "")
        catalog = desk.book.catalog
    seen = [each for each in read if end is None or each.point.at <= end]
    if not seen:
        period = "in this period" if call.args.start else f"in the last {DAYS} days"
        call.out.say(f"Nothing was seen {period}. It is kept whenever a stock is read.")
    named = [(each, *_names(each, catalog)) for each in seen]
    named.sort(key=lambda row: (natural(row[1]), row[0].product_id, natural(row[2])))
    headings = ("PRODUCT", "VALUE", "TIME", "COST DZD", "STOCK")
    rows = [
        (product, value, local_time(each.point.at), show(each.point.price), str(each.point.stock))
        for each, product, value in named
    ]
    document = [
        {
            "product_id": each.product_id,
            "product_title": product,
            "type_id": each.type_id,
            "type_name": value,
            "time": as_json.instant(each.point.at),
            "unit_price": as_json.amount(each.point.price),
            "stock": each.point.stock,
            "price_moved": each.point.moved,
        }
        for each, product, value in named
    ]
    call.out.data(document, as_text.table(headings, rows, right={3, 4}))
    return 0


def _names(seen: "SeenPrice", catalog: Catalog | None) -> tuple[str, str]:
    """Return the names of a product and a value; their ids where no cache has them."""
    product = catalog.find(seen.product_id) if catalog else None
    if product is None:
        return seen.product_id, seen.type_id
    value = dict(product.values).get(seen.type_id, "")
    return with_region(product.title, product.region), value or seen.type_id


async def _unknown(desk: "Desk", catalog: Catalog, house: HousePrices) -> list[str]:
    """Name the rules about what the vendor does not have; nothing is priced by them."""
    titles = {category.title.casefold() for category in catalog.categories}
    found: list[str] = []
    for key in house.rules:
        kind, name = key[:2]
        where = f"{PRICES_FILE} line {house.lines.get(key, 0)}"
        if kind == "category" and name not in titles:
            found.append(f'{where}: the vendor has no category "{name}". The rule is not used.')
        elif kind != "category" and catalog.find(name) is None:
            found.append(f'{where}: the vendor has no product "{name}". The rule is not used.')
        elif len(key) == OF_A_RULE["value"] and not await _has(desk, *key[1:]):
            found.append(f'{where}: {name} has no value "{key[2]}". The rule is not used.')
    return found


async def _has(desk: "Desk", product_id: str, type_id: str) -> bool:
    try:
        stock = desk.book.stocks.get(product_id) or await desk.figures.stock(product_id)
    except NotFound:
        return False
    return stock.find(type_id) is not None


def _document(key: RuleKey, rule: PriceRule) -> dict[str, object]:
    kind, name, *of_value = key
    return {
        "of": kind,
        "category": name if kind == "category" else None,
        "product_id": None if kind == "category" else name,
        "type_id": of_value[0] if of_value else None,
        "markup_percent": None if rule.markup_percent is None else str(rule.markup_percent),
        "price": as_json.amount(rule.price),
        "round": rule.step,
        "floor_percent": None if rule.floor_percent is None else str(rule.floor_percent),
        "hint": rule.hint or None,
    }


def _cells(key: RuleKey, rule: PriceRule, catalog: Catalog | None) -> tuple[str, ...]:
    kind, *names = key
    what = " ".join(names)
    product = catalog.find(names[0]) if catalog and names and kind != "category" else None
    if product is not None:
        value = "".join(f", {name}" for type_id, name in product.values if type_id in names[1:])
        what = f"{with_region(product.title, product.region)}{value} ({what})"
    return (
        kind,
        "" if rule.markup_percent is None else f"{rule.markup_percent.normalize():f}",
        "" if rule.price is None else show(rule.price),
        "" if rule.step is None else str(rule.step),
        "" if rule.floor_percent is None else f"{rule.floor_percent.normalize():f}",
        f"{what}: {rule.hint}" if rule.hint else what,
    )
