"""The man page, written from the parser of the command line and its examples."""

import re

from services.settings_fields import FIELDS
from tui import cli_arguments, cli_examples, command_tree
from tui.command_tree import Argument, Command
from tui.version import VERSION

ABOUT = """\
The console of a desk that buys gift cards and digital products from OneClickDz and resells them.
Prices are in Algerian dinar (DZD). Without a command it opens the console on this terminal; there
.B ?
lists the keys and
.B :
every command.
.PP
The vendor takes no idempotency key, and an order is final. carddesk writes what is about to
be bought into its journal before it sends it, sends it once, and finds out from the vendor's own
list what became of an order that nobody answered for. Such a purchase is called UNRESOLVED:
.B do not buy it again;
run
.B carddesk resolve
or press
.B u
in the console.
.PP
Data goes to standard output, what is told beside it to standard error. With
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
    ("7", "Placed, but not final within the wait."),
)


def page() -> str:
    """Return the man page in the language of `man`."""
    root, *others = command_tree.commands(cli_arguments.parser())
    shared = {argument.names for argument in root.options} | {("-h", "--help")}
    lines = [f'.TH CARDDESK 1 "" "carddesk {VERSION}" "User commands"']
    lines += [
        ".SH NAME",
        "carddesk \\- a desk that buys gift cards from OneClickDz, and never twice",
    ]
    lines += [
        ".SH SYNOPSIS",
        ".B carddesk",
        "[\\fIOPTION\\fR]... [\\fICOMMAND\\fR [\\fIARGUMENT\\fR]...]",
    ]
    lines += [".SH DESCRIPTION", ABOUT]
    lines += [".SH OPTIONS", "They may stand before or after the command."]
    lines += [line for option in root.options for line in _argument(option)]
    lines += [".SH COMMANDS"]
    for command in others:
        lines += _command(command, shared)
    lines += [".SH EXIT STATUS"]
    lines += [line for code, what in STATUS for line in (".TP", f".B {code}", _text(what))]
    lines += [".SH ENVIRONMENT"]
    lines += [".TP", ".B CARDDESK_API_KEY", "The API key. It leaves the environment at the start."]
    lines += [".TP", ".B CARDDESK_OPERATOR", "Who is at the desk, for the journal; else the login."]
    lines += [".TP", ".B CARDDESK_PROFILE", "The profile to use; \\-\\-profile overrides it."]
    lines += [".TP", ".B NO_COLOR", "Set to anything: no colours."]
    lines += [".PP", "Each setting has a variable of its own:"]
    for field in FIELDS:
        lines += [".TP", f".B {_text(field.variable)}", _text(field.about.doc)]
    lines += [".SH FILES", FILES, ".SH EXAMPLES", *_examples("")]
    return "\n".join([*lines, ""])


def _command(command: Command, shared: set[tuple[str, ...]]) -> list[str]:
    own = [option for option in command.options if option.names not in shared]
    words = " ".join(f"\\fI{_text(word.value)}\\fR" for word in command.words)
    purpose = _text(command.purpose)
    lines = [f".SS \\fBcarddesk {command.name}\\fR {words}".rstrip()]
    lines += [f"{purpose[:1].upper()}{purpose[1:]}."]
    for argument in (*command.words, *own):
        if argument.help:
            lines += _argument(argument)
    return lines + _examples(command.name)


def _argument(argument: Argument) -> list[str]:
    names = ", ".join(f"\\fB{_text(name)}\\fR" for name in argument.names)
    value = f"\\fI{_text(argument.value)}\\fR" if argument.value else ""
    return [".TP", f"{names} {value}".strip(), _text(argument.help)]


def _examples(name: str) -> list[str]:
    rows = cli_examples.EXAMPLES.get(name, ())
    return [
        part for line, what in rows for part in (".PP", f".EX\n{_text(line)}\n.EE", _text(what))
    ]


def _text(words: str) -> str:
    """Return words that troff shows as they are."""
    words = words.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", words)
