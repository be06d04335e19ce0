"""Settings: defaults, file, variables; every mistake is named with its place and the way out."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from services.domain.errors import ConfigError
from services.settings.load import FIELDS, Settings, load, sandbox_settings
from services.system.paths import Paths

Write = Callable[[str], Path]


def refusal(paths: Paths, environ: dict[str, str] | None = None, profile: str = "") -> str:
    with pytest.raises(ConfigError) as refused:
        load(paths, environ or {}, profile)
    assert refused.value.exit_code == 2
    return refused.value.sentence()


def test_with_no_file_and_no_variable_the_defaults_hold(paths: Paths) -> None:
    settings = load(paths, {})
    assert settings.profile.name == "main"
    assert settings.profile.base_url == "https://api.oneclickdz.com/v3"
    assert settings.profile.environment == "production"
    assert settings.purchase.confirm_above == Decimal(20_000)
    assert settings.purchase.settle_seconds == 180
    assert settings.board.poll_seconds == 6
    assert set(settings.sources.values()) == {"default"}
    assert not paths.config_dir.exists()


def test_every_setting_of_every_section_can_be_written_in_the_file(
    paths: Paths, written: Write
) -> None:
    written(
        """
        default_profile = "shop"
        [profiles.shop]
        base_url = "https://vendor.example/v3/"
        environment = "sandbox"
        key_file = "shop.key"
        key_command = "pass show shop"
        account_exclusive = true
        read_only = true
        journal = "postgresql://amina@db.example/carddesk"
        journal_passfile = "main.pgpass"
        journal_ca = "db-ca.pem"
        [purchase]
        confirm_above = 1_500.50
        max_total = 90000
        max_quantity = 20
        max_day = 500000.0
        settle_seconds = 30
        deadline_seconds = 20
        [board]
        poll_seconds = 7.5
        hours = 48
        [net]
        max_requests_per_minute = 90
        max_requests_per_second = 2
        proxy = "http://proxy.example:3128"
        proxy_auth_file = "proxy.auth"
        ca_file = "company.pem"
        [export]
        separator = "semicolon"
        decimal = "comma"
        bom = true
        [ui]
        theme = "nord"
        keyboard = "azerty+ar"
        reveal_seconds = 10
        reveal_when_ready = true
        lock_minutes = 0
        copy = false
        privacy = true
        mouse = false
        ascii = "on"
        slow_line = "off"
        low_balance = 100
        markup_percent = 7.5
        round_prices = 10
        mark_on_hand_over = false
        customer_language = "en"
        customer_template = '''Code: {code}
Thank you'''
        print_command = "lp -d 'counter one'"
        print_columns = 32
        print_qr = false
        tell = "bell"
        tell_of = "trouble"
        tell_command = "call-me --now"
        tell_customer = true
        [keys]
        refresh = "f"
        nav.down = "j,n"
        "nav.up" = "k"
        """
    )
    settings = load(paths, {})
    assert settings.profile.name == "shop"
    assert settings.profile.base_url == "https://vendor.example/v3"
    assert settings.profile.account_exclusive is True
    assert settings.purchase.confirm_above == Decimal("1500.50")
    assert settings.purchase.max_day == Decimal(500_000)
    assert isinstance(settings.purchase.max_total, Decimal)
    assert settings.board.poll_seconds == 7.5
    assert isinstance(settings.net.max_requests_per_second, float)
    assert settings.ui.copy is False
    assert settings.ui.markup_percent == Decimal("7.5")
    assert settings.ui.customer_template == "Code: {code}\nThank you"
    assert settings.ui.tell == "bell"
    assert settings.keys == {"refresh": "f", "nav.down": "j,n", "nav.up": "k"}
    left_out = [f.key for f in FIELDS if settings.sources[f.key] != "config.toml"]
    assert not left_out, f"write these into the file above: {left_out}"


def test_every_field_is_documented_and_has_a_variable_of_its_own() -> None:
    assert len({field.variable for field in FIELDS}) == len(FIELDS)
    for field in FIELDS:
        assert field.doc.endswith(".")
        assert field.allowed
        if field.kind not in (bool, str):
            assert field.low is not None
            assert field.high is not None


def test_a_variable_overrides_the_file_and_is_named_as_the_source(
    paths: Paths, written: Write
) -> None:
    written('[profiles.main]\nenvironment = "production"\n[purchase]\nsettle_seconds = 90\n')
    environ = {
        "CARDDESK_ENVIRONMENT": "sandbox",
        "CARDDESK_BASE_URL": "http://127.0.0.1:9/v3",
        "CARDDESK_ACCOUNT_EXCLUSIVE": "yes",
        "CARDDESK_PURCHASE_SETTLE_SECONDS": "5",
        "CARDDESK_PURCHASE_MAX_DAY": "1200.50",
        "CARDDESK_UI_KEYBOARD": "azerty",
    }
    settings = load(paths, environ)
    assert settings.profile.environment == "sandbox"
    assert settings.profile.account_exclusive is True
    assert settings.purchase.settle_seconds == 5
    assert settings.purchase.max_day == Decimal("1200.50")
    assert settings.ui.keyboard == "azerty"
    assert settings.sources["purchase.settle_seconds"] == "CARDDESK_PURCHASE_SETTLE_SECONDS"
    assert settings.sources["profile.base_url"] == "CARDDESK_BASE_URL"
    assert settings.sources["profile.name"] == "config.toml"
    assert settings.sources["board.hours"] == "default"


def test_an_empty_variable_counts_as_unset(paths: Paths) -> None:
    settings = load(paths, {"CARDDESK_BASE_URL": "", "CARDDESK_UI_COPY": ""})
    assert settings.sources["ui.copy"] == "default"


@pytest.mark.parametrize(
    ("text", "unknown", "meant"),
    [
        ("[purchase]\nsettle_second = 5\n", "settle_second", "settle_seconds"),
        ("[profiles.main]\nbase_ur = 'x'\n", "base_ur", "base_url"),
        ("[profile.main]\n", "profile", "profiles"),
        ("[purchases]\n", "purchases", "purchase"),
        ("default_profil = 'a'\n", "default_profil", "default_profile"),
        ("[profiles.a]\n[profiles.b]\nread_onl = true\n", "read_onl", "read_only"),
    ],
)
def test_an_unknown_name_in_the_file_is_refused_with_the_nearest_one(
    paths: Paths, written: Write, text: str, unknown: str, meant: str
) -> None:
    written(text)
    said = refusal(paths)
    assert f" {unknown} " in said
    assert f"Did you mean {meant}?" in said


def test_a_misspelt_variable_is_refused_with_the_nearest_one(paths: Paths) -> None:
    said = refusal(paths, {"CARDDESK_PURCHASE_MAX_TOTL": "5"})
    assert said == (
        "There is no variable CARDDESK_PURCHASE_MAX_TOTL. Did you mean CARDDESK_PURCHASE_MAX_TOTAL?"
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[purchase]\nsettle_seconds = '180'", ("settle_seconds is '180'", "whole number from 1")),
        ("[purchase]\nsettle_seconds = 0", ("settle_seconds is 0", "1 to 3 600")),
        ("[purchase]\nsettle_seconds = 1.5", ("settle_seconds is 1.5", "a whole number")),
        ("[purchase]\nsettle_seconds = true", ("settle_seconds is true", "a whole number")),
        ("[purchase]\nmax_total = -1", ("max_total is -1", "from 0")),
        ("[purchase]\nmax_total = nan", ("max_total is NaN", "from 0")),
        ("[purchase]\nmax_total = inf", ("max_total is Infinity", "from 0")),
        ("[purchase]\nmax_total = 1e999999999999999999999", ("max_total is NaN", "from 0")),
        ("[purchase]\nmax_total = [1]", ("max_total is a list", "from 0")),
        ("[purchase]\nmax_total = 2024-01-01", ("max_total is a date", "from 0")),
        ("[board]\npoll_seconds = 4.9", ("poll_seconds is 4.9", "from 5 to 60")),
        ("[ui]\ncopy = 1", ("copy is 1", "true or false")),
        ("[ui]\ntheme = 5", ("theme is 5", "text")),
        ('[ui]\ntheme = "a\\u001b[2J"', ("theme is", "text on one line")),
        ("[ui]\nkeyboard = 'dvorak'", ("keyboard is 'dvorak'", "one of qwerty, azerty")),
        ("[profiles.main]\nenvironment = 'test'", ("environment is 'test'", "production, sandbox")),
        ("[profiles.main]\nbase_url = 'http://vendor.example'", ("base_url", "https://")),
        ("[keys]\nrefresh = 5", ("refresh", "must be keys as text")),
        ("[keys]\nnav.up = 'k'\n'nav.up' = 'l'", ("nav.up is set twice",)),
        ("purchase = 5", ("purchase must be a section",)),
        ("profiles = []", ("profiles must be a section",)),
        ("[profiles]\nmain = 5", ("profiles.main must be a section",)),
        ("default_profile = 5", ("default_profile must be text",)),
        ("[profiles.'a/b']", ("'a/b'", "letters, digits")),
    ],
)
def test_a_wrong_value_in_the_file_says_what_is_allowed_and_where_it_is(
    paths: Paths, written: Write, text: str, parts: tuple[str, ...]
) -> None:
    written(text)
    said = refusal(paths)
    assert "config.toml" in said
    for part in parts:
        assert part in said


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CARDDESK_PURCHASE_SETTLE_SECONDS", "abc"),
        ("CARDDESK_PURCHASE_SETTLE_SECONDS", "1.5"),
        ("CARDDESK_PURCHASE_SETTLE_SECONDS", "٥٥"),
        ("CARDDESK_PURCHASE_MAX_TOTAL", "nan"),
        ("CARDDESK_PURCHASE_MAX_TOTAL", "1e9"),
        ("CARDDESK_PURCHASE_MAX_TOTAL", "-5"),
        ("CARDDESK_BOARD_POLL_SECONDS", "600"),
        ("CARDDESK_READ_ONLY", "maybe"),
        ("CARDDESK_ENVIRONMENT", "live"),
        ("CARDDESK_UI_THEME", "a\nb"),
        ("CARDDESK_UI_THEME", "\udcff"),
        ("CARDDESK_BASE_URL", "http://vendor.example/v3"),
    ],
)
def test_a_wrong_value_in_a_variable_names_the_variable(
    paths: Paths, variable: str, value: str
) -> None:
    said = refusal(paths, {variable: value})
    assert said.startswith(f"{variable}: ")
    assert "unset" in said


def test_a_refused_url_proxy_or_command_is_never_repeated(paths: Paths) -> None:
    for variable in ("CARDDESK_BASE_URL", "CARDDESK_NET_PROXY"):
        assert "hunter2" not in refusal(paths, {variable: "https://me:hunter2@vendor.example"})
    assert "hunter2" not in refusal(paths, {"CARDDESK_KEY_COMMAND": "hunter2\n"})


def test_production_looks_for_an_unanswered_purchase_for_a_minute_at_least(
    paths: Paths, written: Write
) -> None:
    said = refusal(paths, {"CARDDESK_PURCHASE_SETTLE_SECONDS": "59"})
    assert "purchase.settle_seconds is 59 (CARDDESK_PURCHASE_SETTLE_SECONDS)" in said
    assert "60 or more in production" in said
    written("[profiles.main]\nenvironment = 'sandbox'\n[purchase]\nsettle_seconds = 5\n")
    assert load(paths, {}).purchase.settle_seconds == 5


def test_the_profile_is_the_one_asked_for_then_the_variable_then_the_default(
    paths: Paths, written: Write
) -> None:
    written('default_profile = "b"\n[profiles.a]\n[profiles.b]\n[profiles.c]\n')
    variable = {"CARDDESK_PROFILE": "c"}
    for settings, name, source in (
        (load(paths, variable, "a"), "a", "--profile"),
        (load(paths, variable), "c", "CARDDESK_PROFILE"),
        (load(paths, {}), "b", "config.toml"),
    ):
        assert settings.profile.name == name
        assert settings.sources["profile.name"] == source


def test_several_profiles_and_no_default_ask_for_a_choice(paths: Paths, written: Write) -> None:
    written("[profiles.a]\n[profiles.b]\n")
    assert "several profiles (a, b)" in refusal(paths)


def test_a_profile_that_is_not_there_is_refused_with_the_nearest_one(
    paths: Paths, written: Write
) -> None:
    assert "config init" in refusal(paths, {"CARDDESK_PROFILE": "shop"})
    written("[profiles.shop]\n[profiles.main]\n")
    said = refusal(paths, profile="shpo")
    assert "no profile shpo in config.toml (named by --profile)" in said
    assert "Did you mean shop?" in said


def test_names_from_outside_cannot_speak_to_the_terminal(paths: Paths, written: Write) -> None:
    written('"\\u001b]0;x\\u0007" = 1\n')
    assert "\x1b" not in refusal(paths)
    assert "\x1b" not in refusal(paths, profile="\x1b[2J")


def test_the_embedded_vendor_gets_settings_of_its_own_profile(paths: Paths, written: Write) -> None:
    written(
        "[profiles.main]\nread_only = true\nkey_command = 'pass'\n"
        "[net]\nproxy = 'http://proxy.example'\n[board]\nhours = 12\n"
    )
    settings = sandbox_settings(load(paths, {}), "http://127.0.0.1:4321/v3")
    assert settings.profile.name == "sandbox"
    assert settings.profile.base_url == "http://127.0.0.1:4321/v3"
    assert settings.profile.environment == "sandbox"
    assert settings.profile.account_exclusive is True
    assert settings.profile.key_command == ""
    assert settings.net.proxy == ""
    assert settings.board.hours == 12
    assert settings.sources["profile.base_url"] == "--sandbox"


def test_the_embedded_vendor_needs_no_profile_and_may_settle_quickly(
    paths: Paths, written: Write
) -> None:
    written("[profiles.a]\n[profiles.b]\n")
    settings: Settings = load(paths, {"CARDDESK_PURCHASE_SETTLE_SECONDS": "5"}, sandbox=True)
    assert settings.profile.environment == "sandbox"
    assert settings.purchase.settle_seconds == 5
    assert settings.sources["profile.name"] == "--sandbox"


@pytest.mark.parametrize(
    "written_as",
    [r'"{code}\nMerci"', r"'{code}\nMerci'", "'''{code}\nMerci'''"],
)
def test_a_template_has_lines_however_it_is_written(
    paths: Paths, written: Write, written_as: str
) -> None:
    written(f"[ui]\ncustomer_template = {written_as}\n")
    assert load(paths, {}).ui.customer_template == "{code}\nMerci"
    variable = {"CARDDESK_UI_CUSTOMER_TEMPLATE": r"Code: {code}\nMerci"}
    assert load(paths, variable).ui.customer_template == "Code: {code}\nMerci"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{cod}", "the nearest is {code}"),
        ("{serial}", "no {code}"),
        (r"{code}\u001b[2J", "must be text"),
    ],
)
def test_a_template_that_cannot_be_used_stops_the_start(
    paths: Paths, written: Write, template: str, words: str
) -> None:
    written(f'[ui]\ncustomer_template = "{template}"\n')
    assert words in refusal(paths)


def test_no_other_setting_has_lines(paths: Paths, written: Write) -> None:
    written('[ui]\ntheme = "ansi\\nlight"\n')
    assert "text on one line" in refusal(paths)


def test_other_names_of_products_are_read_and_checked(paths: Paths, written: Write) -> None:
    written('[names]\n"jeu feu" = "Free Fire"\n')
    assert load(paths, {}).names == {"jeu feu": "Free Fire"}
    for bad in ("x = 1", 'x = ""', 'x = "a\\u001bb"', f'x = "{"y" * 61}"', "x = {y = 'z'}"):
        written(f"[names]\n{bad}\n")
        with pytest.raises(ConfigError, match="names"):
            load(paths, {})


def test_a_print_command_with_an_open_quote_is_refused(paths: Paths, written: Write) -> None:
    written('[ui]\nprint_command = "lp \'counter"\n')
    said = refusal(paths)
    assert "print_command" in said
    assert "a quote that is never closed" in said
