"""What somebody wants to hear of goods, and what is worth saying of a reading of their stock."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from services.domain.errors import BadInput
from services.domain.models import Denomination, Stock
from services.domain.money import stored
from services.domain.phrase import Phrase, counted, phrase
from services.domain.text import NOTHING, SafeText
from services.domain.typed.product_names import goods_name

WatchKind = Literal["back", "cost", "low", "gone"]

USUAL_PERCENT: Final = Decimal(5)
LARGEST_PERCENT: Final = 1_000
LARGEST_BELOW: Final = 100_000
MOST_WATCHES: Final = 100


class WatchedFor(Struct, frozen=True):
    """What a watch speaks of; one that speaks of nothing is none.

    `back` is a value that was sold out and is in stock again, `percent` a cost that moved by more
    than so many per cent since it was spoken of, `below` fewer cards in stock than that.
    """

    back: bool = True
    percent: Decimal | None = USUAL_PERCENT
    below: int | None = None

    @property
    def words(self) -> str:
        """Say it in words: `back in stock, cost moves by more than 5 %, fewer than 10`."""
        parts = (
            "back in stock" if self.back else "",
            f"cost moves by more than {_number(self.percent)} %"
            if self.percent is not None
            else "",
            f"fewer than {self.below} in stock" if self.below is not None else "",
        )
        return ", ".join(part for part in parts if part)

    def checked(self) -> "WatchedFor":
        """Return it as it is; raises BadInput for one that can never speak."""
        percent, below = self.percent, self.below
        if percent is not None and not 0 <= percent <= LARGEST_PERCENT:
            raise BadInput(f"A watch takes per cents from 0 to {LARGEST_PERCENT}")
        if below is not None and not 1 <= below <= LARGEST_BELOW:
            raise BadInput(f"A watch takes numbers in stock from 1 to {LARGEST_BELOW}")
        if not self.back and percent is None and below is None:
            raise BadInput(
                "A watch has to speak of something: back in stock, the cost, or few left"
            )
        return self


class WatchedValue(Struct, frozen=True):
    """How a value stood when it was last spoken of: its cost (DZD), and whether it was there."""

    cost: Decimal
    here: bool
    low: bool = False


class GoodsWatch(Struct, frozen=True):
    """A watch on one value of a product, or on all of them where `type_id` is empty.

    `since` and `by` say when (UTC) and by whom it was set. `gone` is whether the vendor does not
    list it any more, `read_at` the newest reading that changed something (UTC), and `values` how
    each value stood then, by type id.
    """

    product_id: str
    type_id: str
    product: SafeText
    region: SafeText
    value: SafeText
    wants: WatchedFor
    since: datetime
    by: SafeText = NOTHING
    gone: bool = False
    read_at: datetime | None = None
    values: Mapping[str, WatchedValue] = {}

    @property
    def goods(self) -> str:
        """What it is called: `Netflix 200 TRY, Türkiye`."""
        return goods_name(self.product, self.value, self.region)

    def is_on(self, product_id: str, type_id: str) -> bool:
        """Whether it is the watch on exactly these goods."""
        return (self.product_id, self.type_id) == (product_id, type_id)


class WatchNews(Struct, frozen=True):
    """Something that a watch has to say. Amounts are DZD.

    `seq` is the number of its event, by which each console says it once; `at` is when it was seen.
    """

    kind: WatchKind
    product_id: str
    type_id: str
    product: SafeText
    region: SafeText
    value: SafeText
    stock: int | None = None
    cost: Decimal | None = None
    before: Decimal | None = None
    below: int | None = None
    seq: int = 0
    at: datetime | None = None

    @property
    def goods(self) -> str:
        """What it is about."""
        return goods_name(self.product, self.value, self.region)

    @property
    def facts(self) -> dict[str, str | int | None]:
        """Return what it says for a program; the costs are the goods' own, in DZD."""
        return {
            "product_id": self.product_id,
            "product_title": self.product,
            "region": self.region or None,
            "type_id": self.type_id or None,
            "type_name": self.value or None,
            "stock": self.stock,
            "unit_price": None if self.cost is None else stored(self.cost),
            "unit_price_before": None if self.before is None else stored(self.before),
        }

    @property
    def words(self) -> Phrase:
        """Say it in a sentence."""
        goods, left = self.goods, self.stock or 0
        match self.kind:
            case "back":
                return phrase("Back in stock: {goods}, {left} here.", goods=goods, left=left)
            case "low" if left:
                many = counted(left, "card")
                return phrase("Stock is low: {goods}, {many} left.", goods=goods, many=many)
            case "low":
                return phrase("Sold out: {goods}.", goods=goods)
            case "cost":
                before, cost = self.before or Decimal(0), self.cost or Decimal(0)
                return phrase(
                    "Cost went {way} {percent} %: {goods}, {before} to {cost} DZD.",
                    way="up" if cost > before else "down",
                    percent=f"{abs(cost - before) * 100 / before:.1f}" if before else "100",
                    goods=goods,
                    before=before,
                    cost=cost,
                )
            case "gone":
                return phrase(
                    "Not listed any more: {goods}, which is watched. The watch stays.", goods=goods
                )


def read(watch: GoodsWatch, stock: Stock) -> tuple[GoodsWatch, tuple[WatchNews, ...]]:
    """Take a reading of the product: the watch after it, and what it has to say.

    What is seen for the first time, and a reading that a newer one has overtaken, is no news.
    """
    if watch.read_at is not None and stock.read_at <= watch.read_at:
        return watch, ()
    if watch.type_id and stock.find(watch.type_id) is None:
        gone, said = vanished(watch)
        return (replace(gone, read_at=stock.read_at) if said else watch), said
    values, news = dict(watch.values), list[WatchNews]()
    for value in stock.denominations:
        if watch.type_id in ("", value.id):
            values[value.id], said = _taken(watch, values.get(value.id), value)
            news += said
    if values == watch.values and not watch.gone:
        return watch, ()
    return replace(watch, values=values, gone=False, read_at=stock.read_at), tuple(news)


def vanished(watch: GoodsWatch) -> tuple[GoodsWatch, tuple[WatchNews, ...]]:
    """Take that the vendor lists it no more; said once, until it was listed again."""
    if watch.gone:
        return watch, ()
    gone = _news(watch, "gone", watch.type_id, watch.value)
    return replace(watch, gone=True), (gone,)


def changes(watches: Iterable[GoodsWatch], stock: Stock) -> bool:
    """Tell whether a reading changes one of these watches."""
    return any(
        read(watch, stock)[0] is not watch
        for watch in watches
        if watch.product_id == stock.product_id
    )


def _taken(
    watch: GoodsWatch, before: WatchedValue | None, value: Denomination
) -> tuple[WatchedValue, list[WatchNews]]:
    wants, here = watch.wants, value.quantity > 0 and not value.closed
    low = wants.below is not None and (value.quantity < wants.below or not here)
    if before is None:
        return WatchedValue(value.price, here, low), []
    news = list[WatchNews]()
    facts = {"stock": value.quantity, "cost": None if value.closed else value.price}
    if wants.back and here and not before.here:
        news.append(_news(watch, "back", value.id, value.name, **facts))
    if low and not before.low:
        news.append(_news(watch, "low", value.id, value.name, **facts, below=wants.below))
    # What is not for sale has no price; one that was seen so first has none to compare with.
    cost = before.cost if value.closed else before.cost or value.price
    if wants.percent is not None and _moved(cost, value, wants.percent):
        news.append(_news(watch, "cost", value.id, value.name, **facts, before=cost))
        cost = value.price
    return WatchedValue(cost, here, low), news


def _moved(cost: Decimal, value: Denomination, percent: Decimal) -> bool:
    return not value.closed and abs(value.price - cost) * 100 > percent * cost


def _news(
    watch: GoodsWatch, kind: WatchKind, type_id: str, value: SafeText, **facts: object
) -> WatchNews:
    named = (watch.product_id, type_id, watch.product, watch.region, value)
    return replace(WatchNews(kind, *named), **facts)


def _number(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
