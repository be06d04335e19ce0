"""A shift at the counter, by keys alone, against a vendor whose money, prices and stock move.

The vendor is a process of its own (`carddesk sandbox --charge`), with faults. After each purchase
the screen is read as the operator reads it and compared with the vendor's own books: the card is
the customer's, and no figure contradicts another.
"""

import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.proof.screen import ARMED, SENT, Terminal, environment

COMMAND = str(Path(sys.executable).with_name("carddesk"))
SIZES = ((120, 40), (80, 24))
DEPOSIT = Decimal(4_000_000)
FIGURE = r"(\d{1,3}(?: \d{3})*(?:\.\d\d)?)"
PATIENCE = 90.0


class Sale(Struct, frozen=True):
    """What one customer wants, and what goes wrong meanwhile.

    Attributes:
        customer: the note of the purchase.
        wanted: what is typed into the filter.
        product: its name as the screen writes it, with its region.
        row: which denomination, from the top of the stock.
        quantity: how many cards.
        faults: what the vendor does with this purchase.
        end: the word that the ticket ends with.
    """

    customer: str
    wanted: str
    product: str
    row: int
    quantity: int = 1
    faults: tuple[str, ...] = ()
    end: str = "FULFILLED"


STEAM = ("steam us", "Steam Wallet, US")
NETFLIX = ("netflix turk", "Netflix, Türkiye")
PUBG = ("pubg mena", "PUBG Mobile UC, MENA")
APPLE = ("apple fr", "Apple Gift Card, France")
GOOGLE = ("google play us", "Google Play, US")
RAZER = ("razer global", "Razer Gold, Global")
MOBILIS = ("mobilis alg", "Mobilis, Algérie")
DJEZZY = ("djezzy", "Djezzy, Algérie")
ROBLOX = ("genshin", "Genshin Impact Genesis Crystals, Global")
XBOX = ("xbox gift us", "Xbox Gift Card, US")
TESTS = ("sandbox tests", "Sandbox tests, Global")


def _sale(who: str, goods: tuple[str, str], row: int, quantity: int = 1, **more: Any) -> Sale:
    return Sale(who, *goods, row, quantity, **more)


LOST = (
    _sale("Mourad 0661", PUBG, 1, 2, faults=("reset@placeOrder:after", "late~20"), end="UNRES"),
    _sale("Lamia", GOOGLE, 1, 1, faults=("no_order_id@placeOrder:after", "late~20"), end="UNRES"),
    _sale("Yacine", RAZER, 1, 1, faults=("hang@placeOrder:before",), end="UNRES"),
)
"""Purchases without an answer: the first two were placed, the third was not."""

SHIFT: tuple[Sale | tuple[Sale, ...], ...] = (
    _sale("Karim 0550", STEAM, 0, 2),
    _sale("Sonia", NETFLIX, 0, 1),
    _sale("كريم", MOBILIS, 3, 3),
    _sale("Amel B.", APPLE, 0, 1),
    _sale("Nadir 0770", DJEZZY, 4, 5),
    _sale("Salima", MOBILIS, 1, 50),
    _sale("Omar", ROBLOX, 0, 2),
    _sale("Hind", XBOX, 1, 1),
    LOST,
    _sale("Rafik", STEAM, 1, 1),
    _sale("Djamila", TESTS, 1, 4, end="PARTIAL"),
    _sale("Tarek", TESTS, 0, 2, end="REFUNDED"),
    _sale("Meriem", APPLE, 1, 2, faults=("shape:late-cards~15",), end="LATE CODES"),
    _sale("Walid 0555", NETFLIX, 1, 1),
    _sale("Faiza", PUBG, 0, 1),
    _sale("Anis", GOOGLE, 2, 2),
    _sale("Zohra", RAZER, 2, 1),
    _sale("Bilal", MOBILIS, 4, 2),
    _sale("Nour", DJEZZY, 0, 10),
    _sale("Imane", XBOX, 0, 3),
    _sale("Sofiane", ROBLOX, 1, 1),
    _sale("Yasmine", STEAM, 0, 1, faults=("slow@placeOrder:after~2",)),
    _sale("Hakim", NETFLIX, 2, 1, faults=("http503@checkOrder*2", "http503@list*2")),
    _sale("Leila", APPLE, 0, 1, faults=("ratelimit@checkOrder~1",)),
    _sale("Réda", GOOGLE, 0, 2, faults=("shape:lower-case*6",)),
    _sale("Ghania", PUBG, 2, 1, faults=("shape:header-request-id*6",)),
    _sale("Mehdi", RAZER, 3, 1),
    _sale("Assia", MOBILIS, 2, 4),
)


SHORT = (SHIFT[10],)
"""The sale of which half came: it has cards, money back, and a price that never moves."""


AGAIN = "Press y and|Type the cost"
"""What a review asks for."""

IN_ORDERS = r"(?s)3 Orders   1 |3 Orders .*[│┃]│▌"
"""On the screen once the cursor is among the orders: alone there, or beside other panes."""


class Outcome(Struct):
    """How one sale ended: its order as the vendor has it, and what it cost (DZD)."""

    sale: Sale
    order_id: str
    state: str
    cards: int
    cost: Decimal
    seconds: float
    asked_again: int = 0


class Tally(Struct):
    """What a shift came to."""

    size: tuple[int, int]
    outcomes: list[Outcome] = []
    figures: int = 0
    cards: int = 0
    complaints: list[str] = []


class Vendor:
    """`carddesk sandbox --charge` as a process of its own, and its books."""

    def __init__(self, environ: dict[str, str], speed: int) -> None:
        self._process = subprocess.Popen(
            [COMMAND, "--json", "sandbox", "--charge", f"--deposit={DEPOSIT}", f"--speed={speed}"],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        text = b""
        while not text.rstrip().endswith(b"}"):
            line = self._process.stdout.readline()
            if not line:
                raise AssertionError("the vendor does not run")
            text += line
        access = json.loads(text)
        access = access.get("data", access)
        self.variables = {
            "CARDDESK_BASE_URL": access["base_url"],
            "CARDDESK_API_KEY": access["api_key"],
            "CARDDESK_ENVIRONMENT": access["environment"],
        }
        self._url = access["base_url"]

    def books(self) -> dict[str, Any]:
        """Return the vendor's own books, which no fault distorts."""
        return self._ask("GET", "ledger")

    def order(self, order_id: str) -> dict[str, Any]:
        """Return an order as the vendor tells it while no fault is waiting."""
        headers = {"X-Access-Token": self.variables["CARDDESK_API_KEY"]}
        return _read(
            urllib.request.Request(f"{self._url}/gift-cards/checkOrder/{order_id}", headers=headers)
        )

    def break_(self, spec: str) -> None:
        """Let a fault wait for the requests to come."""
        self._ask("POST", "faults", {"spec": spec})

    def heal(self) -> None:
        """Take every fault away."""
        self._ask("DELETE", "faults")

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        root = self._url.removesuffix("/v3")
        return _read(urllib.request.Request(f"{root}/_control/{path}", data, method=method))


def _read(request: urllib.request.Request) -> dict[str, Any]:
    # The address is the loopback one that the vendor said.
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read(), parse_float=Decimal)["data"]


def money(text: str) -> Decimal:
    """Read an amount as the screen writes it."""
    return Decimal(text.replace(" ", ""))


class Counter:
    """An operator at one console, who reads what it says."""

    def __init__(self, desk: Terminal, vendor: Vendor, tally: Tally) -> None:
        self.desk = desk
        self.vendor = vendor
        self.tally = tally
        self.codes: dict[str, str] = {}

    def serve(self, sale: Sale) -> Outcome | None:
        """Sell to one customer and check every figure; None while the purchase is unresolved."""
        began = time.monotonic()
        before = self.vendor.books()
        self.choose(sale)
        asked_again = self.confirm(sale, Decimal(str(before["balance"])))
        self.desk.wait_for(SENT.pattern)
        if sale.end == "UNRES":
            self.on_ticket(r"\? (?:NO ANSWER|YOURS).*Do not buy it again")
            self.desk.press("escape")
            self.desk.wait_gone(r"┃ +\? (?:NO ANSWER|YOURS)")
            return None
        outcome = self.finish(sale, before)
        outcome.seconds = time.monotonic() - began
        outcome.asked_again = asked_again
        return outcome

    def choose(self, sale: Sale) -> None:
        """Find the product, look at its stock and put the cursor on the denomination."""
        desk = self.desk
        name, region = sale.product.rsplit(", ", 1)
        # A long name is cut there; its region is not.
        in_title = rf"2 Stock  · {re.escape(name[:8])}.*? · {re.escape(region)}"
        desk.press_until("1", r"(?s)1 Catalogue .*2 Stock .*\n│?▌")
        desk.press("escape")
        desk.press("/")
        desk.wait_for(r"esc clears it|esc Clear|!word")
        desk.press(*sale.wanted)
        desk.wait_for(rf"(?m)^ {re.escape(sale.wanted)}  +.*esc clears it")
        desk.wait_for(in_title)
        desk.press("enter")
        desk.wait_gone("esc clears it")
        desk.press("g")
        desk.wait_for(in_title)
        desk.press("enter")
        desk.wait_for(rf"(?s){in_title}.*│▌ \S+ .*\d")
        count = len(self.stock_rows())
        # The stock moves: where too little of it is left, another denomination is sold.
        for row in (sale.row, *range(count)):
            if self.has(row, sale.quantity):
                return
        raise AssertionError(f"nothing of this product is left:\n{desk.text}")

    def stock_rows(self) -> list[str]:
        """The rows of the stock, which is beside the catalogue."""
        lines = iter(self.desk.text.splitlines())
        rows: list[str] = []
        next((line for line in lines if "2 Stock" in line), None)
        for line in itertools.islice(lines, 1, None):
            if "3 Orders" in line or "╰" in line:
                break
            # In a box its right side comes last.
            beside = re.split(r"[│┃]", line.rstrip().removesuffix("│"))[-1]
            rows += [beside] if beside.strip() else []
        return rows

    def has(self, row: int, quantity: int) -> bool:
        """Put the cursor on a row of the stock, and tell whether there are so many cards."""
        desk = self.desk
        desk.press("g")
        for at in range(row + 1):
            desk.wait_until(lambda at=at: "".join(self.stock_rows()[at : at + 1]).startswith("▌"))
            if at < row:
                desk.press("j")
        chosen = desk.wait_for(r"(?m)│▌ +\S.*?  +(none|\d{1,3}(?: \d{3})*)(?: left)?[ │]*$")
        return chosen[1] != "none" and money(chosen[1]) >= quantity

    def confirm(self, sale: Sale, balance: Decimal) -> int:
        """Fill the ticket in, review it and buy; return how often the price moved meanwhile."""
        desk = self.desk
        for fault in sale.faults:
            self.vendor.break_(fault)
        desk.press("enter")
        desk.wait_for(r"cards +1\b")
        name, region = map(re.escape, sale.product.rsplit(", ", 1))
        # The unit that the value names is said once: `PUBG Mobile 60 UC`.
        first, _, unit = name.rpartition("\\ ")
        name = f"{first}(?: {unit})?" if first else unit
        goods = desk.wait_for(rf"┃  ({name} \S.*?)   {region} ")[1]
        desk.press(*str(sale.quantity))
        desk.wait_for(rf"cards +{sale.quantity}\b")
        desk.press("tab")
        desk.press(*sale.customer)
        desk.press("enter")
        moved = 0
        while True:
            desk.wait_for(r"Buy \d+ |┃  ! ")
            self.review(sale, goods, balance)
            try:
                self.sign()
            except _MovedError:
                moved += 1
                continue
            # The desk reads the price once more before it sends, and then asks again.
            if self.desk.wait_for(rf"{AGAIN}|Order and cards|Settle it")[0] in AGAIN:
                moved += 1
                continue
            return moved

    def sign(self) -> None:
        """Say yes as the ticket asks for it."""
        desk = self.desk
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if desk.sent_within(0):
                return
            if "Type the cost" in desk.text:
                cost = re.search(rf"┃ +cost +{FIGURE}", desk.text)
                assert cost, desk.text
                desk.press(*cost[1].replace(" ", ""), "enter")
            else:
                desk.press("y")
                if not desk._seen_within(0.6, ARMED):
                    continue
                desk._seen_within(0.1, "nothing more")
                desk.press("enter")
                desk.wait_gone(ARMED)
            if not desk.sent_within(3.0) and "CHANGED" in desk.text:
                raise _MovedError
        raise AssertionError(f"the review never took a yes:\n{desk.text}")

    def review(self, sale: Sale, goods: str, balance: Decimal) -> None:
        """Compare the figures of the review with each other and with the vendor's balance."""
        text = self.desk.text
        said = {
            name: money(found[1])
            for name in ("CUSTOMER PAYS", "cost", "margin", "balance", "balance after")
            if (found := re.search(rf"┃ +{name} +{FIGURE}", text))
        }
        for name in ("CUSTOMER PAYS", "cost"):
            each = re.search(rf"┃ +{name} .* x {FIGURE}", text)
            assert each, text
            self.same(f"{name}: each x quantity", money(each[1]) * sale.quantity, said[name])
        self.same("price - cost", said["CUSTOMER PAYS"] - said["cost"], said["margin"])
        self.same("balance of the ticket", said["balance"], balance)
        self.same("balance before - cost", said["balance"] - said["cost"], said["balance after"])
        self.status_is(balance)
        region = sale.product.rsplit(", ", 1)[1]
        self.true(f"the ticket names {goods}", f"┃  {goods}   {region}" in text)
        wanted = f"Buy {sale.quantity} {goods}, {region}, for "
        self.true("the question names the goods", wanted in self.ticket())
        stocks = {money(each) for each in re.findall(rf"┃ .*?{FIGURE} (?:in stock|left)", text)}
        self.same("one stock in the ticket", len(stocks), 1)

    def ticket(self) -> str:
        """Return what the ticket says, its sentences not cut by the ends of their lines."""
        said = re.findall(r"┃(.*)┃", self.desk.text)
        return " ".join(" ".join(said).split())

    def on_ticket(self, pattern: str) -> None:
        """Wait for something on the ticket, which may take longer than the console's own work."""
        try:
            self.desk.wait_until(lambda: re.search(pattern, self.ticket()))
        except AssertionError:
            self.desk.wait_until(lambda: re.search(pattern, self.ticket()))

    def finish(self, sale: Sale, before: dict[str, Any]) -> Outcome:
        """Wait for the end, show the cards by keys and compare everything with the books."""
        desk = self.desk
        if sale.end == "LATE CODES":
            self.on_ticket("codes are here")
        # The orders beside the ticket can say the same of another one.
        self.on_ticket(r"\d of \d+ after|refunded +order")
        self.vendor.heal()
        known = {order["id"] for order in before["orders"]}
        books = self.vendor.books()
        ours = [order for order in books["orders"] if order["id"] not in known]
        self.same("one order was placed", len(ours), 1)
        order = self.vendor.order(ours[0]["id"])
        self.balance_is(Decimal(str(books["balance"])))
        ended = re.search(r" order (?:…|\.{3})(\w+)", self.ticket())
        self.true("the ticket names the order", bool(ended and order["_id"].endswith(ended[1])))
        cost = Decimal(str(before["balance"])) - Decimal(str(books["balance"]))
        outcome = Outcome(sale, order["_id"], order["status"], order["fulfilled_quantity"], cost, 0)
        self.cards(sale, order)
        desk.press("escape")
        desk.wait_gone(" Cards ─")
        self.board(sale, order)
        self.ledger(books)
        return outcome

    def cards(self, sale: Sale, order: dict[str, Any]) -> None:
        """Compare the order's screen and its cards with the books."""
        desk = self.desk
        # A key that acts waits for a row that came under the cursor only just now.
        desk.press_until("v", " Order  · ")
        codes = [each["value"] for each in order.get("cards", [])]
        if codes:
            desk.wait_for(rf"{re.escape(codes[0])}\b(?!\d)")
        text = desk.text
        seen = set(re.findall(r"SANDBOX-CARD-\d+", text))
        self.same("the first card alone is shown", seen, set(codes[:1]))
        for code in codes:
            self.true(
                f"{code} is nobody else's",
                self.codes.setdefault(code, order["_id"]) == order["_id"],
            )
        self.tally.cards += len(seen)
        above = text[: text.index(codes[0])] if codes else text
        name, region = sale.product.rsplit(", ", 1)
        # The unit that the value names, too, is said after its number.
        start = name.rpartition(" ")[0] or name
        named = all(part in above for part in (start, region, sale.customer))
        self.true("product and customer stand above the card", named)
        price = Decimal(str(order["price_per_card"]))
        cost = re.search(rf"cost +{FIGURE} DZD", text)
        if cost:
            self.same("the order's cost", money(cost[1]), price * sale.quantity)
        charged = re.search(rf"charged +{FIGURE} DZD", text)
        if charged:
            self.same("what was charged", money(charged[1]), price * order["fulfilled_quantity"])
        if sale.quantity > 1 and len(codes) > 1:
            desk.press("V")
            desk.wait_for("Reveal every card")
            self.all_cards(codes)

    def all_cards(self, codes: list[str]) -> None:
        """Show all cards and read them to the last."""
        desk = self.desk
        desk.press_until("y", codes[1])
        seen: set[str] = set(re.findall(r"SANDBOX-CARD-\d+", desk.text))
        for number in range(2, len(codes) + 1):
            if seen >= set(codes):
                break
            desk.press("j")
            desk.wait_for(f"card {number} of ")
            seen |= set(re.findall(r"SANDBOX-CARD-\d+", desk.text))
        self.same("all cards are shown", seen, set(codes))
        self.tally.cards += len(seen)

    def board(self, sale: Sale, order: dict[str, Any]) -> None:
        """Compare the row under the cursor of the board with the books."""
        desk = self.desk
        desk.press_until("3", IN_ORDERS)
        who = re.escape(sale.customer[:8])
        row = desk.wait_for(rf"(?m)(?:^|│)▌[ •](\S.*?) +{sale.quantity}  {who}.*")[0]
        part = 0 < order["fulfilled_quantity"] < sale.quantity
        came = f"{order['fulfilled_quantity']} of {sale.quantity} came"
        self.true("the board says how many cards came", not part or came in row)

    def ledger(self, books: dict[str, Any]) -> None:
        """Compare the ledger's newest movement and its sum with the books."""
        desk = self.desk
        desk.press_until("5", r"5 Ledger   1 |5 Ledger .*6 Log")
        desk.press("r")
        balance = Decimal(str(books["balance"]))
        desk.wait_for(rf"(?m)[▌▏] +\d\d:\d\d  .*?{_grouped(balance)} ")
        spent = sum(
            (
                Decimal(str(each["old_balance"])) - Decimal(str(each["new_balance"]))
                for each in books["transactions"]
                if each["type"] in ("ORDER", "REFUND-ORDER")
            ),
            Decimal(0),
        )
        today = desk.wait_for(rf"Today spent {FIGURE} DZD")
        self.same("spent today, in the ledger", money(today[1]), spent)

    def claim(self) -> None:
        """Say that the one order that fits is this purchase's, after comparing its figures."""
        desk = self.desk
        sent = desk.wait_for(rf"asked for +(\d+) x .*?, {FIGURE} DZD each, {FIGURE} DZD")
        self.same("what was confirmed", money(sent[2]) * int(sent[1]), money(sent[3]))
        found = desk.wait_for(rf"(?m)^│?[▌▏] …(\w+) +\S+ s +\S \w+ +{FIGURE} .*?{FIGURE} DZD")
        # The price may have moved between the yes and the order: the vendor's books say which.
        [order] = [o for o in self.vendor.books()["orders"] if o["id"].endswith(found[1])]
        price = Decimal(str(self.vendor.order(order["id"])["price_per_card"]))
        self.same("the cost of the order found", money(found[2]), price * int(sent[1]))
        self.same("the ledger of the order found", money(found[3]), price * int(sent[1]))
        desk.press_until("o", "Is this order our purchase")
        desk.press("y")
        desk.wait_gone("Is this order our purchase")
        desk.wait_gone(re.escape(f"…{found[1]}"))

    def found(self, sale: Sale) -> Outcome | None:
        """Find a customer's order on the board by its note, and check its cards."""
        desk = self.desk
        desk.press_until("3", IN_ORDERS)
        desk.press("/", *f"ref:{sale.customer.split()[0]}", "enter")
        desk.wait_gone("esc clears it")
        name = re.escape(sale.customer.split()[0])
        # What was not placed and is acknowledged has no row any more.
        gone = f"Nothing here matches 'ref:{name}'"
        row = desk.wait_for(rf"▌ .*  {name}|{gone}")
        outcome = Outcome(sale, "", "NOT_PLACED", 0, Decimal(0), 0)
        if gone not in row[0]:
            desk.press("enter")
            facts = desk.wait_for(r"(?s) Order  · .*order +(\w{24}|no order)")
            desk.press("escape")
            desk.wait_gone(" Order  · ")
            if facts[1] == "no order":
                return outcome
            order = self.vendor.order(facts[1])
            price = Decimal(str(order["price_per_card"]))
            outcome.order_id, outcome.state = order["_id"], order["status"]
            outcome.cards = order["fulfilled_quantity"]
            outcome.cost = price * outcome.cards
            self.cards(sale, order)
            desk.press("escape")
            desk.wait_gone(" Cards ─")
        desk.press("escape")
        desk.wait_gone("ref:")
        return outcome

    def balance_is(self, balance: Decimal) -> None:
        """Wait until the vendor's balance is said, and nothing on the screen says another.

        A ticket of many lines covers the status line of a short terminal.
        """
        whole = _grouped(balance.to_integral_value(ROUND_FLOOR))
        self.desk.wait_for(
            rf"(?m)(?:SANDBOX|PRODUCTION) +{whole} DZD|balance +{_grouped(balance)} DZD"
        )
        # What changes comes line by line.
        self.desk.wait_until(lambda: set(self._balances()) <= {balance})
        self.tally.figures += len(self._balances())

    def _balances(self) -> list[Decimal]:
        found = re.findall(rf"balance +{FIGURE} DZD", self.desk.text)
        return [money(figure) for figure in found]

    def status_is(self, balance: Decimal) -> None:
        """Compare the status line's balance, where it is in sight."""
        if found := re.search(rf"(?:SANDBOX|PRODUCTION) +{FIGURE} DZD", self.desk.text):
            whole = balance.to_integral_value(ROUND_FLOOR)
            self.same("balance of the status line", money(found[1]), whole)

    def same(self, what: str, said: object, held: object) -> None:
        """Count a figure, and complain where it differs."""
        self.tally.figures += 1
        if said != held:
            self.complain(f"{what}: {said!r}, not {held!r}")

    def true(self, what: str, held: bool) -> None:
        """Count a statement, and complain where it does not hold."""
        self.tally.figures += 1
        if not held:
            self.complain(f"not so: {what}")

    def complain(self, what: str) -> None:
        """Keep a complaint with the screen that it is about."""
        self.tally.complaints.append(f"{what}\n{self.desk.text.rstrip()}")


class _MovedError(Exception):
    """The price moved between the review and the yes."""


def _grouped(amount: Decimal) -> str:
    whole, _, cents = f"{amount:.2f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    return grouped if cents == "00" else rf"{grouped}\.{cents}"


def settle(counter: Counter, lost: tuple[Sale, ...]) -> list[Outcome]:
    """Settle what had no answer, by keys on its screen, until nothing is left."""
    desk = counter.desk
    desk.wait_for(f"{len(lost)} NO ANSWER")
    rows = rf"(?m)^│?[▌▏ ]? +\S.* (ours\?|no answer|not placed) +{FIGURE}  "
    desk.press_until("u", rows)
    end = time.monotonic() + PATIENCE * 2
    while re.search(rows, desk.text) and time.monotonic() < end:
        chosen = re.search(r"(?m)^│?[▌▏] .* (ours\?|no answer|not placed) ", desk.text)
        if chosen and chosen[1] == "ours?":
            counter.claim()
        elif chosen and chosen[1] == "not placed":
            desk.press_until("x", r"y +Take it off")
            desk.press("y")
            desk.wait_gone(r"(?m)^│?[▌▏] .* not placed ")
        else:
            desk.press("j" if chosen else "g")
            desk._seen_within(0.5, "nothing more")
            if "1/1" in desk.text or not chosen:
                continue
            if re.search(r"(?m)^│?▌ .* no answer ", desk.text):
                desk.press("g")
                desk._seen_within(0.5, "nothing more")
    counter.true("everything was settled", not re.search(rows, desk.text))
    desk.press("escape")
    desk.wait_gone("Unresolved")
    return [each for sale in lost if (each := counter.found(sale))]


def morning(hour: int) -> str:
    """Return a time zone in which it is eight now: the ledger of a shift ends at midnight."""
    return f"DESK{(hour - 8 + 12) % 24 - 12:+d}"


def run(
    size: tuple[int, int],
    shift: tuple[Sale | tuple[Sale, ...], ...] = SHIFT,
    speed: int = 60,
) -> Tally:
    """Work a shift in a terminal of some size."""
    tally = Tally(size)
    with tempfile.TemporaryDirectory(prefix="carddesk-shift-") as folder:
        environ = environment(Path(folder))
        vendor = Vendor(environ, speed)
        variables = {
            "CARDDESK_NET_MAX_REQUESTS_PER_MINUTE": "3000",
            "CARDDESK_PURCHASE_DEADLINE_SECONDS": "6",
            "CARDDESK_PURCHASE_SETTLE_SECONDS": "60",
            "CARDDESK_UI_REVEAL_SECONDS": "120",
            "TZ": morning(datetime.now(UTC).hour),
        }
        desk = Terminal([COMMAND], environ | vendor.variables | variables, size, 0.0)
        try:
            desk.wait_for(r"(?s)(?:SANDBOX|PRODUCTION) +\d.* connected")
            counter = Counter(desk, vendor, tally)
            for each in shift:
                if isinstance(each, Sale):
                    outcome = counter.serve(each)
                    if outcome:
                        tally.outcomes.append(outcome)
                else:
                    for lost in each:
                        counter.serve(lost)
                    tally.outcomes += settle(counter, each)
                    vendor.heal()
            placed = sum(bool(outcome.order_id) for outcome in tally.outcomes)
            counter.same("every order has its customer", placed, len(vendor.books()["orders"]))
            desk.press("ctrl+q")
        except AssertionError as error:
            tally.complaints.append(str(error))
        finally:
            desk.close()
            vendor.close()
    return tally
