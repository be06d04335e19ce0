"""A terminal that knows when its screen changed: pyte, behind a filter for what pyte lacks."""

import collections
import re
from typing import Any, ClassVar

import pyte

_TOKEN = re.compile(
    rb"\x1b(?:\[(?P<par>[0-?]*)(?P<int>[ -/]*)(?P<fin>[@-~])"
    rb"|\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|[PX^_][^\x1b]*\x1b\\"
    rb"|[ -/]+[0-~]"
    rb"|(?P<esc>[0-OQ-WYZ\\`-~]))"
)
_PARTIAL = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
_PLAIN_CSI = b"@ABCDEFGHJKLMPXabdefgSTrZ`"
_WORD = re.compile(r"[^\W\d_]{2}")
_ALT_SCREEN = {47, 1047, 1049}
_MOUSE = {9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016}


class _Screen(pyte.Screen):
    """pyte's screen with the few sequences ncurses uses and pyte lacks (REP, SU, SD)."""

    _last = " "

    def draw(self, data: str) -> None:
        if data:
            self._last = data[-1]
        super().draw(data)

    def repeat(self, count: int = 1) -> None:
        super().draw(self._last * max(1, count))

    def _scroll(self, count: int, down: bool) -> None:
        at, self.cursor.y = self.cursor.y, (self.margins.top if self.margins else 0)
        (self.insert_lines if down else self.delete_lines)(max(1, count))
        self.cursor.y = at

    def scroll_up(self, count: int = 1) -> None:
        self._scroll(count, down=False)

    def scroll_down(self, count: int = 1) -> None:
        self._scroll(count, down=True)


class _Stream(pyte.ByteStream):
    csi: ClassVar = {**pyte.ByteStream.csi, "b": "repeat", "S": "scroll_up", "T": "scroll_down"}


class Terminal:
    """A screen that knows when it changed, and which modes the program switched on."""

    def __init__(self, cols: int, rows: int) -> None:
        self.cols, self.rows = cols, rows
        self.screen = _Screen(cols, rows)
        self.stream = _Stream(self.screen)
        self.modes: dict[int, bool] = {}
        self.kitty_depth = 0
        self.unknown: collections.Counter[str] = collections.Counter()
        self._held = b""
        self._lines: list[tuple[Any, ...]] = []
        self._cursor: tuple[int, ...] = ()
        self.screen.dirty.update(range(rows))
        self._changed()

    def feed(self, data: bytes) -> bool:
        """Take output; True when what is on the screen is now different."""
        self.stream.feed(self._filter(data))
        return self._changed()

    def _filter(self, data: bytes) -> bytes:
        data = self._held + data
        self._held = b""
        out: list[bytes] = []
        at = 0
        while True:
            esc = data.find(b"\x1b", at)
            if esc < 0:
                out.append(data[at:])
                break
            out.append(data[at:esc])
            match = _TOKEN.match(data, esc)
            if match:
                out.append(self._translate(match))
                at = match.end()
            elif len(data) - esc < 65536 and _PARTIAL.match(data, esc):
                self._held = data[esc:]
                break
            else:
                self.unknown["garbage"] += 1
                at = esc + 1
        return b"".join(out)

    def _translate(self, match: re.Match[bytes]) -> bytes:
        final = match["fin"]
        if final is None:
            if match["esc"] is not None and match["esc"] in b"78DEMHc":
                return match[0]
            return b""  # OSC, DCS, APC, charsets, keypad modes
        params, middle = match["par"], match["int"]
        if final == b"m" and not middle and params[:1] not in (b">", b"?", b"<", b"="):
            if b":" in params or b"58" in params:
                return b"\x1b[" + _simple_sgr(params) + b"m"
            return match[0]
        if params[:1] == b"?" and final in b"hl" and not middle:
            return self._private_mode(params[1:], final == b"h")
        if final == b"u" and params[:1] in (b">", b"<"):
            if params[:1] == b">":
                self.kitty_depth += 1
            else:
                self.kitty_depth = max(0, self.kitty_depth - int(params[1:] or b"1"))
            return b""
        if middle or params[:1] in (b"?", b">", b"<", b"="):
            if not (middle == b"$" and final == b"p"):
                self.unknown[match[0][1:].decode("latin1")] += 1
            return b""
        if final in b"su" and not params:
            return b"\x1b7" if final == b"s" else b"\x1b8"
        if final in _PLAIN_CSI or (final in b"hl" and params == b"4"):
            return match[0]
        return b""

    def _private_mode(self, params: bytes, on: bool) -> bytes:
        out = b""
        for text in params.split(b";"):
            mode = int(text or b"0")
            self.modes[mode] = on
            if mode in _ALT_SCREEN:
                out += b"\x1b[0m\x1b[r\x1b[2J\x1b[H"
            elif mode in (5, 6, 7, 25):
                out += b"\x1b[?%d%c" % (mode, b"h"[0] if on else b"l"[0])
        return out

    def _changed(self) -> bool:
        screen = self.screen
        if not self._lines:
            self._lines = [()] * self.rows
        changed = False
        for y in screen.dirty:
            if y < self.rows:
                line = screen.buffer[y]
                cells = tuple([line[x] for x in range(self.cols)])
                if cells != self._lines[y]:
                    self._lines[y] = cells
                    changed = True
        screen.dirty.clear()
        cursor = () if screen.cursor.hidden else (screen.cursor.x, screen.cursor.y)
        if cursor != self._cursor:
            self._cursor = cursor
            changed = True
        return changed

    def text(self) -> str:
        return "\n".join("".join([c.data for c in line]).rstrip() for line in self._lines)

    def wordless(self) -> bool:
        """Tell whether no word is on the screen: a hidden sign only asks how wide it is drawn."""
        return not _WORD.search(self.text())

    def backgrounds(self, column: int) -> tuple[Any, ...]:
        """Background (and reverse flag) of one column, top to bottom: where a row cursor is."""
        return tuple((line[column].bg, line[column].reverse) for line in self._lines)

    @property
    def application_cursor(self) -> bool:
        return self.modes.get(1, False)

    def left_over(self) -> list[str]:
        """What a program that has exited should have undone."""
        on = {mode for mode, state in self.modes.items() if state}
        problems = []
        if on & _ALT_SCREEN:
            problems.append("alternate screen")
        if on & _MOUSE:
            problems.append("mouse")
        if self.modes.get(25) is False:
            problems.append("hidden cursor")
        if self.modes.get(7) is False:
            problems.append("no line wrap")
        for mode, name in ((2004, "bracketed paste"), (1004, "focus events"),
                           (1, "application cursor keys"), (2026, "synchronized output"),
                           (2048, "in-band resize")):  # fmt: skip
            if mode in on:
                problems.append(name)
        if self.kitty_depth:
            problems.append("kitty keyboard")
        return problems


def _simple_sgr(params: bytes) -> bytes:
    """SGR without underline colours and colon forms, which pyte would misread or choke on."""
    out: list[bytes] = []
    items = params.split(b";")
    i = 0
    while i < len(items):
        item = items[i]
        if b":" in item:
            parts = [p for p in item.split(b":") if p]
            if parts[0] in (b"38", b"48") and len(parts) >= 5 and parts[1] == b"2":
                out += [parts[0], b"2", *parts[-3:]]
            elif parts[0] in (b"38", b"48") and len(parts) == 3:
                out += parts
            elif parts[0] == b"4":
                out.append(b"24" if parts[1:] == [b"0"] else b"4")
        elif item == b"58":
            i += 4 if items[i + 1 : i + 2] == [b"2"] else 2
        elif item in (b"38", b"48"):
            take = 5 if items[i + 1 : i + 2] == [b"2"] else 3
            out += items[i : i + take]
            i += take - 1
        else:
            out.append(item)
        i += 1
    return b";".join(out) or b"0"
