"""Giving a card to a customer: what is revealed, where the operator says, and recorded before."""

import base64
import os
import shlex
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from services.domain.errors import JournalFailed
from services.domain.local_time import local_day
from services.domain.money import PriceRule
from services.sandbox import Fault
from services.settings.load import Settings
from tests.screens.test_order import opened, revealed
from tests.screens.test_sizes import whole_dialog
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.dialogs.receipt import ReceiptScreen
from tui.screens.dialogs.receipt_files import ReceiptFilesScreen
from tui.screens.order import OrderScreen


def ui(**changes: Any) -> Any:
    def changed(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, **changes))

    return changed


def files(paths: Any) -> list[Path]:
    folder = paths.state_dir / "handed"
    # A file that is still being written has a hidden name.
    return sorted(folder.glob("[!.]*")) if folder.exists() else []


async def says(console: Any, *words: str) -> None:
    """Wait for these words; where a line is broken depends on how long the folder's name is."""
    await console.until(
        lambda: all(word in " ".join(console.text().replace("│", " ").split()) for word in words)
    )


async def asked(console: Any, cards: int = 2) -> ReceiptScreen:
    """Come to the question where the text for the first card is to go."""
    await revealed(console, await opened(console, cards))
    await console.press("t")
    return await console.until(lambda: isinstance(console.screen, ReceiptScreen) and console.screen)


async def recorded(console: Any) -> list[tuple[str, str]]:
    found = (await console.desk.journal.audit()).events
    return [(e.kind, e.why) for e in found if e.kind in ("print", "not-printed")]


async def hand_events(console: Any) -> list[tuple[str, str]]:
    found = (await console.desk.journal.audit()).events
    return [(e.kind, e.why) for e in found if e.kind in ("copy", "hand", "hand-delete")]


@pytest.fixture
def written(console: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the terminal, which is no tmux."""
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    pieces: list[str] = []
    monkeypatch.setattr(console.app, "to_terminal", pieces.append)
    return pieces


def clipboards(pieces: list[str]) -> list[str]:
    """Return the texts that the terminal was asked to keep."""
    starts = "\x1b]52;c;"
    return [
        base64.b64decode(piece.removeprefix(starts).removesuffix("\a")).decode()
        for piece in pieces
        if piece.startswith(starts)
    ]


async def test_the_text_is_looked_at_with_the_card_masked(console: Any) -> None:
    await asked(console)
    text = await console.shows("Hand over: card 1", "Code : ••••••", "French")
    assert "SANDBOX-CARD" not in text
    lines = [line.strip("│ ") for line in text.splitlines()]
    assert lines.index("Code : ••••••") + 1 == lines.index("Numéro de série : ••••••")
    await console.press("l")
    await console.shows("الرمز:")
    await console.press("l")
    text = await console.shows("Serial number: ••••••", "Language: English (l: next)")
    assert "SANDBOX-CARD" not in text


async def test_w_writes_a_private_file_and_says_where(console: Any, paths: Any) -> None:
    await asked(console)
    await console.press("l", "l", "w")
    await says(console, "Written into", "readable by you alone", "It is on the list")
    [path] = files(paths)
    assert path.stat().st_mode & 0o777 == 0o600
    order = console.app.book.orders[0]
    assert path.read_text("utf-8").splitlines() == [
        order.goods,
        "Code: SANDBOX-CARD-1",
        "Serial number: SANDBOX-1",
        f"Order: {order.order_id}",
        f"Date: {local_day(order.time)}",
    ]
    [(kind, why)] = await hand_events(console)
    assert (kind, why) == ("hand", f"card 1, text in English, into the file {path.name}")
    assert isinstance(console.screen, OrderScreen)
    assert "SANDBOX-CARD" not in console.text()


async def test_c_sends_it_to_the_terminal_and_takes_it_back(
    console: Any, written: list[str]
) -> None:
    await asked(console)
    await console.press("c")
    text = await console.shows("Sent to the terminal")
    assert "opied" not in text
    console.clock.leap()
    await console.until(lambda: len(clipboards(written)) == 2)
    sent, cleared = clipboards(written)
    assert "Code : SANDBOX-CARD-1" in sent
    assert cleared == ""
    assert await hand_events(console) == [
        ("copy", "card 1, text in French, to the terminal's clipboard")
    ]


async def test_all_revealed_cards_go_into_one_text(console: Any, paths: Any) -> None:
    screen = await opened(console)
    await console.press("V", "y")
    await console.until(lambda: len(screen.cards.revealed) == 2)
    await console.press("t")
    await console.shows("Hand over: 2 cards", "1. ••••••", "2. ••••••")
    await console.press("w")
    [path] = await console.until(lambda: files(paths))
    await console.shows("Written into")
    text = path.read_text("utf-8")
    assert "1. SANDBOX-CARD-1   SANDBOX-1\n2. SANDBOX-CARD-2   SANDBOX-2\n" in text
    assert (await hand_events(console))[0][1].startswith("all cards, text in French")


def printer(source: str) -> Any:
    """A program in the place of a printer."""
    return ui(print_command=shlex.join([sys.executable, "-c", source]), print_columns=32)


async def printed(console: Any) -> None:
    await opened(console)
    await console.press("t")
    await console.shows("Hand over: 2 cards", "I: Print with the program")
    await console.press("I")


async def test_a_text_is_printed_and_its_order_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_console: Any
) -> None:
    paper = tmp_path / "paper"
    monkeypatch.setenv("CARDDESK_API_KEY", "must-not-be-seen")
    source = (
        "import os, sys; text = sys.stdin.read();"
        "ours = [n for n in os.environ if 'CARDDESK' in n];"
        f"open({str(paper)!r}, 'w').write(text + repr(ours))"
    )
    async with open_console(change=printer(source)) as console:
        await printed(console)
        await says(console, "Sent to the printer.", "Handed over")
        text = paper.read_text("utf-8")
        assert "1. SANDBOX-CARD-1" in text
        assert "\n2.\n" in text
        assert text.endswith("[]")
        assert console.app.book.orders[0].given_at is not None
        why = "all cards, text in French, to the printer"
        assert await recorded(console) == [("print", why)]
        assert "SANDBOX-CARD" not in console.text()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import sys; sys.exit(3)", "failed with exit code 3"),
        ("print('x' * 10_000_000); raise SystemExit(1)", "failed with exit code 1"),
        ("import os; os.kill(os.getpid(), 9)", "was ended by signal 9"),
    ],
)
async def test_a_failing_printer_marks_nothing(open_console: Any, source: str, words: str) -> None:
    async with open_console(change=printer(source)) as console:
        await printed(console)
        await says(console, "Not printed", words, "The order is not marked.")
        assert console.app.book.orders[0].given_at is None
        assert [kind for kind, _ in await recorded(console)] == ["print", "not-printed"]


async def test_a_printer_that_does_not_exist_is_named(open_console: Any) -> None:
    async with open_console(change=ui(print_command="/no/such/printer")) as console:
        await printed(console)
        await says(console, "ui.print_command cannot be run: no such file", "not marked")


async def test_without_a_print_command_the_key_says_what_is_missing(console: Any) -> None:
    await asked(console)
    assert "printer" not in console.text()
    await console.press("I")
    await console.shows("No print command is set")


async def test_the_settings_choose_language_and_template(open_console: Any, paths: Any) -> None:
    change = ui(customer_template="Voici {code}\nMerci", customer_language="ar")
    async with open_console(change=change) as console:
        await asked(console)
        await console.shows("Voici ••••••", "ui.customer_template")
        await console.press("w")
        [path] = await console.until(lambda: files(paths))
        await console.shows("Written into")
        assert path.read_text("utf-8") == "Voici SANDBOX-CARD-1\nMerci\n"


async def test_the_hint_of_a_product_is_in_the_text(console: Any, paths: Any) -> None:
    hint = "Redeem it at pubg.example"
    await revealed(console, await opened(console))
    product = console.screen.noted_order().product_id
    settings = console.app.settings
    house = replace(settings.house, rules={("product", product): PriceRule(hint=hint)})
    console.app.settings = replace(settings, house=house)
    await console.press("t")
    await says(console, "Hand over: ", hint)
    await console.press("w")
    await console.until(lambda: files(paths))
    assert hint in files(paths)[0].read_text("utf-8")


async def test_escape_gives_nothing_away(console: Any, paths: Any) -> None:
    await asked(console)
    await console.press("escape")
    await console.until(lambda: isinstance(console.screen, OrderScreen))
    assert files(paths) == []
    assert await hand_events(console) == []


async def test_both_cards_are_handed_over_from_the_board(
    console: Any, paths: Any, written: list[str]
) -> None:
    await opened(console)
    await console.press("escape", "t")
    text = await console.shows("Hand over: 2 cards", "2. ••••••")
    assert "SANDBOX-CARD" not in text
    assert await hand_events(console) == []
    await console.press("c")
    await says(console, "Sent to the terminal", "Handed over 09:0", "; m takes it back.")
    [sent] = clipboards(written)
    assert "SANDBOX-CARD-1" in sent
    assert "SANDBOX-CARD-2" in sent
    assert "SANDBOX-CARD" not in console.text()
    which = "all cards, text in French, to the terminal's clipboard"
    assert await hand_events(console) == [("copy", which)]
    [order] = console.app.book.orders
    assert order.given_at is not None


async def test_the_mark_can_be_left_to_m(open_console: Any, paths: Any) -> None:
    async with open_console(change=ui(mark_on_hand_over=False)) as console:
        await opened(console)
        await console.press("t", "w")
        await says(console, "Written into")
        assert console.app.book.orders[0].given_at is None


async def test_some_of_the_cards_mark_nothing(console: Any, paths: Any) -> None:
    await asked(console)
    await console.press("w")
    await says(console, "Written into")
    assert console.app.book.orders[0].given_at is None


async def test_a_card_that_the_vendor_leaves_out_marks_nothing(console: Any, paths: Any) -> None:
    await opened(console)
    await console.press("t")
    await console.until(lambda: isinstance(console.screen, ReceiptScreen))
    console.box.faults.add(Fault.parse("shape:no-cards@checkOrder"))
    await console.press("w")
    await console.shows("holds no such card now", "Nothing was handed over")
    assert files(paths) == []
    assert console.app.book.orders[0].given_at is None


async def test_the_lock_and_privacy_mode_give_nothing(console: Any, paths: Any) -> None:
    await opened(console)
    await console.press("t")
    await console.until(lambda: isinstance(console.screen, ReceiptScreen))
    console.app.privacy = True
    await console.until(lambda: isinstance(console.screen, OrderScreen))
    await console.press("t")
    await console.shows("Privacy mode hides the codes")
    assert isinstance(console.screen, OrderScreen)
    assert files(paths) == []
    assert await hand_events(console) == []


async def test_a_read_only_desk_gives_nothing(open_console: Any) -> None:
    async with open_console(read_only=True) as console:
        await revealed(console, await opened(console))
        await console.press("t")
        await console.shows("This desk is read-only: handing over is off.")


async def test_with_copying_off_only_the_file_is_offered(open_console: Any, paths: Any) -> None:
    async with open_console(change=ui(copy=False)) as console:
        await asked(console)
        await console.shows("Copying is off (ui.copy)")
        await console.press("c")
        await console.shows("Copying is turned off in the settings")
        await console.press("w")
        await console.until(lambda: files(paths))


async def test_what_cannot_be_recorded_does_not_happen(
    console: Any, paths: Any, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise JournalFailed("The disk is full", code="JOURNAL_FULL")

    for key in ("c", "w"):
        await asked(console)
        with monkeypatch.context() as broken:
            broken.setattr("services.journal.purchases.Purchases.record", full)
            await console.press(key)
            await console.shows("The disk is full")
        await console.press("escape")
    assert files(paths) == []
    assert clipboards(written) == []


async def test_what_was_copied_is_taken_back_when_the_console_ends(
    open_console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    pieces: list[str] = []
    async with open_console() as console:
        monkeypatch.setattr(console.app, "to_terminal", pieces.append)
        monkeypatch.setattr(console.app.clock, "sleep", lambda _: asyncio_forever())
        await revealed(console, await opened(console))
        await console.press("c")
        await says(console, "Sent to the terminal", "or when you leave")
        assert clipboards(pieces) == ["SANDBOX-CARD-1"]
        assert console.app.copied.clear_now() == ""
        assert clipboards(pieces) == ["SANDBOX-CARD-1", ""]


async def asyncio_forever() -> None:
    import asyncio

    await asyncio.Event().wait()


async def test_the_linux_console_says_that_it_has_no_clipboard(
    console: Any, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    await revealed(console, await opened(console))
    await console.press("c")
    await console.shows("The Linux console has no clipboard")
    assert clipboards(written) == []
    assert await hand_events(console) == []


async def test_written_files_are_listed_and_deletes_it_after_asking(
    console: Any, paths: Any
) -> None:
    for _ in range(2):
        await asked(console)
        await console.press("w")
        await console.shows("Written into")
        await console.press("escape")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    written = {path.name for path in files(paths)}
    await console.press("W")
    await says(console, *written, "shred a file", "x Delete")
    # Two of one second do not follow each other in the order of their names.
    names = [file.name for file in console.screen.files.listed]
    assert set(names) == written
    await console.press("slash", *names[1], "enter")
    assert [file.name for file in console.screen.files.listed] == names[1:]
    await console.press("X")
    await console.shows("Delete this file?")
    await console.press("n", "escape")
    await says(console, *names)
    await console.press("g", "x", "enter")
    assert len(files(paths)) == 2
    await console.press("x")
    await console.until(lambda: isinstance(console.screen, AskScreen))
    await console.press("y")
    await console.until(lambda: [path.name for path in files(paths)] == names[1:])
    await console.until(lambda: names[0] not in console.text())
    await console.press("X", "y")
    await console.shows("No file with a card for a customer is on this disk.")
    assert files(paths) == []
    assert isinstance(console.screen, ReceiptFilesScreen)
    await console.press("x")
    await console.shows("No file with a card is here.")
    last = [entry for entry in await hand_events(console) if entry[0] == "hand-delete"]
    assert last == [("hand-delete", f"the file {name} was deleted") for name in names]


async def test_a_forgotten_file_is_said_at_the_start_and_on_the_first_line(
    open_console: Any, paths: Any
) -> None:
    folder = paths.state_dir / "handed"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "old.txt").write_text("SANDBOX-CARD")
    then = datetime(2026, 3, 1, 7, tzinfo=UTC).timestamp()
    os.utime(folder / "old.txt", (then, then))
    async with open_console(size=(160, 40)) as console:
        text = await console.shows("1 card file left", "A file with a card lies on this disk")
        assert "SANDBOX-CARD" not in text
        console.app.privacy = True
        await console.press("W")
        await console.shows("old.txt")
        await console.press("x", "y")
        await console.shows("No file with a card for a customer")
        await console.until(lambda: not console.app.book.forgotten)
        assert "card file left" not in console.text()


async def test_a_file_becomes_forgotten_while_the_console_runs(console: Any, paths: Any) -> None:
    await asked(console)
    await console.press("w")
    await console.shows("Written into")
    [path] = files(paths)
    then = (console.app.clock.now() - timedelta(hours=2)).timestamp()
    os.utime(path, (then, then))
    console.clock.leap()
    await console.until(lambda: console.app.book.forgotten == 1)


async def test_both_dialogs_are_whole_at_the_smallest_size(open_console: Any) -> None:
    async with open_console(size=(60, 18)) as console:
        await asked(console)
        whole_dialog(console, "Code : ••••", "c Copy", "esc Cancel")
        await console.press("w")
        await console.shows("Written into")
        await console.press("W")
        await console.shows("1/1")
        whole_dialog(console, "Written files", ".txt", "x Delete", "esc Close")
