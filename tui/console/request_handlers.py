"""Who answers each request of a screen, and how: the table, and the handlers it names.

A handler gets the console and the request and returns the answer. It raises DeskError where there
is none; the console makes a sentence of that. `HANDLERS` is at the end.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from msgspec.structs import replace

from services.domain import receipt, status_text
from services.domain.book import BoardOrder
from services.domain.errors import DeskError, Failure, NotFound, failure_of
from services.domain.local_time import local_when
from services.domain.models import Card, Order, Purchase, Quote
from services.domain.phrase import counted
from services.domain.secrets import Secret
from services.domain.text import NOTHING, short_id
from tui.screens import requests as ask

if TYPE_CHECKING:
    from services.domain.shop.case import CaseFile
    from services.domain.shop.shift import ShiftReport
    from services.domain.timeline import Timeline
    from services.domain.typed.lookup import LookupResult
    from tui.console.app import ConsoleApp
    from tui.screens.dialogs.receipt import ReceiptChoice

RequestT = TypeVar("RequestT", bound=ask.Request[Any])
BROKEN = failure_of("A defect stopped this, and there is no answer")
PURCHASE_BROKEN = failure_of(
    "A defect stopped this purchase",
    "It may or may not be placed: press u before you buy it again.",
)


async def _prompt(console: "ConsoleApp", title: str, text: str = "") -> str | None:
    """Have a line typed; None where the operator goes back."""
    from tui.screens.dialogs.prompt import PromptScreen

    return await console.ask(PromptScreen(console.context, title, text))


# What is listed.


async def _refresh(console: "ConsoleApp", request: ask.RefreshRequest) -> None:
    if request.pane == "catalogue":
        await console.desk.catalog.read(refresh=True)
    else:
        console.desk.refresh_orders()
    await console.desk.figures.balance()


async def _pin(console: "ConsoleApp", request: ask.PinRequest) -> None:
    pinned = await console.desk.catalog.pin(request.product.id)
    is_now = "is pinned: it stands on top of the catalogue" if pinned else "is not pinned any more"
    console.say(f"{request.product.title} {is_now}.")


async def _watch(console: "ConsoleApp", request: ask.WatchRequest) -> None:
    """Ask what is to be said of goods, and keep it; a watch that there is can be taken off."""
    from services.domain.typed.product_names import goods_name
    from tui.screens.dialogs.watch import WatchScreen

    product, value, watches = request.product, request.denomination, console.desk.watches
    type_id = value.id if value else ""
    held = next((w for w in await watches.listed() if w.is_on(product.id, type_id)), None)
    try:
        stock = await console.desk.figures.stock(product.id)
    except NotFound:
        # What the vendor lists no more can still be taken off.
        if held is None:
            raise
        stock = None
    console.take_book()
    named = goods_name(product.title, value.name if value else "", product.region)
    now = stock.find(type_id) if stock and type_id else None
    in_stock = f"{counted(now.quantity, 'card')} in stock now." if now else ""
    answer = await console.ask(WatchScreen(console.context, named, in_stock, held))
    if answer == "remove":
        await watches.remove(product.id, type_id)
        console.say(f"Not watched any more: {named}.")
    elif answer is not None and stock is not None:
        watch = await watches.add(stock, type_id, answer, product.region)
        console.say(f"Watched: {watch.goods}: {watch.wants.words}.")


async def _export(console: "ConsoleApp", request: ask.ExportRequest) -> None:
    from tui.formats import export_rows

    rows = f"{counted(len(request.rows), 'row')} of {request.pane}"
    if not request.rows:
        console.say("Nothing is listed here, so there is nothing to write: no file was made.")
        return
    listed = export_rows.rows(request.rows, console.settings.prices, request.product_id)
    path = await console.desk.exports.write(request.pane, listed, request.kind)
    are = "is" if len(request.rows) == 1 else "are"
    console.say(f"{rows}, without codes, {are} in {path}")


# The end of the day.


async def _shift(console: "ConsoleApp", request: ask.ShiftRequest) -> "ShiftReport":
    """Read a shift: of the one that goes on first what the journal has."""
    shift = console.desk.shift
    if request.number is not None:
        return await shift.numbered(request.number)
    report = await shift.now(console.settings.prices)
    if request.report is None:
        return report
    request.report(report)
    return await shift.with_account(report)


async def _shift_out(console: "ConsoleApp", request: ask.ShiftOutRequest) -> str:
    from tui.formats import shift as formats

    report, desk, way = request.shift, console.desk, request.way
    name = f"shift-{report.number}"
    if way == "copy":
        return await console.card_clipboard.send_text(formats.text(report))
    if way == "print":
        columns = console.settings.ui.print_columns
        await desk.receipts.print_report(name, formats.printed(report, columns))
        return "Sent to the printer."
    if way == "file":
        path = await desk.exports.write_text(name, f"{formats.text(report)}\n")
    else:
        path = await desk.exports.write(name, formats.rows(report), way)
    return f"The report is in {path}, readable by you alone."


# Bad cards.


async def _case(console: "ConsoleApp", request: ask.CaseRequest) -> None:
    """Show the case on a card, or ask what is wrong with it and open one."""
    from tui.screens.cases import CasesScreen

    order, card, desk = request.order, request.card, console.desk
    held = [
        row.case
        for row in await desk.cases.listed()
        if (row.case.order_id, row.case.card) == (order.order_id, card)
    ]
    if held:
        console.show(CasesScreen(console.context, held[0].number))
        return
    of = f" of {order.quantity}" if order.quantity > 1 else ""
    title = (
        f"What is wrong with card {card + 1}{of}, {order.goods}? "
        "used, invalid, value, region, or in words; never the code"
    )
    reason = await _prompt(console, title)
    if not reason:
        return
    row = await desk.cases.open(order.order_id, card, reason)
    console.take_book()
    console.show(CasesScreen(console.context, row.case.number))
    keys = console.context.keymap
    console.say(
        f"Case {row.case.number} is open. {keys.shown('copy')} copies what to send to the vendor."
    )


async def _case_file(console: "ConsoleApp", request: ask.CaseFileRequest) -> "CaseFile":
    return await console.desk.cases.file(request.number)


async def _note_case(console: "ConsoleApp", request: ask.CaseNoteRequest) -> str:
    from services.domain.shop import case

    title = (
        f'Note on case {request.number}; "ticket 4711" and "until 5/12" in it are kept as its'
        " ticket and its deadline"
    )
    text = await _prompt(console, title)
    if not text:
        return ""
    said = case.read_note(text, console.desk.cases.today)
    await console.desk.cases.note(request.number, said.words, said.ticket, said.due)
    return f"The note on case {request.number} is kept."


async def _close_case(console: "ConsoleApp", request: ask.CloseCaseRequest) -> str:
    title = f"How did case {request.number} end? refunded, refused, or: replaced ORDER"
    text = await _prompt(console, title)
    if not text:
        return ""
    row = await console.desk.cases.close(request.number, text)
    return f"Case {request.number} is closed: {row.case.ended}."


async def _case_letter(console: "ConsoleApp", request: ask.CaseLetterRequest) -> str:
    language = console.settings.ui.customer_language
    text = await console.desk.cases.letter(request.number, language)
    if request.way == "copy":
        return await console.card_clipboard.send_text(text)
    path = await console.desk.exports.write_text(f"case-{request.number}", f"{text}\n")
    return f"What to send to the vendor is in {path}, readable by you alone."


# Buying.


async def _quote(console: "ConsoleApp", request: ask.QuoteRequest) -> Quote:
    if request.approves:
        return await console.desk.approvals.quote(
            request.approves, previous=request.previous, report=request.report
        )
    goods = (request.product_id, request.type_id, request.quantity)
    return await console.desk.quote(*goods, previous=request.previous, report=request.report)


async def _repeat(console: "ConsoleApp", request: ask.RepeatRequest) -> None:
    """Open a ticket for the same again, at the price and stock of now."""
    from tui.screens.ticket import TicketScreen

    known = request.product
    stock = await console.desk.figures.stock(known.id)
    catalog = console.desk.book.catalog
    product = (catalog.find(known.id) if catalog else None) or known
    denomination = stock.find(request.denomination.id) or request.denomination
    console.take_book()
    goods = (product, denomination, request.quantity)
    console.show(TicketScreen(console.context, *goods, approves=request.approves))


async def _buy(console: "ConsoleApp", request: ask.BuyRequest) -> Purchase | None:
    """Send a purchase; None where it has to be quoted again first."""
    try:
        if request.approves:
            return await console.desk.approvals.approve(
                request.approves, request.quote, report=request.report
            )
        purchase = await console.desk.buy(
            request.quote, note=request.note, price=request.price, report=request.report
        )
    except DeskError as error:
        if error.code != "REQUOTE":
            raise
        console.take_book()
        request.stale()
        return None
    for screen in console.desk_screens():
        screen.bought(purchase.id)
    return purchase


async def _sale(console: "ConsoleApp", request: ask.Request[Any]) -> object:
    """Do something with a sale; what it needs is loaded then."""
    from tui.console import sale_handlers

    return await sale_handlers.answered(console, request)


# One order.


async def _read_order(console: "ConsoleApp", request: ask.OrderRequest) -> Order | None:
    """Read an order: first what the journal has of it, then from the vendor."""
    row = request.order
    if row.purchase_id:
        request.report(await console.desk.journal.purchase(row.purchase_id))
    return await console.desk.orders.read(row.order_id) if row.order_id else None


async def _read_history(console: "ConsoleApp", request: ask.HistoryRequest) -> ask.OrderHistory:
    row = request.order
    timeline = await console.desk.support.timeline(row.order_id or row.purchase_id, ask=False)
    events = await console.desk.journal.events(row.order_id) if row.order_id else ()
    return ask.OrderHistory(timeline, status_text.last_seen(events, request.cards))


async def _reveal(console: "ConsoleApp", request: ask.CardsRequest) -> ask.Revealed:
    """Fetch cards, recorded first, and say who revealed them earlier."""
    history = await console.desk.journal.events(request.order_id)
    cards = await console.desk.orders.reveal(request.order_id, request.index)
    shown, now = tuple(enumerate(cards, request.index or 0)), console.clock.now()
    before = {index: status_text.before(history, index, now) for index, _ in shown}
    if shown and (unwritten := console.desk.orders.off_the_record):
        first = shown[0][0]
        before[first] = f"{unwritten} {before[first]}".strip()
    return ask.Revealed(shown, before)


async def _give(console: "ConsoleApp", request: ask.ReceiptRequest) -> str:
    """Ask how cards go to the customer, then copy or write the text; say what was done."""
    from tui.screens.dialogs.receipt import ReceiptScreen

    order, indexes = request.order, request.indexes
    choice = await console.ask(ReceiptScreen.of_order(console.context, order, indexes))
    if choice is None:
        return ""

    def text_of(cards: Sequence[tuple[Card, ...]]) -> Secret:
        chosen = receipt.chosen(cards[0], indexes, order.delivered or 0)
        price = receipt.price_of(order, len(chosen), console.settings.prices)
        hint = console.settings.prices.hint(order.product_id, order.type_id)
        text = receipt.whole(choice.template, order, chosen, price, hint)
        return laid_out(console, choice, text, chosen)

    which = f"{receipt.which(indexes)}, text {receipt.named(choice.name)}"
    done = f"{order.name}: {await carried_out(console, choice, [order.order_id], which, text_of)}"
    whole = not indexes and not order.missing and order.given_at is None
    if not (whole and console.settings.ui.mark_on_hand_over):
        return done
    given, _ = await _marked(console, order)
    undo = console.context.keymap.shown("mark")
    when = local_when(given.given_at, console.clock.now()) if given.given_at else "now"
    return f"{done} Handed over {when}; {undo} takes it back."


def laid_out(
    console: "ConsoleApp", choice: "ReceiptChoice", text: Secret, cards: Sequence[Card]
) -> Secret:
    """Return a text as it goes out: as it is, or laid out for the printer with its QR codes."""
    if choice.way != "print":
        return text
    from tui.formats.printed import printed

    ui = console.settings.ui
    return printed(text, cards, ui.print_columns, qr=ui.print_qr)


async def carried_out(
    console: "ConsoleApp",
    choice: "ReceiptChoice",
    order_ids: Sequence[str],
    which: str,
    text_of: Callable[[Sequence[tuple[Card, ...]]], Secret],
) -> str:
    """Copy, write or print one text with the cards of orders; say what was done.

    Raises:
        DeskError: the journal cannot record it, or it could not be done.
    """
    if choice.way == "print":
        await console.desk.receipts.print_out(order_ids, which, text_of)
        return "Sent to the printer."
    if choice.way == "file":
        path = await console.desk.receipts.write(order_ids, which, text_of)
        listed = console.context.keymap.shown("files")
        return (
            f"Written into {path}, readable by you alone. It is on the"
            f" list ({listed}) until you delete it."
        )
    return await console.card_clipboard.hand_over(order_ids, which, text_of)


async def _write_note(console: "ConsoleApp", request: ask.NoteRequest) -> None:
    """Keep a note; ask first where that erases one, or one that was not seen while typing."""
    order, note, seen = request.order, request.note, request.note is None
    name = replace(order, note=NOTHING).name
    if note is None:
        note = await _prompt(console, f"Customer, note on {name}", order.note)
    rows = (row for row in console.desk.book.orders if row.line == order.line)
    held = next(rows, order).note
    if note is None or note == held or (seen and note == order.note):
        return
    if held and not (note and seen and held == order.note):
        lines = [f"{replace(order, note=held).name}.", f"The note now: {held}"]
        title, yes = ("Replace the note?", "Replace") if note else ("Erase the note?", "Erase")
        if note:
            lines.append(f"The new one: {note}")
        from tui.screens.dialogs.confirm import AskScreen

        if not await console.ask(AskScreen(console.context, title, lines, yes=yes, no="Keep it")):
            console.say(f"The note stays: {held}")
            return
    kept = await console.desk.journal.set_note(order.purchase_id, note)
    console.show_order(replace(order, note=kept.note))
    console.say(
        f"The note is saved: {note}, on {name}." if note else f"The note is erased: {name}."
    )


async def _marked(
    console: "ConsoleApp", order: BoardOrder, *, undo: bool = False
) -> tuple[BoardOrder, bool]:
    """Mark an order as handed over, or take the mark back; return it, and whether that is new."""
    support = console.desk.support
    mark, new = await (support.take_back if undo else support.give)(order.order_id)
    given = replace(order, given_at=mark.at, given_by=mark.by if mark.at else NOTHING)
    console.show_order(given)
    return given, new


async def _mark_delivered(console: "ConsoleApp", request: ask.DeliveredRequest) -> None:
    given, new = await _marked(console, request.order, undo=request.undo)
    name = given.name
    if given.given_at is None:
        done = "The mark is taken back: to hand over" if new else "It was not marked as handed over"
        console.say(f"{done}: {name}.")
        return
    when = local_when(given.given_at, console.clock.now())
    if new:
        console.say(f"Handed over {when}: {name}.")
    else:
        console.say(f"Handed over already, {when} by {given.given_by}: {name}.")


async def _find(console: "ConsoleApp", request: ask.FindRequest) -> "LookupResult":
    """Look orders up: in the journal at once, then at the vendor."""
    if isinstance(request.wanted, Secret):
        return await console.desk.support.find_serial(request.wanted, request.days, request.report)
    found = await console.desk.support.find(request.wanted, ask=False)
    if not found.partial:
        return found
    if request.reply is not None:
        request.reply(found, None)
    return await console.desk.support.find(request.wanted)


async def _read_timeline(console: "ConsoleApp", request: ask.TimelineRequest) -> "Timeline":
    """Read a timeline: from the journal at once, then with what the vendor knows."""
    with suppress(DeskError):  # perhaps the vendor knows it
        request.report(await console.desk.support.timeline(request.reference, ask=False))
    return await console.desk.support.timeline(request.reference)


# Settling.


async def _settle(console: "ConsoleApp", request: ask.SettleRequest) -> None:
    held, desk = request.purchase, console.desk
    match request.decision:
        case "look":
            await desk.settlement.look_now(held.id)
        case "claim":
            (order_id,) = request.order_ids
            await desk.settlement.claim(held.id, order_id)
            console.say(f"Order {short_id(order_id)} is this purchase now.")
        case "none":
            await desk.settlement.none_of_these(held.id, request.order_ids)
        case "acknowledge":
            await desk.settlement.acknowledge(held.id)
        case "withdraw":
            await desk.approvals.withdraw(held.id)


# The table.


class Handling(NamedTuple):
    """How requests of one type are answered.

    The handler runs in a worker of the type's own group; where the latest wins it ends those
    before it. `broken` is what the screen is given where a defect stopped it.
    """

    handler: Callable[["ConsoleApp", Any], Any]
    description: str
    latest_wins: bool = False
    broken: Failure = BROKEN


def _row(
    kind: type[RequestT],
    handler: Callable[["ConsoleApp", RequestT], Awaitable[object]],
    description: str,
    latest_wins: bool = False,
    broken: Failure = BROKEN,
) -> tuple[type[RequestT], Handling]:
    return kind, Handling(handler, description, latest_wins, broken)


LATEST = True
HANDLERS: dict[type[ask.Request[Any]], Handling] = dict(
    (
        # What is listed.
        _row(
            ask.StockRequest,
            lambda app, it: app.desk.figures.stock(it.product.id),
            "read the stock",
            LATEST,
        ),
        _row(
            ask.StockRefreshRequest,
            lambda app, it: app.desk.figures.stock(it.product.id, background=True),
            "read the stock",
            LATEST,
        ),
        _row(
            ask.LedgerRequest,
            lambda app, _: app.desk.money.ledger(background=True),
            "read the ledger",
            LATEST,
        ),
        _row(
            ask.UndeliveredRequest,
            lambda app, _: app.desk.support.undelivered(),
            "read the list",
            LATEST,
        ),
        _row(
            ask.ReceiptsRequest,
            lambda app, _: app.desk.receipts.listed(),
            "list handed files",
            LATEST,
        ),
        _row(
            ask.DeleteReceiptsRequest,
            lambda app, it: app.desk.receipts.delete(it.names),
            "delete handed files",
        ),
        _row(ask.ShiftRequest, _shift, "read the shift", LATEST),
        _row(
            ask.CloseShiftRequest,
            lambda app, it: app.desk.shift.close(it.number, app.settings.prices),
            "close the shift",
        ),
        _row(ask.ShiftOutRequest, _shift_out, "put the report out"),
        _row(ask.CasesRequest, lambda app, _: app.desk.cases.listed(), "read the cases", LATEST),
        _row(ask.CaseFileRequest, _case_file, "read a case", LATEST),
        _row(ask.CaseRequest, _case, "open a case", LATEST),
        _row(ask.CaseNoteRequest, _note_case, "write on a case"),
        _row(ask.CloseCaseRequest, _close_case, "close a case"),
        _row(ask.CaseLetterRequest, _case_letter, "write to the vendor", LATEST),
        _row(ask.RefreshRequest, _refresh, "refresh the pane", LATEST),
        _row(ask.PinRequest, _pin, "keep the pins"),
        _row(ask.WatchRequest, _watch, "watch goods"),
        _row(ask.ExportRequest, _export, "export the list"),
        # Buying.
        _row(ask.RepeatRequest, _repeat, "open a ticket again", LATEST),
        _row(ask.QuoteRequest, _quote, "check a purchase", LATEST),
        _row(ask.BuyRequest, _buy, "send a purchase", broken=PURCHASE_BROKEN),
        _row(
            ask.PurchaseRequest,
            lambda app, it: app.desk.journal.purchase(it.purchase_id),
            "look a purchase up",
        ),
        # A sale of several lines.
        _row(ask.SaleAddRequest, _sale, "add to the sale"),
        _row(ask.SaleOpenRequest, _sale, "open a sale"),
        _row(ask.SaleChangeRequest, _sale, "change the sale"),
        _row(ask.SaleCheckRequest, _sale, "check the sale", LATEST),
        _row(ask.SaleBuyRequest, _sale, "buy the sale", broken=PURCHASE_BROKEN),
        _row(ask.SaleRepeatRequest, _sale, "begin the same sale again"),
        _row(ask.SaleHandRequest, _sale, "hand the sale over"),
        _row(ask.SaleCloseRequest, _sale, "close the sale"),
        # One order.
        _row(ask.OrderRequest, _read_order, "read the order", LATEST),
        _row(ask.HistoryRequest, _read_history, "read what happened", LATEST),
        _row(ask.PreviewRequest, _read_history, "read what is selected", LATEST),
        _row(ask.CardsRequest, _reveal, "reveal cards", LATEST),
        _row(
            ask.CopyRequest,
            lambda app, it: app.card_clipboard.send(it.order, it.which, it.text),
            "copy a card",
            LATEST,
        ),
        _row(ask.ReceiptRequest, _give, "write a text for a customer"),
        _row(ask.NoteRequest, _write_note, "keep a note"),
        _row(ask.DeliveredRequest, _mark_delivered, "mark an order as given"),
        _row(ask.FindRequest, _find, "look an order up", LATEST),
        _row(ask.TimelineRequest, _read_timeline, "read the timeline", LATEST),
        # Settling.
        _row(
            ask.CandidatesRequest,
            lambda app, it: app.desk.settlement.candidates(it.purchase.id),
            "read candidates",
            LATEST,
        ),
        _row(
            ask.UnclaimedRequest,
            lambda app, it: app.desk.settlement.unclaimed_orders(
                it.purchase.id if it.purchase else ""
            ),
            "read unclaimed orders",
            LATEST,
        ),
        _row(ask.SettleRequest, _settle, "settle a purchase"),
        # The lock.
        _row(
            ask.UnlockRequest, lambda app, it: app.lock.attempt(it.store, it.pin), "check the PIN"
        ),
    )
)
"""Who answers each request; a new request is a row here and a class in `requests`."""
