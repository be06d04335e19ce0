"""Every setting, declared once: its type, default, range and what it is for."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from msgspec import Meta, Struct
from msgspec.structs import fields as struct_fields
from msgspec.structs import replace

from services.domain import receipt
from services.domain.money import LARGEST, NO_CATEGORIES, NO_RULES, PriceRule, Prices, RuleKey
from services.settings.urls import proxy_url, vendor_url

if TYPE_CHECKING:
    from services.domain.models import Catalog

Value = bool | int | float | Decimal | str
Environment = Literal["production", "sandbox"]
Keyboard = Literal["qwerty", "azerty", "qwerty+ar", "azerty+ar"]
Language = Literal["fr", "ar", "en"]
Telling = Literal["off", "bell", "osc9", "tmux"]
TellingOf = Literal["everything", "trouble"]
Auto = Literal["auto", "on", "off"]
Separator = Literal["comma", "semicolon", "tab"]
DecimalSign = Literal["point", "comma"]

VENDOR_URL = "https://api.oneclickdz.com/v3"
LARGEST_DZD = int(LARGEST)


def _doc(description: str, ge: float | None = None, le: float | None = None, **extra: Any) -> Meta:
    """Describe a setting: one sentence with the unit, its range, and what `Field` says of it."""
    return Meta(description=description, ge=ge, le=le, extra=extra)


def _command(text: str) -> str:
    try:
        shlex.split(text)
    except ValueError:
        raise ValueError("it has a quote that is never closed") from None
    return text


class Profile(Struct, frozen=True):
    """One account at the vendor: where it is, what it is, and where its key is kept."""

    name: str = "main"
    base_url: Annotated[
        str,
        _doc("The vendor's API: https; http only to this machine.", check=vendor_url, private=True),
    ] = VENDOR_URL
    environment: Annotated[
        Environment, _doc("What the key must be for; anything else stops the console.")
    ] = "production"
    key_file: Annotated[
        str, _doc("File with the API key alone on one line, mode 0600; relative to this folder.")
    ] = ""
    key_command: Annotated[
        str,
        _doc(
            "Command whose first line of output is the API key, run without a shell.", private=True
        ),
    ] = ""
    account_exclusive: Annotated[
        bool, _doc("true when every buyer of this account uses this journal.")
    ] = False
    read_only: Annotated[bool, _doc("true turns buying off; a READ-ONLY key forces it on.")] = False
    journal: Annotated[
        str,
        _doc(
            "The team's PostgreSQL, postgresql://user@host/database; empty = a file on this host.",
            private=True,
        ),
    ] = ""
    journal_passfile: Annotated[
        str, _doc("File with the password of the journal's server, as libpq has it, mode 0600.")
    ] = ""
    journal_ca: Annotated[
        str, _doc("File with the CA of the journal's server; empty = the system's own.")
    ] = ""


class PurchaseSettings(Struct, frozen=True):
    """What one purchase may cost and how long an unknown is watched."""

    confirm_above: Annotated[
        Decimal, _doc("DZD; from this total on, the total is typed.", 0, LARGEST_DZD)
    ] = Decimal(20_000)
    max_total: Annotated[
        Decimal, _doc("DZD a purchase may cost at most; 0 = no limit.", 0, LARGEST_DZD)
    ] = Decimal(0)
    max_quantity: Annotated[
        int, _doc("Cards a purchase may hold at most; 0 = no limit.", 0, 100_000)
    ] = 0
    max_day: Annotated[
        Decimal, _doc("DZD this journal may spend in a day; 0 = no limit.", 0, LARGEST_DZD)
    ] = Decimal(0)
    settle_seconds: Annotated[
        int, _doc("Seconds an unanswered purchase is looked for; production: 60 or more.", 1, 3_600)
    ] = 180
    deadline_seconds: Annotated[
        int, _doc("Seconds the vendor has to answer a purchase.", 1, 300)
    ] = 60


class BoardSettings(Struct, frozen=True):
    """How the order board is kept current."""

    poll_seconds: Annotated[float, _doc("Seconds between two looks at open orders.", 5, 60)] = 6.0
    hours: Annotated[int, _doc("Hours of past orders on the board.", 1, 168)] = 24


class NetSettings(Struct, frozen=True):
    """How the vendor is reached."""

    max_requests_per_minute: Annotated[
        int,
        _doc("Requests a minute of the key on this host; 0 = 60 in sandbox, else 120.", 0, 6_000),
    ] = 0
    max_requests_per_second: Annotated[
        float, _doc("Requests a second at most that are polling and the like.", 0.1, 50)
    ] = 5.0
    proxy: Annotated[
        str,
        _doc(
            "http:// or https:// proxy without a password; empty = none.",
            check=proxy_url,
            private=True,
        ),
    ] = ""
    proxy_auth_file: Annotated[
        str, _doc("File with the proxy's NAME:PASSWORD on one line, mode 0600.")
    ] = ""
    ca_file: Annotated[
        str, _doc("File with your company's own CA, trusted beside the public ones.")
    ] = ""


class ExportSettings(Struct, frozen=True):
    """How a list is written as CSV; `export --excel` needs none of it."""

    separator: Annotated[
        Separator, _doc("Between columns; French spreadsheets want the semicolon.")
    ] = "comma"
    decimal: Annotated[
        DecimalSign, _doc("Before the centimes; French spreadsheets want the comma.")
    ] = "point"
    bom: Annotated[
        bool, _doc("true begins with a byte-order mark, by which Excel knows UTF-8.")
    ] = False


class UiSettings(Struct, frozen=True):
    """How the console looks and how long it shows what is worth money."""

    theme: Annotated[
        str, _doc("Colour theme; auto goes with the terminal's background, ansi with its colours.")
    ] = "auto"
    keyboard: Annotated[Keyboard, _doc("Layout whose keys are aliases.")] = "qwerty"
    reveal_seconds: Annotated[int, _doc("Seconds a card stays visible.", 1, 300)] = 20
    reveal_when_ready: Annotated[
        bool, _doc("true shows the first card as soon as it is here, while its ticket is in front.")
    ] = False
    lock_minutes: Annotated[int, _doc("Idle minutes until all is hidden; 0 = never.", 0, 1_440)] = 5
    copy: Annotated[bool, _doc("false turns copying cards to the clipboard off.")] = True
    privacy: Annotated[
        bool, _doc("true starts with prices, balance and codes hidden; the key d shows them.")
    ] = False
    mouse: Annotated[bool, _doc("false leaves the mouse to the terminal.")] = True
    ascii: Annotated[
        Auto, _doc("on draws signs in ASCII; auto does where the terminal cannot draw them.")
    ] = "auto"
    slow_line: Annotated[
        Auto, _doc("Slow line mode, few bytes; auto turns it on when the round trip is long.")
    ] = "auto"
    low_balance: Annotated[
        Decimal, _doc("DZD; below this the balance is shown as low.", 0, LARGEST_DZD)
    ] = Decimal(5_000)
    markup_percent: Annotated[
        Decimal, _doc("Per cent on top of the cost: what the customer pays.", 0, 1_000)
    ] = Decimal(5)
    round_prices: Annotated[
        int, _doc("DZD; prices are rounded up to a multiple of it: 1, 5, 10, 50.", 1, 1_000)
    ] = 1
    mark_on_hand_over: Annotated[
        bool,
        _doc("A copied or written text marks its order as handed over; false leaves it to m."),
    ] = True
    customer_language: Annotated[
        Language, _doc("Language of the text that a customer is given with a card.")
    ] = "fr"
    customer_template: Annotated[
        str,
        _doc(
            "Text: {code} {serial} {goods} {order} {date} {price} {region} {hint} {note} and more.",
            check=receipt.check,
            lines=True,
        ),
    ] = ""
    print_command: Annotated[
        str,
        _doc(
            "Program that prints the text on its standard input, run without a shell; empty: none.",
            private=True,
            check=_command,
        ),
    ] = ""
    print_columns: Annotated[
        int, _doc("Characters in a line of the printer: 32 or 48 on a roll.", 20, 132)
    ] = 48
    print_qr: Annotated[bool, _doc("true prints a QR code of each code below the text.")] = True
    tell: Annotated[
        Telling, _doc("How this console calls you: the terminal's bell, its notification, or tmux.")
    ] = "off"
    tell_of: Annotated[
        TellingOf, _doc("What it calls you for; trouble leaves out orders that ended.")
    ] = "everything"
    tell_command: Annotated[
        str,
        _doc(
            "Program that gets what happened as JSON on its input, without a shell; empty: none.",
            private=True,
            check=_command,
        ),
    ] = ""
    tell_customer: Annotated[
        bool, _doc("true adds the customer's name to what tell_command gets.")
    ] = False


class HousePrices(Struct, frozen=True):
    """What `prices.toml` says; `ui.markup_percent` and `ui.round_prices` hold for all else.

    Attributes:
        floor_percent: the least margin in per cent of a price.
        rules: what is said of categories, products and values.
        categories: the titles of categories by the ids of their products, as far as known.
        lines: the line of the file on which a rule begins.
        notices: what is wrong in it, each with its line and what holds instead, in sentences.
    """

    floor_percent: Decimal = Decimal(0)
    rules: Mapping[RuleKey, PriceRule] = NO_RULES
    categories: Mapping[str, str] = NO_CATEGORIES
    lines: Mapping[RuleKey, int] = MappingProxyType({})
    notices: tuple[str, ...] = ()

    @property
    def by_category(self) -> bool:
        """Whether a price depends on the category of its product."""
        return any(kind == "category" for kind, *_ in self.rules)


class Settings(Struct, frozen=True):
    """Everything that can be set, for one chosen profile.

    Attributes:
        keys: action id to the keys that replace its own, `key,key`.
        names: what people call a product, to a part of its title.
        house: the prices of the house, from `prices.toml`.
        sources: setting (`purchase.settle_seconds`) to where its value came from: `default`,
            `config.toml`, `--profile`, `--sandbox` or the name of an environment variable.
    """

    profile: Profile = Profile()
    purchase: PurchaseSettings = PurchaseSettings()
    board: BoardSettings = BoardSettings()
    net: NetSettings = NetSettings()
    export: ExportSettings = ExportSettings()
    ui: UiSettings = UiSettings()
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    house: HousePrices = HousePrices()
    sources: dict[str, str] = {}

    @property
    def prices(self) -> Prices:
        """How this desk makes the prices that its customers pay."""
        ui, house = self.ui, self.house
        return Prices(
            ui.markup_percent, ui.round_prices, house.floor_percent, house.rules, house.categories
        )

    def priced_by(self, catalog: "Catalog | None") -> "Settings":
        """Return the settings with the categories of a catalogue, if a price depends on them."""
        if catalog is None or not self.house.by_category:
            return self
        categories = {p.id: c.title.casefold() for c in catalog.categories for p in c.products}
        return replace(self, house=replace(self.house, categories=categories))


class Field(Struct, frozen=True):
    """One row of the reference: a setting, where it is, and what it takes.

    Attributes:
        section: its section of the file; `profile` for what a profile has.
        name: its name there.
        default: the value where none is given.
        kind: the type of its values; a choice is text.
        declared: the type as it is declared, with the range that `msgspec.convert` checks.
        doc: one sentence for the commented file and for `config show`, with the unit.
        low: the least number allowed.
        high: the greatest number allowed.
        choices: the values there are, where they can be counted.
        check: returns a text value in its one form, or raises ValueError with the reason.
        private: the value is not repeated in error messages.
        lines: a text may have several lines.
    """

    section: str
    name: str
    default: Value
    kind: type[Value]
    declared: Any
    doc: str
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    check: Callable[[str], str] | None = None
    private: bool = False
    lines: bool = False

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
            return r"text, \n between lines" if self.lines else "text on one line"
        word = "a whole number" if self.kind is int else "a number"
        return f"{word} from {self.low:,g} to {self.high:,.0f}".replace(",", " ")


SECTIONS: dict[str, type[Struct]] = {
    info.name: info.type
    for info in struct_fields(Settings)
    # The prices of the house are a file of their own.
    if isinstance(info.default, Struct) and info.type is not HousePrices
}


def _declared(section: str) -> Iterator[Field]:
    for info in struct_fields(SECTIONS[section]):
        if get_origin(info.type) is Annotated:
            plain, about = get_args(info.type)
            choices = get_args(plain)
            yield Field(
                section,
                info.name,
                info.default,
                kind=str if choices else plain,
                declared=info.type,
                doc=about.description,
                low=about.ge or 0,
                high=about.le or 0,
                choices=choices,
                **about.extra,
            )


FIELDS: tuple[Field, ...] = tuple(field for section in SECTIONS for field in _declared(section))
