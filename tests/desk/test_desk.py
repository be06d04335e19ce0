"""The desk behind a console: coming up, staying honest, sharing with other consoles."""

import asyncio
import contextlib
import sys
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from services import sandbox
from services.desk.account import Account
from services.desk.desk import Desk
from services.desk.opening import SETTLING
from services.domain.book import Book
from services.domain.errors import AuthFailed, ConfigError, JournalFailed
from services.domain.secrets import Secret
from services.journal import joint_reads
from services.sandbox import Fault, Sandbox
from services.settings.load import load, sandbox_settings
from services.vendor import patience
from tests.conftest import StillClock, VendorClock


async def book_where(desk: Desk, holds: Callable[[Book], bool]) -> Book:
    """Wait for the first book of which this holds."""
    async with asyncio.timeout(60):
        async for book in desk.books():
            if holds(book):
                return book
    raise AssertionError("the desk closed first")


@pytest.fixture
async def shop(still: StillClock):
    async with Sandbox(clock=VendorClock(still), moving=False, charge=True) as box:
        yield box


@pytest.fixture
def console(shop, still, paths):
    """Open a desk with its background running, on time that is stopped."""

    @contextlib.asynccontextmanager
    async def opened(key=sandbox.DEMO_KEY, *, environment="sandbox", start=True, **options):
        base = sandbox_settings(load(paths, {}, sandbox=True), shop.url)
        settings = replace(
            base,
            profile=replace(base.profile, environment=environment),
            net=replace(base.net, max_requests_per_second=0, max_requests_per_minute=6_000),
        )
        operator = options.pop("operator", "amina")
        desk = Desk(settings, Secret(key), paths, operator=operator, clock=still, **options)
        async with desk:
            if start:
                desk.start()
            yield desk

    return opened


async def test_a_console_comes_up_with_catalogue_balance_and_board(console, shop):
    product = shop.products[0]
    theirs = shop.foreign_order(product.id, product.types[0].id, 1)
    async with console() as desk:
        book = await book_where(
            desk,
            lambda b: b.catalog and b.balance and b.orders and b.info.can_buy and b.poll.last_ok,
        )
        named = product.types[0].name
        await book_where(desk, lambda b: b.orders[0].denomination == named)
    assert book.orders[0].order_id == theirs
    assert not book.orders[0].mine
    assert book.orders[0].product == product.title
    assert book.poll.state == "live"


@pytest.mark.parametrize("ending", [sandbox.TEST_REFUND, sandbox.TEST_PARTIAL])
async def test_money_that_comes_back_is_in_the_balance(console, shop, ending):
    tests = shop.products[-1]
    async with console() as desk:
        theirs = shop.foreign_order(tests.id, ending, 4)
        taken = shop.balance
        await desk.figures.balance()
        await book_where(desk, lambda b: b.orders and b.balance and b.balance.amount == taken)
        shop.finish(theirs)
        assert shop.balance > taken
        desk.refresh_orders()
        book = await book_where(desk, lambda b: b.balance and b.balance.amount > taken)
    assert book.balance.amount == shop.balance


async def test_a_key_that_was_checked_is_not_said_to_be_unchecked(console, shop, monkeypatch):
    said = []

    async def settle_first(account: Account) -> None:
        said.append(desk.book.info)
        account.settled = True

    monkeypatch.setattr(Account, "settle_first", settle_first)
    async with console() as desk:
        await book_where(desk, lambda b: b.info.can_buy)
    assert [(info.validated, info.why_not) for info in said] == [(True, SETTLING)]


async def test_a_silent_vendor_is_given_up_and_asked_again(console, shop, still, monkeypatch):
    monkeypatch.setattr(patience, "SILENT_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LAST_SECONDS", 0.2)
    shop.faults.add(Fault("hang", times=0))
    async with console() as desk:
        await book_where(desk, lambda book: book.link.silent_since)
        book = await book_where(desk, lambda book: book.poll.state == "failing")
        assert "no answer for" in str(book.poll.failure.sentence())
        assert (book.poll.next_at - still.now()).total_seconds() == 2
        assert shop.requests["GET", "validate"] == 2
        shop.faults.clear()
        # A vendor on a busy machine is not silent.
        monkeypatch.undo()
        desk.refresh_orders()
        await book_where(desk, lambda book: book.info.can_buy and not book.link.silent_since)


async def test_a_ticket_waits_for_no_read_of_the_start(shop, still, paths):
    product, other = shop.products[:2]
    theirs = shop.foreign_order(product.id, product.types[0].id, 1)
    settings = sandbox_settings(load(paths, {}, sandbox=True), shop.url)
    async with Desk(
        settings, Secret(sandbox.DEMO_KEY), paths, operator="amina", clock=still
    ) as desk:
        desk.start()
        await book_where(desk, lambda b: b.info.can_buy and b.orders and b.orders[0].denomination)
        # Time is stopped: whatever had to wait for a slot would wait for ever.
        assert sum(shop.requests.values()) == 5
        async with asyncio.timeout(30):
            assert (await desk.quote(product.id, product.types[0].id, 1)).quantity == 1
            assert (await desk.figures.stock(other.id)).product_id == other.id
    assert desk.book.orders[0].order_id == theirs


async def test_the_first_book_needs_no_network_once_the_account_is_known(console, shop, pick):
    async with console() as desk:
        await book_where(desk, lambda b: b.info.can_buy)
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        purchase = await desk.buy(quote, note="for Yacine")
    await shop.stop()
    async with console(start=False) as desk:
        assert desk.book.catalog is not None
        [row] = desk.book.orders
        assert (row.order_id, row.note, row.operator) == (purchase.order_id, "for Yacine", "amina")


@pytest.mark.parametrize(
    ("key", "environment", "words", "exit_code"),
    [
        ("wrong-key-of-nobody", "sandbox", "key", 6),
        ("disabled-key-123", "sandbox", "switched off", 6),
        ("production-key-123", "sandbox", "PRODUCTION", 2),
        (sandbox.DEMO_KEY, "production", "SANDBOX", 2),
        ("elsewhere-key-123", "sandbox", "address", 6),
    ],
)
async def test_a_key_that_does_not_fit_ends_the_console_with_its_sentence(
    console, shop, key, environment, words, exit_code
):
    shop.add_key("disabled-key-123", enabled=False)
    shop.add_key("production-key-123", environment="PRODUCTION")
    shop.add_key("elsewhere-key-123", allowed_ips=["203.0.113.9"])
    async with console(key, environment=environment) as desk:
        book = await book_where(desk, lambda b: b.fatal)
        assert words in book.fatal
        assert book.fatal_exit == exit_code
        assert not book.info.can_buy
    assert shop.requests["GET", "validate"] == 1
    assert key not in book.fatal


async def test_a_read_only_key_cannot_buy_and_says_why(console, shop):
    shop.add_key("readonly-key-123", scope="READ-ONLY")
    async with console("readonly-key-123") as desk:
        book = await book_where(desk, lambda b: b.info.validated and b.poll.state == "live")
        assert not book.info.can_buy
        assert "READ-ONLY" in str(book.info.why_not)


async def test_a_vendor_that_is_down_is_said_and_tried_again(console, shop, still):
    shop.faults.add(Fault("http503", endpoint="validate", times=0))
    async with console() as desk:
        async with asyncio.timeout(60):
            while desk.book.poll.state != "failing":
                still.advance(10)
                await asyncio.sleep(0.001)
        assert not desk.book.info.can_buy
        assert desk.book.poll.failure
        with pytest.raises(JournalFailed, match="not open yet: The vendor is not able"):
            await desk.money.ledger()
        first = desk.book.poll
        async with asyncio.timeout(60):
            while desk.book.poll.next_at == first.next_at:
                still.advance(10)
                await asyncio.sleep(0.001)
        assert desk.book.poll.since == first.since
        shop.faults.clear()
        async with asyncio.timeout(60):
            while not desk.book.info.can_buy:
                still.advance(10)
                await asyncio.sleep(0.001)


async def test_a_blocked_address_keeps_still_for_a_quarter_of_an_hour(console, shop, still):
    async with console() as desk:
        await book_where(desk, lambda b: b.info.can_buy)
        shop.faults.add(Fault("ip_block", endpoint="list"))
        desk.refresh_orders()
        book = await book_where(desk, lambda b: b.poll.state == "blocked")
        assert (book.poll.next_at - still.now()).total_seconds() == pytest.approx(900, abs=5)
        before = sum(shop.requests.values())
        desk.refresh_orders()
        with pytest.raises(AuthFailed):
            await desk.figures.balance()
        assert sum(shop.requests.values()) == before


async def test_a_desk_that_was_left_has_no_work_and_begins_none(console, shop):
    names = {"opening", "catalogue", "balance", "handed", "tracking", "settling", "pulling"}
    async with console() as desk:
        await book_where(desk, lambda book: book.balance)
        shop.faults.add(Fault("hang", endpoint="balance", times=0))
        desk.start()
        await shop.seen("balance", 2)
        desk.start()
    desk.start()
    assert not names & {task.get_name() for task in asyncio.all_tasks()}


async def test_a_tracker_that_broke_is_seen_and_starts_again_on_demand(console, shop):
    async with console() as desk:
        await book_where(desk, lambda b: b.info.can_buy and b.poll.state == "live")
        account = desk._opening.opened()

        def broken(*_: object) -> None:
            raise RuntimeError("a fault of our own")

        account.board.rows.take_orders, whole = broken, account.board.rows.take_orders
        product = shop.products[0]
        shop.foreign_order(product.id, product.types[0].id, 1)
        desk.refresh_orders()
        book = await book_where(desk, lambda b: b.poll.state == "stopped")
        assert "Press r" in str(book.poll.failure.sentence())
        account.board.rows.take_orders = whole
        desk.refresh_orders()
        await book_where(desk, lambda b: b.poll.state == "live")


async def test_one_console_of_the_account_polls_and_all_of_them_see(console, shop, still, pick):
    async with console() as one:
        await book_where(one, lambda b: b.info.can_buy and b.poll.state == "live")
        async with console(operator="karim") as two:
            await book_where(two, lambda b: b.info.can_buy and b.poll.state == "following")
            product, denomination = await pick(two)
            quote = await two.quote(product.id, denomination.id, 1)
            bought = await two.buy(quote, note="from two")

            def shown(book: Book) -> bool:
                return any(row.note == "from two" for row in book.orders)

            async with asyncio.timeout(60):
                while not shown(one.book):
                    still.advance(1)
                    await asyncio.sleep(0.001)
            shop.finish(bought.order_id)
            asked = shop.requests["GET", "list"] + shop.requests["GET", "checkOrder"]
            async with asyncio.timeout(60):
                while not all(d.book.orders and d.book.orders[0].final for d in (one, two)):
                    still.advance(1)
                    await asyncio.sleep(0.001)
            now = shop.requests["GET", "list"] + shop.requests["GET", "checkOrder"]
            assert now - asked <= 3


async def test_the_polling_goes_to_another_console_when_one_leaves(console, still):
    async with console() as one:
        await book_where(one, lambda b: b.poll.state == "live")
        async with console(operator="karim") as two:
            await book_where(two, lambda b: b.poll.state == "following")
            await one.__aexit__(None, None, None)
            async with asyncio.timeout(60):
                while two.book.poll.state != "live":
                    still.advance(6)
                    await asyncio.sleep(0.001)


async def test_a_command_that_cannot_write_its_journal_says_so(console, paths):
    paths.state_dir.parent.mkdir(exist_ok=True)
    paths.state_dir.write_text("a file where a folder belongs")
    async with console(start=False) as desk:
        with pytest.raises(JournalFailed) as failed:
            await desk.ready()
        assert str(paths.state_dir) in failed.value.message


async def test_a_key_of_another_environment_is_a_configuration_error(console):
    async with console(environment="production", start=False) as desk:
        with pytest.raises(ConfigError) as failed:
            await desk.ready()
        assert failed.value.exit_code == 2


async def test_a_catalogue_younger_than_a_day_is_not_asked_for_again(console, shop, still):
    async with console() as desk:
        await book_where(desk, lambda b: b.catalog)
    async with console() as desk:
        await book_where(desk, lambda b: b.info.can_buy)
        assert shop.requests["GET", "catalog"] == 1
        still.advance(24 * 3_600 + 1)
        await desk.catalog.read()
        assert shop.requests["GET", "catalog"] == 2


async def test_consoles_with_a_rejected_key_make_two_attempts_at_most(console, shop):
    key = "not-the-key-of-anyone"
    async with contextlib.AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(console(key)) for _ in range(4)]
        for desk in desks:
            await book_where(desk, lambda b: b.fatal)
        assert sum(shop.requests.values()) <= 2


HOLDER = """
import asyncio, sys
from pathlib import Path
from services.system.clock import SystemClock
from services.journal.database import Journal
from services.journal.leases import PollingLease

async def main():
    path, account = Path(sys.argv[1]), sys.argv[2]
    journal = Journal(path, SystemClock(), "karim")
    journal.consoles.begin()
    await journal.open(account)
    await PollingLease(journal, journal.consoles, 3600).take()
    print("held", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_the_polling_of_a_killed_console_is_taken_over_at_the_next_tick(
    console, paths, still
):
    async with console() as desk:
        await book_where(desk, lambda b: b.poll.state == "live")
        account = desk._opening.opened().identity.account
    [journal] = paths.state_dir.glob("*.db")
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(journal), account, stdout=asyncio.subprocess.PIPE
    )
    assert await holder.stdout.readline() == b"held\n"
    async with console() as desk:
        await book_where(desk, lambda b: b.poll.state == "following")
        holder.kill()
        await holder.wait()
        still.advance(6)
        await book_where(desk, lambda b: b.poll.state == "live")


async def test_names_of_values_are_known_without_a_network(console, shop, paths):
    product = shop.products[0]
    names = {kind.name for kind in product.types}
    async with console() as desk:
        await book_where(desk, lambda b: b.catalog)
        await desk.figures.stock(product.id)
        book = await book_where(desk, lambda b: b.catalog.find(product.id).values)
        assert {name for _, name in book.catalog.find(product.id).values} == names
    (file,) = paths.cache_dir.glob("values-*")
    assert file.stat().st_mode & 0o777 == 0o600
    async with console(start=False) as desk:
        assert {name for _, name in desk.book.catalog.find(product.id).values} == names
    for bad in (b"", b"[1]", b'{"a": 1}', b"{" * 100_000, b"\xff\x00"):
        file.write_bytes(bad)
        async with console(start=False) as desk:
            assert desk.book.catalog.find(product.id).values == ()


async def test_a_command_names_what_another_desk_bought(console, shop):
    product = shop.products[0]
    theirs = shop.foreign_order(product.id, product.types[0].id, 1)
    async with console(start=False, read_only=True) as desk:
        await desk.ready()
        for _ in range(2):
            (row,) = await desk.orders.list()
            assert (row.order_id, row.denomination) == (theirs, product.types[0].name)
        assert shop.requests["GET", "checkProduct"] == 1
        (hit,) = (await desk.support.find(theirs)).hits
        assert hit.row.denomination == product.types[0].name
        assert shop.requests["GET", "checkProduct"] == 1
    async with console(start=False, read_only=True) as desk:
        await desk.ready()
        await desk.catalog.read()
        (row,) = await desk.orders.list()
        assert row.denomination == product.types[0].name
        assert shop.requests["GET", "checkProduct"] == 1


async def test_a_read_only_console_names_what_the_journal_held(console, shop):
    product = shop.products[0]
    shop.foreign_order(product.id, product.types[0].id, 1)
    named = product.types[0].name
    async with console() as desk:
        book = await book_where(desk, lambda b: b.orders and b.orders[0].denomination == named)
        # It can be shown a moment before it is written down.
        journal, order_id = desk._opening.opened().journal, book.orders[0].order_id
        while (await joint_reads.file(journal, order_id)).seen is None:
            pass
    async with console(read_only=True) as desk:
        assert desk.book.orders[0].denomination == named
