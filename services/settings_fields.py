"""Every setting, declared once: its type, default, range and what it is for."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal, cast, get_args, get_origin

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields as struct_fields

from services import customer_text
from services.base_url import proxy_url, vendor_url
from services.money import LARGEST

Value = bool | int | float | Decimal | str
Environment = Literal["production", "sandbox"]
Keyboard = Literal["qwerty", "azerty", "qwerty+ar", "azerty+ar"]
Language = Literal["fr", "ar", "en"]
Telling = Literal["off", "bell", "osc9", "tmux"]
TellingOf = Literal["everything", "trouble"]
Auto = Literal["auto", "on", "off"]

VENDOR_URL = "https://api.oneclickdz.com/v3"
LARGEST_DZD = int(LARGEST)


class About(Struct, frozen=True):
    """What a setting means and which values it takes.

    Attributes:
        doc: one sentence for the commented file and for `config show`, with the unit.
        low: the least number allowed, or None.
        high: the greatest number allowed, or None.
        check: returns a text value in its one form, or raises ValueError with the reason.
        private: the value is not repeated in error messages.
        lines: a text may have several lines.
    """

    doc: str
    low: float | None = None
    high: float | None = None
    check: Callable[[str], str] | None = None
    private: bool = False
    lines: bool = False


class Profile(Struct, frozen=True):
    """One account at the vendor: where it is, what it is, and where its key is kept."""

    name: str = "main"
    base_url: Annotated[
        str,
        About(
            "The vendor's API: https; http only to this machine.", check=vendor_url, private=True
        ),
    ] = VENDOR_URL
    environment: Annotated[
        Environment, About("What the key must be for; anything else stops the console.")
    ] = "production"
    key_file: Annotated[
        str,
        About("File with the API key alone on one line, mode 0600; relative to this folder."),
    ] = ""
    key_command: Annotated[
        str,
        About(
            "Command whose first line of output is the API key, run without a shell.", private=True
        ),
    ] = ""
    account_exclusive: Annotated[
        bool, About("true when every buyer of this account uses this journal.")
    ] = False
    read_only: Annotated[bool, About("true turns buying off; a READ-ONLY key forces it on.")] = (
        False
    )


class PurchaseSettings(Struct, frozen=True):
    """What one purchase may cost and how long an unknown is watched."""

    confirm_above: Annotated[
        Decimal, About("DZD; from this total on, the total is typed.", 0, LARGEST_DZD)
    ] = Decimal(20_000)
    max_total: Annotated[
        Decimal, About("DZD a purchase may cost at most; 0 = no limit.", 0, LARGEST_DZD)
    ] = Decimal(0)
    max_quantity: Annotated[
        int, About("Cards a purchase may hold at most; 0 = no limit.", 0, 100_000)
    ] = 0
    max_day: Annotated[
        Decimal, About("DZD this journal may spend in a day; 0 = no limit.", 0, LARGEST_DZD)
    ] = Decimal(0)
    settle_seconds: Annotated[
        int,
        About("Seconds an unanswered purchase is looked for; production: 60 or more.", 1, 3_600),
    ] = 180
    deadline_seconds: Annotated[
        int, About("Seconds the vendor has to answer a purchase.", 1, 300)
    ] = 60


class BoardSettings(Struct, frozen=True):
    """How the order board is kept current."""

    poll_seconds: Annotated[float, About("Seconds between two looks at open orders.", 5, 60)] = 6.0
    hours: Annotated[int, About("Hours of past orders on the board.", 1, 168)] = 24


class NetSettings(Struct, frozen=True):
    """How the vendor is reached."""

    max_requests_per_second: Annotated[float, About("Requests a second at most.", 0.1, 50)] = 5.0
    proxy: Annotated[
        str,
        About(
            "http:// or https:// proxy without a password; empty = none.",
            check=proxy_url,
            private=True,
        ),
    ] = ""


class UiSettings(Struct, frozen=True):
    """How the console looks and how long it shows what is worth money."""

    theme: Annotated[str, About("Colour theme; ansi follows the terminal's own colours.")] = "ansi"
    keyboard: Annotated[Keyboard, About("Layout whose keys are aliases.")] = "qwerty"
    reveal_seconds: Annotated[int, About("Seconds a card stays visible.", 1, 300)] = 20
    lock_minutes: Annotated[
        int, About("Idle minutes until all is hidden; 0 = never.", 0, 1_440)
    ] = 5
    copy: Annotated[bool, About("false turns copying cards to the clipboard off.")] = True
    privacy: Annotated[
        bool, About("true starts with prices, balance and codes hidden; the key d shows them.")
    ] = False
    mouse: Annotated[bool, About("false leaves the mouse to the terminal.")] = True
    ascii: Annotated[
        Auto, About("on draws lines and signs in ASCII; auto does on a Linux console.")
    ] = "auto"
    slow_line: Annotated[
        Auto, About("Thin line mode, few bytes; auto turns it on when the round trip is long.")
    ] = "auto"
    low_balance: Annotated[
        Decimal, About("DZD; below this the balance is shown as low.", 0, LARGEST_DZD)
    ] = Decimal(5_000)
    markup_percent: Annotated[
        Decimal, About("Per cent on top of wholesale for the prices of privacy mode.", 0, 1_000)
    ] = Decimal(5)
    customer_language: Annotated[
        Language, About("Language of the text that a customer is given with a card.")
    ] = "fr"
    customer_template: Annotated[
        str,
        About(
            "A text of your own for customers: {code} {serial} {product} {denomination} {order} "
            "{note}.",
            check=customer_text.check,
            lines=True,
        ),
    ] = ""
    tell: Annotated[
        Telling,
        About("How this console calls you: the terminal's bell, its notification, or tmux."),
    ] = "off"
    tell_of: Annotated[
        TellingOf,
        About("What it calls you for; trouble leaves out orders that ended."),
    ] = "everything"


class Settings(Struct, frozen=True):
    """Everything that can be set, for one chosen profile.

    Attributes:
        keys: action id to the keys that replace its own, `key,key`.
        sources: setting (`purchase.settle_seconds`) to where its value came from: `default`,
            `config.toml`, `--profile`, `--sandbox` or the name of an environment variable.
    """

    profile: Profile = Profile()
    purchase: PurchaseSettings = PurchaseSettings()
    board: BoardSettings = BoardSettings()
    net: NetSettings = NetSettings()
    ui: UiSettings = UiSettings()
    keys: dict[str, str] = {}
    sources: dict[str, str] = {}


class Field(Struct, frozen=True):
    """One row of the reference: a setting, where it stands, and what it takes."""

    section: str
    name: str
    kind: type[Value]
    default: Value
    about: About
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return `section.name`, the key of `Settings.sources`."""
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        """Return the environment variable that overrides the file."""
        section = "" if self.section == "profile" else f"{self.section}_"
        return f"CARDDESK_{section}{self.name}".upper()

    @property
    def allowed(self) -> str:
        """Say in words which values this setting takes."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.kind is bool:
            return "true or false"
        if self.kind is str:
            return r"text, \n between lines" if self.about.lines else "text on one line"
        word = "a whole number" if self.kind is int else "a number"
        return f"{word} from {self.about.low or 0:,g} to {self.about.high or 0:,.0f}".replace(
            ",", " "
        )


SECTIONS: dict[str, type[Struct]] = {
    "profile": Profile,
    "purchase": PurchaseSettings,
    "board": BoardSettings,
    "net": NetSettings,
    "ui": UiSettings,
}


def _declared(section: str, struct: type[Struct]) -> tuple[Field, ...]:
    found: list[Field] = []
    for info in struct_fields(struct):
        if get_origin(info.type) is not Annotated or info.default is NODEFAULT:
            continue
        plain, about = get_args(info.type)
        choices = cast("tuple[str, ...]", get_args(plain)) if get_origin(plain) is Literal else ()
        kind = cast("type[Value]", str if choices else plain)
        found.append(Field(section, info.name, kind, info.default, about, choices))
    return tuple(found)


FIELDS: tuple[Field, ...] = tuple(
    field for section, struct in SECTIONS.items() for field in _declared(section, struct)
)
