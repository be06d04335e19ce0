"""docs/settings.md, written from the fields of the settings and from the table of actions."""

from services.settings import fields
from services.settings.fields import FIELDS, SECTIONS, Field
from tui.actions.table import ACTIONS

HEAD = """\
# Settings

<!-- made by `make docs` from services/settings/fields.py and tui/actions/table.py -->

Settings are read once, at the start, from one TOML file: `carddesk config path` says where it is,
`carddesk config init` writes a first one with every setting in it as a comment, and
`carddesk config show` says what is in force now and where each value came from. A name that
carddesk does not know is an error that says which one is nearest. The console can change some for
the time it runs: `:` and the name of the setting. Nothing rewrites the file, so what you write in
it stays.

A variable overrides each setting. Which profile is used says `--profile`, else `CARDDESK_PROFILE`,
else `default_profile` at the top of the file. The API key itself is never in this file: it is read
from `CARDDESK_API_KEY`, from `key_file` or from `key_command`, in this order.
"""

KEYS = """
## `[keys]`

Other keys for an action: its id, then keys with commas between, such as `"pane.orders" = "3,O"`.
What is written here replaces the action's own keys; the aliases of `ui.keyboard` stay. An unknown
id is an error that names the nearest; two actions with the same key at one place are an error too.

| action id | keys | what |
| --- | --- | --- |
"""

NAMES = """
## `[names]`

Other names of products, beside those that carddesk knows (`psn`, `ff`, `gplay` ...): what people
type, then a part of the product's title, such as `"jeu feu" = "Free Fire"`. `/` in the catalogue
and `carddesk catalog QUERY` find the product by it. A name has 60 characters at most, and there are
500 at most.
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, *(_section(name) for name in SECTIONS), KEYS.rstrip("\n")]
    rows = [f"| `{each.id}` | `{each.keys}` | {each.title} |" for each in ACTIONS]
    return "\n".join([*parts, *rows, NAMES])


def _section(name: str) -> str:
    title = "[profiles.NAME]" if name == "profile" else f"[{name}]"
    purpose = (SECTIONS[name].__doc__ or "").strip().splitlines()[0]
    lines = [f"\n## `{title}`\n", purpose, ""]
    lines += ["| setting | default | takes | what it is for | variable |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    lines += [_row(field) for field in FIELDS if field.section == name]
    return "\n".join(lines)


def _row(field: Field) -> str:
    doc = field.doc.replace("|", "\\|")
    return (
        f"| `{field.name}` | {_default(field.default)} | {field.allowed} | {doc}"
        f" | `{field.variable}` |"
    )


def _default(value: fields.Value) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value != "" else "empty"
