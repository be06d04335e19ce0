"""One invented day of a shop: 27 movements of 26 orders, so that all figures agree."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from services.domain.book import BoardOrder, Book, DeskInfo
from services.domain.day_figures import At, DayFigures, Goods, by_hour
from services.domain.models import Balance
from services.domain.spending import Spending
from services.domain.text import clean

START = datetime(2026, 11, 28, tzinfo=UTC)
UNTIL = START + timedelta(hours=16, minutes=31)
SALES = (
    ("09:17", "Djezzy 500 DZD", "fares", 2, "485.16", "510", "amina"),
    ("09:41", "Netflix 25 EUR", "sarah", 1, "6476.23", "6801", "amina"),
    ("10:05", "Steam Wallet 5 EUR", "c1-004", 1, "1292.09", "1357", "nadir"),
    ("10:22", "Razer Gold 5 USD", "hichem", 1, "1184.82", "1245", "amina"),
    ("10:47", "Netflix 200 TRY", "meriem", 1, "1375.37", "1445", "amina"),
    ("11:10", "Mobilis 1 000 DZD", "taxiphone", 3, "966.50", "1015", "amina"),
    ("11:33", "PUBG Mobile 1 800 UC", "rayan", 1, "5611.44", "5893", "nadir"),
    ("11:52", "Netflix 300 TRY", "lina", 1, "2082.95", "2188", "amina"),
    ("12:18", "PUBG Mobile 325 UC", "amir", 1, "1018.03", "1069", "amina"),
    ("12:40", "Free Fire 210 diamonds", "yacine", 2, "459.90", "483", "amina"),
    ("13:31", "Steam Wallet 20 EUR", "anis", 1, "5168.36", "5427", "nadir"),
    ("13:55", "Netflix 200 TRY", "ines", 1, "1375.37", "1445", "amina"),
    ("14:20", "PlayStation 20 EUR", "walid", 1, "5097.42", "5353", "amina"),
    ("14:48", "Djezzy 1 000 DZD", "salim", 2, "970.32", "1019", "amina"),
    ("15:12", "Canva Pro 1 month", "studio 7", 1, "1469.99", "1544", "amina"),
    ("15:30", "Netflix 15 USD", "samir", 1, "3577.64", "3757", "amina"),
    ("15:41", "Google Play 10 USD", "nadia", 1, "2382.95", "2503", "amina"),
    ("15:58", "Idoom Fibre 1 600 DZD", "mme benali", 1, "1574.40", "1654", "nadir"),
    ("16:09", "Netflix 15 EUR", "karim", 1, "3885.74", "4081", "amina"),
    ("16:16", "Free Fire 530 diamonds", "yacine", 2, "1149.75", "1208", "amina"),
    ("16:21", "PUBG Mobile 60 UC", "resto 50", 50, "185.26", "195", "amina"),
    ("16:24", "Roblox 10 USD", "kid 2", 1, "2395.44", "2516", "nadir"),
    ("16:25", "Steam Wallet 10 EUR", "salim", 1, "2584.18", "2714", "amina"),
    ("16:27", "PlayStation 10 EUR", "sofiane", 1, "2548.71", "2677", "amina"),
    ("16:28", "Netflix 200 TRY", "karim", 2, "1375.37", "1445", "amina"),
)
"""When, what, for whom, cards that came, the cost and the price of one, whose sale."""

WAITING = {"16:16": 2, "16:25": 1, "16:27": 1}
WEEK = (61_204, 48_730, 39_011, 55_480, 72_913, 18_204)
DEPOSIT = At(START + timedelta(hours=13, minutes=2), Decimal(150_000))


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return START + timedelta(hours=hour, minutes=minute)


def product(name: str) -> str:
    words = name.split()
    return " ".join(words[:2]) if not words[1].isdigit() else words[0]


def goods() -> tuple[Goods, ...]:
    return tuple(
        Goods(
            product_id=product(name), type_id=name, product=clean(product(name)),
            unit_cost=Decimal(cost), orders=1, cards=cards, cost=Decimal(cost) * cards,
            operator=clean(operator), priced=Decimal(price) * cards,
        )
        for _, name, _, cards, cost, price, operator in SALES
    )  # fmt: skip


def figures() -> DayFigures:
    spent = [At(at(clock), Decimal(cost) * cards) for clock, _, _, cards, cost, _, _ in SALES]
    amount, points = Decimal("211380.50"), [At(at("09:00"), Decimal("211380.50"))]
    for move in sorted([*(At(e.time, -e.amount) for e in spent), DEPOSIT], key=lambda e: e.time):
        amount += move.amount
        points.append(At(move.time, amount))
    days = [
        *(At(START - timedelta(days=6 - n), Decimal(cost)) for n, cost in enumerate(WEEK)),
        At(START, sum((each.amount for each in spent), Decimal(0))),
    ]
    return DayFigures(
        start=START, until=UNTIL, goods=goods(), came_back=Decimal("3224.52"),
        hours=by_hour(spent, UNTIL), days=tuple(days), balance=tuple(points), deposits=(DEPOSIT,),
    )  # fmt: skip


def orders() -> tuple[BoardOrder, ...]:
    """Return a row for each sale, newest first; of one of them a card did not come."""
    return tuple(_row(*sale) for sale in reversed(SALES))


def _row(
    clock: str, name: str, customer: str, cards: int, cost: str, price: str, operator: str
) -> BoardOrder:
    part = clock == "16:16"
    quantity = cards + part
    return BoardOrder(
        row_id=clock,
        order_id=clock,
        state="PARTIALLY_FILLED" if part else "FULFILLED",
        product=clean(product(name)),
        denomination=clean(name.removeprefix(f"{product(name)} ")),
        quantity=quantity,
        time=at(clock),
        mine=True,
        fulfilled_quantity=cards,
        cards_came=cards,
        total=Decimal(cost) * quantity,
        note=clean(customer),
        operator=clean(operator),
        final=True,
        price=Decimal(price) * quantity,
        given_at=None if clock in WAITING else at(clock),
    )


def shop_book() -> Book:
    """Return the book of that day."""
    day = figures()
    return Book(
        info=DeskInfo("main", "PRODUCTION", "amina", "https://api.example", clean("demo_reseller")),
        orders=orders(),
        balance=Balance(day.balance[-1].amount, UNTIL),
        spending=Spending(
            today=day.cost, day_limit=Decimal(150_000), orders=day.orders, cards=day.cards,
            week=sum((each.amount for each in day.days), Decimal(0)), history_days=7,
        ),
        day=day,
    )  # fmt: skip
