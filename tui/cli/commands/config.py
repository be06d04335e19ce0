"""`carddesk config`: where the settings are, what is in force and why, and a first file."""

from decimal import Decimal

from services.domain.errors import BadInput
from services.settings.api_key import names_a_file
from services.settings.load import FIELDS, Field, Settings, Value, names
from services.system.files import shown
from services.system.paths import Paths
from tui.cli.commands import config_init
from tui.cli.commands.config_init import OPTIONS, init
from tui.cli.context import AddCommand, Call
from tui.formats import as_text

WHAT = ("path", "show", "init", "profiles")


def declare(add: AddCommand) -> None:
    command = add("config", config, "where settings are, what is in force, and a first file")
    command.add_argument(
        "what",
        choices=WHAT,
        metavar="path|show|init|profiles",
        help="print the file's place; print every setting and its source; write a first file; "
        "name the profiles in it",
    )
    config_init.declare(command)


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
            return await init(call)
        case "profiles":
            return _profiles(call)
        case other:
            raise BadInput(f"config has no {other}")


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
