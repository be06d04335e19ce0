"""`carddesk buy --from`: check every row of a file, show the sums, and buy what is missing."""

import re
import shutil
import textwrap
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from services.domain.errors import (
    AuthFailed,
    BadInput,
    DeskError,
    JournalFailed,
    RateLimited,
    Refused,
    Unavailable,
)
from services.domain.models import UNSETTLED, WITH_CARDS, Card, Purchase, PurchaseState
from services.domain.money import show
from services.domain.outcome_not_saved import OutcomeNotSaved
from services.domain.phrase import counted
from services.domain.text import clean
from services.domain.typed.purchase_list import (
    NOTHING_BOUGHT,
    PlannedRow,
    PurchasePlan,
    RowOutcome,
    RowProblem,
    outcome,
)
from services.local_files import exports
from services.system import files
from tui.cli import exit_codes, prompts, purchase_file
from tui.cli.commands import buy
from tui.cli.context import Call
from tui.cli.output import Output, error_document
from tui.cli.purchase_file import PurchaseFile
from tui.formats import as_json, as_text
from tui.formats.export_rows import CODES, card_columns

if TYPE_CHECKING:
    from services.desk.desk import Desk

LIST = "purchases of a file"
COLUMNS = (
    "line", "key", "outcome", "state", "purchase_id", "order_id", "product_id", "product_title",
    "type_id", "type_name", "quantity", "unit_price", "total", "note", "error",
)  # fmt: skip
SAVE_SECONDS = 1.0
"""The result file is written again after so long; the journal knows all of it at any moment."""

SHOWN_SECONDS = 0.2
ENDING = (AuthFailed, JournalFailed, OutcomeNotSaved, Unavailable, RateLimited)
"""What the next row would meet as well."""

_FOLLOWED = (RowOutcome.BOUGHT, RowOutcome.EARLIER, RowOutcome.TO_APPROVE)
_SEPARATOR = re.compile("[,;\t]")


HEADINGS = ("LINE", "OUTCOME", "ORDER", "CARDS", "TOTAL")
LEAST_GOODS = 16
"""Cells in which the goods are broken at spaces, however narrow the terminal."""


class Result(Struct):
    """What became of one row so far; `code` is the exit code that it would end with alone."""

    planned: PlannedRow
    outcome: RowOutcome
    purchase: Purchase | None = None
    error: DeskError | None = None
    code: int = 0


async def carried_out(call: Call) -> int:
    """Check and, with `--yes`, buy the rows of a file; the exit code is that of the worst row."""
    args = call.args
    codes = args.with_codes or args.yes_with_codes
    listed = purchase_file.read(Path(args.file))
    if listed.problems:
        return _wrong(call, listed, listed.problems)
    results = Path(args.results) if args.results else None
    if results is not None:
        _check_results(results, codes=codes)
    async with call.desk() as desk:
        progress = Progress(call.out)
        plan = await desk.purchase_list.check(
            listed.rows, retry=args.retry, repeat=args.repeat, report=progress.checked
        )
        progress.clear()
        if plan.problems:
            return _wrong(call, listed, plan.problems)
        call.out.say(_sums(plan, desk.book.info.environment == "SANDBOX"))
        if args.max_total is not None and plan.total > args.max_total:
            raise Refused(
                f"The total of {show(plan.total)} DZD is above --max-total "
                f"{show(args.max_total)} DZD"
            )
        if not args.yes:
            return _unconfirmed(call, plan)
        if codes and not args.yes_with_codes:
            where = files.shown(results or Path())
            nothing = "Nothing was bought."
            await prompts.confirm_codes(
                f"The cards that are bought are written, readable, to {where}", nothing, nothing
            )
        if results is not None and not codes:
            await desk.journal.record("export", "", f"{counted(len(plan.rows), 'row')} of {LIST}")
        run = _Run(call, desk, plan, None if codes else results, progress)
        await run.buy_all()
        await run.wait()
        if codes and results is not None:
            if run.stopped:
                call.out.say("The codes are written once no row is left.")
            else:
                await _write_codes(call, desk, run.results, results)
        return run.ended()


class _Run:
    """One run over the rows: each is bought by itself, one after the other."""

    def __init__(
        self, call: Call, desk: "Desk", plan: PurchasePlan, path: Path | None, progress: "Progress"
    ) -> None:
        self._call = call
        self._desk = desk
        self._path = path
        self._progress = progress
        self._saved = 0.0
        self._waits = False
        self.stopped = ""
        self.results = [_known(row) for row in plan.rows]

    async def buy_all(self) -> None:
        """Buy row after row until all are done, or one says that the rest has to wait."""
        self._progress.begin(sum(result.planned.to_buy for result in self.results))
        with self._call.signals.held():
            for at, known in enumerate(self.results):
                if self._call.signals.number:
                    self.stopped = "it was asked to stop"
                    break
                self.results[at] = result = await self._one(known)
                if result.code:
                    self._say(result)
                self._save()
                self._progress.bought(result.planned.to_buy)
                if self._ends(result):
                    break
        self._progress.clear()
        self._save(now=True)

    async def wait(self) -> None:
        """Follow what was placed to its end, at most as long as `--wait` says, all in all."""
        seconds: float | None = self._call.args.wait
        if seconds is None or self._call.signals.number:
            return
        end = time.monotonic() + seconds
        self._waits = True
        if any(r.purchase and not exit_codes.is_complete(r.purchase) for r in self.results):
            self._call.out.say("Waiting until the orders are final; Ctrl+C stops the wait only.")
        for at, result in enumerate(self.results):
            if result.outcome in _FOLLOWED and result.purchase:
                followed = await self._followed(result.purchase, end - time.monotonic())
                self.results[at] = self._with(result, followed)
                if self._call.signals.number:
                    break
        self._save(now=True)

    def ended(self) -> int:
        """Print what became of the rows; return the exit code of the worst."""
        call, results = self._call, self.results
        left = any(r.outcome is RowOutcome.NOT_BOUGHT and not _over(r.purchase) for r in results)
        named = ", ".join(
            f"{count} {each.value}"
            for each in RowOutcome
            if (count := sum(r.outcome is each for r in results))
        )
        call.out.say(f"{counted(len(results), 'row')}: {named}.")
        if self.stopped:
            call.out.say(f"Stopped: {self.stopped}. The same command goes on with what is left.")
        elif left:
            call.out.say("The same command buys what is left.")
        if not call.args.retry and any(_over(r.purchase) for r in results):
            call.out.say("--retry buys the rows again that were refused or not placed.")
        document = {
            "rows": [_document(result) for result in results],
            "total": as_json.amount(_spent(results)),
            "stopped": self.stopped or None,
        }
        call.out.data(document, _table(results, _room(call)))
        if call.signals.number:
            return call.signals.exit_code
        return exit_codes.worst([result.code for result in results])

    async def _one(self, result: Result) -> Result:
        """Buy a row, or settle what an earlier run left of it."""
        row = result.planned
        try:
            if not row.to_buy:
                purchase = result.purchase
                if purchase is not None and purchase.state in UNSETTLED:
                    return self._with(result, await self._settled(purchase))
                return result
            return await self._bought(result)
        except OutcomeNotSaved as failure:
            return _failed(result, failure, failure.purchase)
        except DeskError as failure:
            return _failed(result, failure, None)

    async def _bought(self, result: Result) -> Result:
        row, desk = result.planned, self._desk
        quote = await self._call.signals.unless_stopped(
            desk.quote(row.product_id, row.type_id, row.row.quantity)
        )
        if quote is None:
            return result
        most = row.total if row.row.max_total is None else row.row.max_total
        if quote.total > most:
            raise Refused(
                f"The total is now {show(quote.total)} DZD; {show(most)} DZD was checked",
                code="REQUOTE",
            )
        try:
            price = buy.priced(await self._call.prices(desk), quote)
            purchase = await buy.place(
                self._call, desk, quote, note=row.row.note, price=price, key=row.key
            )
        except Refused as refused:
            if refused.code != "KEY_IN_USE":
                raise
            # The same file is bought by another process: the row is that purchase.
            purchase = await desk.journal.purchase(row.key)
            if purchase is None:
                raise
        if purchase.state is PurchaseState.UNRESOLVED:
            purchase = await self._settled(purchase)
        return self._with(result, purchase)

    async def _settled(self, purchase: Purchase) -> Purchase:
        """Look for a purchase without an answer; with `--wait` until it is decided."""
        seconds: float | None = self._call.args.wait
        if seconds is None:
            return await self._desk.settlement.look_now(purchase.id)
        self._progress.clear()
        self._call.out.say(f"No answer for {purchase.id}: waiting until that is decided.")
        return await self._followed(purchase, seconds)

    async def _followed(self, purchase: Purchase, seconds: float) -> Purchase:
        """Wait for the end of a purchase; whatever disturbs the wait, the journal's word counts."""
        ended = await self._call.wait_final(self._desk, purchase.id, max(0.0, seconds))
        return ended or await self._desk.journal.purchase(purchase.id) or purchase

    def _with(self, result: Result, purchase: Purchase) -> Result:
        row = result.planned
        code = exit_codes.exit_code(purchase, waited=self._waits)
        return Result(row, outcome(purchase, now=row.to_buy), purchase, None, code)

    def _ends(self, result: Result) -> bool:
        """Tell whether the rows after this one have to wait, and say why."""
        line, failure = result.planned.row.line, result.error
        if isinstance(failure, ENDING):
            self.stopped = f"line {line}: {failure.message}"
        elif result.purchase is not None and result.purchase.state is PurchaseState.NOT_SENT:
            self.stopped = f"line {line} could not be sent"
        elif result.outcome is RowOutcome.UNRESOLVED and not self._call.args.go_on:
            self.stopped = f"line {line} is unresolved; --go-on buys the others meanwhile"
        return bool(self.stopped)

    def _say(self, result: Result) -> None:
        self._progress.clear()
        said = exit_codes.sentence(result.purchase) if result.purchase else ""
        said = result.error.sentence() if result.error else said
        self._call.out.say(f"line {result.planned.row.line}: {said}")

    def _save(self, *, now: bool = False) -> None:
        """Write the result file, each time whole: what a crash leaves is never half a row."""
        if self._path is None or not (now or time.monotonic() - self._saved >= SAVE_SECONDS):
            return
        usual = self._call.settings().export
        form = exports.csv_form(usual.separator, usual.decimal, usual.bom)
        rows = [_cells(result) for result in self.results]
        try:
            files.replace(self._path, exports.whole(rows, "csv", LIST, (), form))
        except OSError as failure:
            self._call.out.say(
                f"The result file could not be written: {files.reason(failure)}. The journal has "
                "all of it; the purchases go on."
            )
            self._path = None
        self._saved = time.monotonic()


class Progress:
    """How far it is, in one line of a terminal; nothing where stderr is none."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._began = self._shown = 0.0
        self._done = self._of = 0

    def begin(self, of: int) -> None:
        """Start to count so many rows."""
        self._began, self._of = time.monotonic(), of

    def checked(self, done: int, of: int) -> None:
        """Show how many stocks are read."""
        self._show(f"Checking: {done} of {counted(of, 'product')}")

    def bought(self, counts: bool) -> None:
        """Show one more row, with rate and time left."""
        self._done += counts
        if self._of:
            self._show(progress_words(self._done, self._of, time.monotonic() - self._began))

    def clear(self) -> None:
        """Take the line away, so that a sentence has its place."""
        self._out.progress("")

    def _show(self, text: str) -> None:
        if time.monotonic() - self._shown >= SHOWN_SECONDS:
            self._shown = time.monotonic()
            self._out.progress(text)


def progress_words(done: int, of: int, seconds: float) -> str:
    """Return how far it is, how fast it goes, and how long the rest takes."""
    progress = f"{done} of {counted(of, 'row')}"
    if not done or seconds <= 0:
        return progress
    left = round((of - done) * seconds / done)
    hours, minutes = divmod(left // 60, 60)
    span = f"{hours} h {minutes:02} min" if hours else f"{minutes} min" if minutes else f"{left} s"
    return f"{progress}, {done * 60 / seconds:.1f} a minute, about {span} left"


def _over(purchase: Purchase | None) -> bool:
    return purchase is not None and purchase.state in NOTHING_BOUGHT


def _known(row: PlannedRow) -> Result:
    """Return what is known of a row before this run."""
    became = outcome(row.purchase, now=False)
    if row.purchase is None:
        # Until it is bought, the row is one that nothing was placed for.
        return Result(row, became, code=exit_codes.NOTHING_PLACED)
    return Result(row, became, row.purchase, code=exit_codes.exit_code(row.purchase, waited=False))


def _failed(result: Result, failure: DeskError, purchase: Purchase | None) -> Result:
    """Return a row that a failure ended; a purchase that no journal took is as it says."""
    if purchase is not None:
        became = outcome(purchase, now=True)
    elif isinstance(failure, Refused):
        became = RowOutcome.REFUSED
    else:
        # What an earlier run left unresolved stays so.
        became = result.outcome
    code = exit_codes.UNRESOLVED if became is RowOutcome.UNRESOLVED else failure.exit_code
    return Result(result.planned, became, purchase or result.purchase, failure, code)


def _sums(plan: PurchasePlan, practice: bool) -> str:
    rows, had = plan.to_buy, len(plan.rows) - len(plan.to_buy)
    earlier = f" {counted(had, 'row')} of the file stand in the journal already." if had else ""
    if not rows:
        return f"Nothing is to buy.{earlier}"
    after = "" if practice else f", after it {show(plan.balance - plan.total)} DZD"
    return (
        f"{counted(len(rows), 'row')} to buy, {counted(plan.cards, 'card')}, {show(plan.total)} "
        f"DZD. The balance is {show(plan.balance)} DZD{after}.{earlier}"
    )


def _wrong(call: Call, listed: PurchaseFile, problems: Sequence[RowProblem]) -> int:
    """Name every row that is wrong; nothing was bought."""
    for problem in problems:
        call.out.say(f"line {problem.line}: {problem.words}")
    kind = Refused if all(problem.refused for problem in problems) else BadInput
    repeated = any(problem.repeated for problem in problems)
    error = kind(
        f"{counted(len(problems), 'row')} of {listed.name} cannot be bought",
        advice="Nothing was bought."
        + (" Take out what is bought; --repeat buys it once more." if repeated else ""),
        code="ROWS",
    )
    found = [{"line": problem.line, "message": clean(str(problem.words))} for problem in problems]
    return call.out.fail(error, {"problems": found})


def _unconfirmed(call: Call, plan: PurchasePlan) -> int:
    error = BadInput("Nothing was bought", advice="Add --yes to buy at these prices.")
    results = [_known(row) for row in plan.rows]
    rows = [_document(result) for result in results]
    document = {"rows": rows, "total": as_json.amount(plan.total)}
    return call.out.fail(error, document, _table(results, _room(call)))


def _check_results(path: Path, *, codes: bool) -> None:
    """Refuse a result file that would take another file's place; raises BadInput."""
    if codes:
        exports.private_folder(path)
    if not files.present(path):
        return
    if codes:
        raise BadInput(
            f"{files.shown(path)} is there already, and codes never overwrite a file",
            advice="Nothing was bought.",
        )
    try:
        with path.open("rb") as file:
            first = file.readline(4096).decode("utf-8-sig", "replace").strip()
    except OSError as failure:
        raise BadInput(
            f"{files.shown(path)} cannot be used: {files.reason(failure)}",
            advice="Nothing was bought.",
        ) from None
    if tuple(_SEPARATOR.split(first)) != COLUMNS:
        raise BadInput(
            f"{files.shown(path)} is there already and holds something else",
            advice="Nothing was bought. Give --results another name.",
        )


async def _write_codes(call: Call, desk: "Desk", results: Sequence[Result], path: Path) -> None:
    """Write the rows with their cards, one line a card; each order is recorded before."""
    with_cards = {
        result.purchase.order_id
        for result in results
        if result.purchase and result.purchase.state.value in WITH_CARDS
    }
    cards = await desk.orders.hand_over(sorted(with_cards), files.shown(path))
    rows = [line for result in results for line in _with_cards(result, cards)]
    columns = tuple(dict.fromkeys([*CODES, *(name for row in rows for name in row)]))
    exact = [name for name in columns if name not in COLUMNS]
    empty = dict.fromkeys(columns, "")
    try:
        await desk.exports.write(
            "purchases-with-codes", [empty | row for row in rows], "csv", path, exact
        )
    except DeskError as failure:
        for order_id in sorted(with_cards):
            await desk.journal.record("not-exported", order_id, clean(failure.message))
        call.out.say(f"The codes were not written: {failure.sentence()}")
        return
    call.out.say(
        f"These are live codes, readable by you alone: {files.shown(path)}. Import the columns "
        "value and serial as text."
    )


def _with_cards(result: Result, cards: dict[str, tuple[Card, ...]]) -> list[dict[str, object]]:
    held = cards.get(result.purchase.order_id, ()) if result.purchase else ()
    fields = [card_columns(card) for card in as_json.revealed(held)]
    return [{**_cells(result), **card} for card in fields or [{}]]


def _error(result: Result) -> str:
    if result.error is not None:
        return result.error.sentence()
    error = result.purchase.error if result.purchase else None
    return f"{error.code} {error.message}".strip() if error and result.code else ""


def _cells(result: Result) -> dict[str, object]:
    row, bought = result.planned, result.purchase
    return {
        "line": row.row.line,
        "key": row.key,
        "outcome": result.outcome.value,
        "state": bought.shown_state if bought else "",
        "purchase_id": bought.id if bought else "",
        "order_id": bought.order_id if bought else "",
        "product_id": row.product_id,
        "product_title": row.product_title,
        "type_id": row.type_id,
        "type_name": row.type_name,
        "quantity": row.row.quantity,
        "unit_price": as_json.amount(bought.unit_price if bought else row.unit_price),
        "total": as_json.amount(bought.total if bought else row.total),
        "note": row.row.note,
        "error": _error(result),
    }


def _document(result: Result) -> dict[str, object]:
    row = result.planned
    return {
        "line": row.row.line,
        "key": row.key,
        "outcome": result.outcome.value.replace(" ", "_"),
        "product_id": row.product_id,
        "type_id": row.type_id,
        "quantity": row.row.quantity,
        "total": as_json.amount(result.purchase.total if result.purchase else row.total),
        "purchase": as_json.purchase(result.purchase) if result.purchase else None,
        "error": error_document(result.error) if result.error else None,
    }


def _room(call: Call) -> int:
    """Return how wide the terminal is that the table is printed on; 0 where it is none."""
    return shutil.get_terminal_size().columns if call.out.to_terminal else 0


def _table(results: Sequence[Result], room: int) -> str:
    """Align the rows; on a terminal of `room` cells the goods go on in lines of their own."""
    cells = [
        (
            str(result.planned.row.line),
            result.outcome.value,
            result.purchase.order_id if result.purchase else "",
            str(result.planned.row.quantity),
            show(result.purchase.total if result.purchase else result.planned.total),
        )
        for result in results
    ]
    used = sum(max(map(len, column)) + 2 for column in zip(HEADINGS, *cells, strict=True))
    rows: list[tuple[str, ...]] = []
    for result, first in zip(results, cells, strict=True):
        planned = result.planned
        note = f" ({planned.row.note})" if planned.row.note else ""
        goods = f"{planned.goods}{note}"
        parts = textwrap.wrap(goods, max(LEAST_GOODS, room - used)) if room else [goods]
        rows.append((*first, parts[0]))
        rows += [("", "", "", "", "", part) for part in parts[1:]]
    return as_text.table((*HEADINGS, "WHAT"), rows, right={0, 3, 4})


def _spent(results: Sequence[Result]) -> Decimal:
    paid = (RowOutcome.BOUGHT, RowOutcome.EARLIER)
    return sum(
        (result.purchase.total for result in results if result.purchase and result.outcome in paid),
        Decimal(0),
    )
