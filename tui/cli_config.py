"""`carddesk config`: where the settings are, what holds and why, and a first file."""

from decimal import Decimal

from services.errors import BadInput
from services.paths import shown
from services.settings import FIELDS, Field, Settings, Value, init
from services.settings_file import FIRST
from tui import plain
from tui.cli_call import AddCommand, Call

WHAT = ("path", "show", "init")


def declare(add: AddCommand) -> None:
    """Declare the command and what it can do."""
    command = add("config", config, "where settings are, what holds, and a first file")
    command.add_argument(
        "what",
        choices=WHAT,
        metavar="path|show|init",
        help="print the file's place; print every setting and its source; write a first file",
    )


async def config(call: Call) -> int:
    """Do what was asked for; only `init` writes, and never over a file that is there."""
    match call.args.what:
        case "path":
            return _path(call)
        case "show":
            return _show(call)
        case "init":
            return _init(call)
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
    rows = [
        (field.key, settings.sources.get(field.key, "default"), _value(settings, field))
        for field in FIELDS
    ]
    rows += [(f"keys.{action}", "config.toml", keys) for action, keys in settings.keys.items()]
    call.out.say(f"Profile {settings.profile.name}. The API key is never shown.")
    call.out.data(
        {name: {"value": value, "source": source} for name, source, value in rows},
        plain.table(
            ("SETTING", "SOURCE", "VALUE"),
            [(name, source, _worded(value)) for name, source, value in rows],
        ),
    )
    return 0


def _init(call: Call) -> int:
    if call.args.profile or call.args.sandbox:
        raise BadInput("config init writes the first profile: no --profile, no --sandbox")
    written = init(call.paths)
    key_file = call.paths.config_dir / FIRST.key_file
    call.out.say(
        f"Written. Put the API key alone on one line in {shown(key_file)}, chmod 600 it, "
        "and try: carddesk doctor"
    )
    call.out.data({"config_file": str(written)}, shown(written))
    return 0


def _value(settings: Settings, field: Field) -> object:
    value: Value = getattr(getattr(settings, field.section), field.name)
    if value and field.about.private and field.about.check is None:
        return "(set, not shown)"
    return str(value) if isinstance(value, Decimal) else value


def _worded(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
