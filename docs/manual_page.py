"""The man page, written from the parser of the command line and its examples."""

from argparse import SUPPRESS, ArgumentParser, HelpFormatter
from collections.abc import Iterable
from copy import deepcopy
from functools import partial

from argparse_manpage.manpage import Manpage

from services.settings.fields import FIELDS
from tui.cli.arguments import actions, commands
from tui.cli.arguments import parser as command_line
from tui.cli.examples import EXAMPLES
from tui.version import VERSION

ABOUT = """\
.nh
The console of a desk that buys gift cards and digital products from OneClickDz and resells them.
Prices are in Algerian dinar (DZD). Without a command it opens the console on this terminal; there
.B ?
lists the keys and
.B :
every command.
.PP
The vendor takes no idempotency key, and an order is final. carddesk writes what is about to
be bought into its journal before it sends it, sends it once, and finds out from the vendor's own
list what became of an order without an answer. Such a purchase is called UNRESOLVED:
.B do not buy it again;
run
.B carddesk resolve
or press
.B u
in the console.
.PP
Data goes to standard output, what is said beside it to standard error. With
.B \\-\\-json
the answer is JSON: money is a string, times are ISO 8601 in UTC."""

FILES = """\
.TP
.I ~/.config/carddesk/config.toml
The settings; see
.BR "carddesk config" .
.TP
.I ~/.config/carddesk/*.key
API keys, one a file, mode 0600.
.TP
.I ~/.local/state/carddesk/
The journal of each account, the log, exports. Mode 0700. Card codes are never written there, except
into files that you ask for.
.TP
.I ~/.cache/carddesk/
The catalogue of the last 24 hours.
.PP
XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_CACHE_HOME move them."""

STATUS = (
    ("0", "Done."),
    ("1", "A defect of carddesk; the log has a report."),
    ("2", "Bad input or configuration; nothing was sent."),
    ("3", "Refused by the vendor or by a limit; nothing was placed."),
    ("4", "UNRESOLVED: it may be placed. Run carddesk resolve; do not buy again."),
    ("5", "Nothing was placed: not sent, vendor unavailable, or settled as not placed."),
    ("6", "The API key was rejected."),
    (
        "7",
        "Placed, but not final within the wait; or codes asked for are not here yet.",
    ),
)


ENVIRONMENT = """\
.TP
.B CARDDESK_API_KEY
The API key. It leaves the environment at the start.
.TP
.B CARDDESK_OPERATOR
Who is at the desk, for the journal; else the login.
.TP
.B CARDDESK_PROFILE
The profile to use; \\-\\-profile overrides it.
.TP
.B NO_COLOR
Set to anything: no colours.
.PP
Each setting has a variable of its own:"""


def page() -> str:
    """Return the man page in the language of `man`."""
    parser = _alone(deepcopy(command_line()))
    manual = Manpage(parser, format="single-commands-section")
    manual.date, manual.source, manual.manual = "", f"carddesk {VERSION}", "User commands"
    manual.description = "a desk that buys gift cards from OneClickDz, and never twice"
    manual.add_section("description", ">", f"{ABOUT}\n")
    manual.add_section("exit status", ">", _terms(STATUS))
    settings = _terms((field.variable, field.doc) for field in FIELDS)
    manual.add_section("environment", ">", f"{ENVIRONMENT}\n{settings}")
    manual.add_section("files", ">", FILES)
    examples = [row for rows in EXAMPLES.values() for row in rows]
    manual.add_section("examples", ">", _terms(examples))
    return str(manual)


def _terms(rows: Iterable[tuple[str, str]]) -> str:
    """Return words in bold, each with what it means, as troff shows them."""
    lines = [line for word, what in rows for line in (".TP", f"\\fB{_text(word)}\\fR", _text(what))]
    return "\n".join(lines)


def _text(words: str) -> str:
    return words.replace("\\", "\\e").replace("-", "\\-")


def _alone(parser: ArgumentParser) -> ArgumentParser:
    """Leave out of each command what is said of all, and whatever depends on a terminal."""
    shared = {action.dest for action in actions(parser)}
    parser.epilog = None
    for command in commands(parser).values():
        command.formatter_class = partial(HelpFormatter, width=1_000)
        command.description = None
        for action in actions(command):
            if action.dest in shared:
                action.help = SUPPRESS
    return parser
