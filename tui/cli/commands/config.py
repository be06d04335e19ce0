"""`carddesk config`: where the settings are, what is in force and why, and a first file."""

import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import cast, get_args

from msgspec import Struct
from msgspec.structs import replace

from services.domain.book import LinkState
from services.domain.errors import BadInput, ConfigError
from services.domain.models import KeyInfo
from services.domain.secrets import Secret
from services.domain.status_text import link_words
from services.domain.text import clean
from services.settings import first_run
from services.settings.api_key import api_key, names_a_file
from services.settings.fields import Keyboard
from services.settings.load import FIELDS, Field, Profile, Settings, Value, environment, load, names
from services.settings.route import route
from services.settings.urls import vendor_url
from services.system.clock import SystemClock
from services.system.files import shown
from services.system.paths import Paths
from tui.cli import argument_types, prompts
from tui.cli.context import AddCommand, Call
from tui.formats import as_text

KEYBOARDS = cast("tuple[Keyboard, ...]", get_args(Keyboard))
LONGEST_KEY = 4_096
LEFT = "Nothing was written."
OPTIONS = ("base_url", "keyboard", "exclusive", "key_stdin", "key_command", "later")


class ProfileAnswers(Struct, frozen=True):
    """What the first settings are to say, but for the key."""

    name: str
    base_url: str
    keyboard: Keyboard
    exclusive: bool


def declare(add: AddCommand) -> None:
    command = add("config", config, "where settings are, what is in force, and a first file")
    argument_types.add_what(
        command,
        "path|show|init|profiles",
        "print the file's place; print every setting and its source; write a first file; "
        "name the profiles in it",
        required=True,
    )
    group = command.add_argument_group("init without questions")
    group.add_argument("--base-url", metavar="URL", help="the vendor's address, if not the usual")
    group.add_argument("--keyboard", choices=KEYBOARDS, help="the operator's keyboard")
    group.add_argument(
        "--exclusive", choices=("yes", "no"), help="does only this carddesk buy with the account?"
    )
    key = group.add_mutually_exclusive_group()
    key.add_argument("--key-stdin", action="store_true", help="read the API key from stdin")
    key.add_argument("--key-command", metavar="CMD", help="a command that prints the API key")
    key.add_argument("--later", action="store_true", help="no key yet: only write the settings")


async def config(call: Call) -> int:
    """Do what was asked for; only `init` writes, and never over a file that is there."""
    if call.args.what != "init" and any(getattr(call.args, name) for name in OPTIONS):
        raise BadInput(f"config {call.args.what} takes no options of config init")
    match call.args.what:
        case "path":
            return _path(call)
        case "show":
            return _show(call)
        case "init":
            return await _init(call)
        case _:
            return _profiles(call)


def _path(call: Call) -> int:
    paths = call.paths
    places = {
        "config_file": paths.config_file,
        "state_dir": paths.state_dir,
        "cache_dir": paths.cache_dir,
        "log_file": paths.log_file,
    }
    call.out.data({name: str(place) for name, place in places.items()}, shown(paths.config_file))
    return 0


def _show(call: Call) -> int:
    settings = call.settings()
    call.check_keys(settings)
    rows = [
        (field.key, settings.sources.get(field.key, "default"), _value(settings, field, call.paths))
        for field in FIELDS
    ]
    rows += [(f"keys.{action}", "config.toml", keys) for action, keys in settings.keys.items()]
    rows += [(f"names.{name}", "config.toml", title) for name, title in settings.names.items()]
    call.out.say(f"Profile {settings.profile.name}. The API key is never shown.")
    call.out.data(
        {name: {"value": value, "source": source} for name, source, value in rows},
        as_text.table(
            ("SETTING", "SOURCE", "VALUE"),
            [(name, source, _worded(value)) for name, source, value in rows],
        ),
    )
    return 0


def _profiles(call: Call) -> int:
    found = names(call.paths)
    call.out.data(list(found), "\n".join(found))
    return 0


def _value(settings: Settings, field: Field, paths: Paths) -> object:
    value: Value = getattr(getattr(settings, field.section), field.name)
    if field.key == "profile.key_file" and value and not names_a_file(settings.profile, paths):
        return "(set to what is no file, not shown)"
    if value and field.private and field.check is None:
        return "(set, not shown)"
    return str(value) if isinstance(value, Decimal) else value


def _worded(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _init(call: Call) -> int:
    """Ask or take the options, check the key with the vendor, then write; else write nothing."""
    if call.args.sandbox:
        raise BadInput("The sandbox needs no settings", advice="Run: carddesk --sandbox")
    if not first_run.are_missing(call.paths):
        raise BadInput(
            f"There is a settings file already: {shown(call.paths.config_file)}",
            advice="It was left as it is.",
        )
    asks = not (call.args.key_stdin or call.args.key_command or call.args.later)
    wanted = await _asked(call) if asks else _given(call)
    profile = Profile(
        name=wanted.name,
        base_url=wanted.base_url,
        key_file="" if call.args.key_command else f"{wanted.name}.key",
        key_command=call.args.key_command or "",
        account_exclusive=wanted.exclusive,
    )
    key: Secret | None = None
    if not call.args.later:
        key = await _key(call, profile)
        info = await _checked(call, profile, key)
        profile = replace(profile, environment=environment(info.environment))
    kept = key if profile.key_file else None
    path = first_run.write(call.paths, profile, kept, wanted.keyboard)
    _tell(call, profile, kept)
    call.out.data({"config_file": str(path)}, shown(path))
    return 0


def _given(call: Call) -> ProfileAnswers:
    usual = load(call.paths, call.environ)
    return ProfileAnswers(
        first_run.new_name(call.paths, call.args.profile or usual.profile.name),
        _address(call.args.base_url or usual.profile.base_url),
        call.args.keyboard or usual.ui.keyboard,
        call.args.exclusive == "yes",
    )


async def _asked(call: Call) -> ProfileAnswers:
    usual = _given(call)
    call.out.say("A first profile. Enter alone takes what stands in brackets; ctrl+c leaves.")
    args = call.args

    def name(text: str) -> str:
        return first_run.new_name(call.paths, text)

    return ProfileAnswers(
        args.profile
        or await _question(call, f"Name of this account [{usual.name}]: ", name)
        or usual.name,
        usual.base_url
        if args.base_url
        else await _question(call, f"Address of the vendor [{usual.base_url}]: ", _address)
        or usual.base_url,
        args.keyboard
        or cast(
            "Keyboard",
            await _question(call, f"Keyboard, {', '.join(KEYBOARDS)} [qwerty]: ", _keyboard),
        )
        or usual.keyboard,
        usual.exclusive
        if args.exclusive
        else await _question(
            call,
            "Does only this carddesk buy with the account, no website, script or other machine? "
            "A purchase that was not answered for then settles by itself. yes or no [no]: ",
            _yes_or_no,
        )
        == "yes",
    )


async def _question(call: Call, question: str, check: Callable[[str], str]) -> str:
    """Ask until the answer can be used; an empty one leaves the choice to the caller."""
    while True:
        line = await _line(question, hidden=False)
        if not line.strip():
            return ""
        try:
            return check(line.strip())
        except (BadInput, ConfigError) as refused:
            call.out.say(refused.sentence())


async def _line(question: str, *, hidden: bool) -> str:
    try:
        line = await prompts.ask(question, hidden=hidden)
    except BadInput:
        raise BadInput(
            "config init asks questions, and there is no terminal to ask at",
            advice="Give --key-stdin, --key-command CMD or --later; see carddesk config --help.",
        ) from None
    if line is None:
        raise BadInput("Left", advice=LEFT)
    return line.reveal()


async def _key(call: Call, profile: Profile) -> Secret:
    if profile.key_command:
        return api_key(profile, call.paths, {**call.environ, "CARDDESK_API_KEY": ""})
    if call.args.key_stdin:
        return first_run.new_key(sys.stdin.readline(LONGEST_KEY))
    return first_run.new_key(await _line("API key (not shown): ", hidden=True))


async def _checked(call: Call, profile: Profile, key: Secret) -> KeyInfo:
    from services.desk.key_check import KeyCheck

    way = route(load(call.paths, call.environ).net, call.paths)
    info = await KeyCheck(link=partial(_narrate, call)).ask(profile.base_url, key, way)
    may = "may buy" if info.can_buy else f"only looks ({clean(info.scope)})"
    call.out.say(
        f"The vendor knows this key: {clean(info.username)}, {clean(info.environment)}, {may}."
    )
    return info


def _narrate(call: Call, link: LinkState) -> None:
    if sentence := link_words(link, SystemClock().now()):
        call.out.say(sentence)


def _tell(call: Call, profile: Profile, kept: Secret | None) -> None:
    place = shown(first_run.key_file(call.paths, profile.name))
    if kept is not None:
        call.out.say(f"Written. The key is in {place}, readable by you alone. Next: carddesk")
    elif profile.key_file:
        call.out.say(
            f"Written. Put the API key alone on one line in {place}, chmod 600 it, "
            "and try: carddesk doctor"
        )
    else:
        call.out.say("Written; the key stays where its command finds it. Next: carddesk")


def _address(text: str) -> str:
    try:
        return vendor_url(text)
    except ValueError as bad:
        raise BadInput(f"This address cannot be used: {bad}") from None


def _keyboard(text: str) -> str:
    if text in KEYBOARDS:
        return text
    raise BadInput(f"A keyboard is one of {', '.join(KEYBOARDS)}")


def _yes_or_no(text: str) -> str:
    if text.lower() in ("y", "yes"):
        return "yes"
    if text.lower() in ("n", "no"):
        return "no"
    raise BadInput("Answer yes or no")
