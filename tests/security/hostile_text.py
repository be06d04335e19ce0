"""Text that wants more than to be read, and a vendor that puts it wherever it writes text."""

import json
import os
from decimal import Decimal
from itertools import cycle

import pytest

from services.sandbox import Fault, Sandbox, fault_effects, responses

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
STRINGS = {
    "markup close": "[/]",
    "markup close b": "[/b][/bold][/not-open]",
    "markup style": "[bold red on yellow]x",
    "markup action": "[@click=app.quit]x[/]",
    "markup screen action": "[@click=screen.run('leave')]x[/]",
    "markup link": "[link=file:///etc/passwd]x[/link]",
    "markup variable": "[$error]$text[/] ${x} {0} %s %(n)d",
    "markup unfinished": "[[[@click=",
    "markup escaped": "\\[/] \\\\[@click=app.quit]x",
    "markup emoji": ":skull: :warning:",
    "osc title": f"{ESC}]0;owned{BEL}",
    "osc title st": f"{ESC}]2;owned{ST}",
    "osc link": f"{ESC}]8;;https://evil.example{ST}x{ESC}]8;;{ST}",
    "osc clipboard": f"{ESC}]52;c;ZXZpbA=={BEL}",
    "osc clipboard read": f"{ESC}]52;c;?{ST}",
    "osc notify": f"{ESC}]9;owned{BEL}",
    "osc colours": f"{ESC}]4;1;rgb:00/00/00{BEL}{ESC}]104{BEL}",
    "osc unfinished": f"{ESC}]0;",
    "csi clear": f"{ESC}[2J{ESC}[H",
    "csi colour": f"{ESC}[31;47;5m",
    "csi move": f"{ESC}[66;66H{ESC}[9999A",
    "csi report": f"{ESC}[6n{ESC}[c{ESC}[21t",
    "csi modes": f"{ESC}[?1049l{ESC}[?25h{ESC}[?2004l",
    "csi unfinished": f"{ESC}[",
    "esc reset": f"{ESC}c",
    "esc charset": f"{ESC}(0{ESC}#8\x0e",
    "c1 csi": "\x9b2J\x9b31m",
    "c1 osc": "\x9d52;c;ZXZpbA==\x9c",
    "c1 all": "".join(map(chr, range(0x80, 0xA0))),
    "c0 all": "".join(map(chr, range(0x20))),
    "dcs": f"{ESC}P$q\"p{ST}",
    "dcs tmux": f"{ESC}Ptmux;{ESC}{ESC}]52;c;ZXZpbA=={BEL}{ST}",
    "c1 dcs": "\x90q#0!99~\x9c",
    "apc pm sos": f"{ESC}_Gx{ST}{ESC}^x{ST}{ESC}Xx{ST}",
    "nul": "a\x00b",
    "del": "a\x7f\x7fb",
    "backspace": "safe\b\b\b\bevil",
    "return": "safe\revil",
    "lines": "one\r\ntwo\u2028three\u2029four\x85five\x0bsix\x0cseven",
    "tabs": "\t\t\t",
    "bidi override": "\u202etxt.exe\u202c",
    "bidi isolates": "\u2066\u2067\u2068\u2069\u061c\u200e\u200f\u202a\u202b\u202d",
    "zero width": "a\u200b\u200c\u200d\u2060\ufeff\u00ad\u180eb",
    "nothing but zero width": "\u200b\u2060\ufeff",
    "tags": "".join(map(chr, range(0xE0020, 0xE0040))),
    "private use": "\ue000\uf8ff\U000f0000",
    "noncharacters": "\ufffe\uffff\U0010ffff",
    "combining flood": "z" + "\u0301\u0489" * 200,
    "combining first": "\u0301" * 20,
    "wide": "表示幅" * 20,
    "emoji": "👩\u200d👩\u200d👧\U0001f1e9\U0001f1ff1\ufe0f\u20e3👍🏽❤\ufe0f",
    "arabic ligature": "\ufdfd" * 8,
    "rtl": "بطاقة بلايستيشن שלום",
    "spaces": "\u00a0\u2003\u3000\u205f",
    "10 kB": "long" * 2_500,
    "10 kB of combining": "\u0301" * 10_000,
    "10 kB of escapes": f"{ESC}[31m" * 2_000,
    "quotes": "'\";--/*<script>&amp;`$(id)`",
    "formula": "=HYPERLINK(\"http://evil.example\")",
}  # fmt: skip
SURROGATES = {"high": "a\ud800b", "low": "a\udfffb", "swapped": "\udc00\ud800"}
# The vendor goes through a batch field by field: the smaller it is, the more pairs of string and
# field there are, and the longer it takes. CARDDESK_HOSTILE_BATCH=1 takes them one at a time.
BATCH = int(os.environ.get("CARDDESK_HOSTILE_BATCH", "30"))
BATCHES = [list(STRINGS)[at : at + BATCH] for at in range(0, len(STRINGS), BATCH)]

IDENTIFIERS = frozenset({"id", "_id", "productId", "objid", "type", "product", "operation"})


# Not `validate`: an account whose name changes between two calls is another account.
ENDPOINTS = (
    "ping", "balance", "transactions", "catalog", "checkProduct",
    "placeOrder", "checkOrder", "list",
)  # fmt: skip


def turn_hostile(vendor: Sandbox) -> None:
    """Let the vendor say from now on what `poison` gave it."""
    for endpoint in ENDPOINTS:
        vendor.faults.add(Fault("hostile", endpoint=endpoint, times=0))


def inert(text: str) -> bool:
    """Tell whether text holds no control character but line breaks, and nothing unseen."""
    return all(char.isprintable() or char == "\n" for char in text)


class Escaping:
    """Encodes what no well-formed JSON holds: lone surrogates, as escapes."""

    def encode(self, body: object) -> bytes:
        return json.dumps(body, default=_number).encode()


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError


@pytest.fixture
def poison(monkeypatch):
    """Give the vendor strings to put before every text; each answer goes on where one ended."""

    def poisoned(strings, *, identifiers: bool = False) -> None:
        monkeypatch.setattr(fault_effects, "HOSTILE", cycle(strings))
        monkeypatch.setattr(responses, "_encoder", Escaping())
        if identifiers:
            every = fault_effects._TEXT_FIELDS | IDENTIFIERS
            monkeypatch.setattr(fault_effects, "_TEXT_FIELDS", every)

    return poisoned
