"""`prices.toml`: what is said of a value comes first, and a wrong entry costs no other."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.domain.errors import ConfigError
from services.domain.models import Catalog, Category, Product
from services.domain.money import PriceRule, Prices, floor_words
from services.domain.text import clean
from services.settings import house_prices
from services.settings.load import load

P, T = "p1", "t1"
COST = Decimal(1_000)

CATALOG = Catalog(
    (Category(clean("Gaming"), (Product(P, clean("PUBG"), clean("Gaming")),)),),
    datetime(2026, 3, 1, tzinfo=UTC),
)


@pytest.fixture
def house(paths):
    """Return the settings with this text as the prices of the house."""
    paths.config_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def settings(text):
        path = paths.config_file.with_name("prices.toml")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o600)
        return load(paths, {}, sandbox=True)

    return settings


def test_without_a_file_the_settings_hold(paths):
    settings = load(paths, {}, sandbox=True)
    assert settings.prices == Prices(Decimal(5), 1)
    assert settings.prices.price(COST, P, T) == 1_050
    assert settings.prices.broken_floor(COST, P, T) is None
    assert not settings.house.notices


def test_a_value_comes_before_its_product_and_that_before_its_category(house):
    settings = house(
        f"""
        floor_percent = 1
        [category.gaming]
        markup_percent = 10
        round = 50
        [product.{P}]
        markup_percent = 7.5
        [product.{P}.value.{T}]
        price = 1_234
        """
    ).priced_by(CATALOG)
    prices = settings.prices
    assert prices.price(COST, P, T) == 1_234
    assert prices.price(COST, P, "t2") == 1_100  # 7.5 %, rounded as the category says
    assert prices.price(COST, "p2", T, "Gaming") == 1_100
    assert prices.price(COST, "p2", T) == 1_050
    assert prices.words.endswith("prices.toml says otherwise for 3.")
    assert not settings.house.notices


def test_what_a_value_marks_up_comes_before_the_fixed_price_of_its_product(house):
    text = f"[product.{P}]\nprice = 900\n[product.{P}.value.{T}]\nmarkup_percent = 20\n"
    prices = house(text).prices
    assert (prices.price(COST, P, T), prices.price(COST, P, "t2")) == (1_200, 900)


def test_a_hint_of_a_value_comes_before_that_of_its_product_and_category(house):
    settings = house(
        f"""
        [category.gaming]
        hint = "Redeem it in the game."
        [product.{P}]
        hint = "Redeem it\\n at pubg.com."
        [product.{P}.value.{T}]
        price = 1_234
        """
    ).priced_by(CATALOG)
    prices = settings.prices
    assert not settings.house.notices
    assert prices.hint(P, T) == prices.hint(P) == "Redeem it  at pubg.com."
    assert prices.hint("p2") == ""
    assert prices.price(COST, P, "t2") == 1_050
    assert prices.words.endswith("prices.toml says otherwise for 1.")
    only_category = house('[category.Gaming]\nhint = "In the game."\n').priced_by(CATALOG)
    assert only_category.prices.hint(P, T) == "In the game."
    assert only_category.prices.broken_floor(COST, P, T) is None


def test_a_category_is_known_by_its_products_where_nothing_else_is(house):
    settings = house("[category.Gaming]\nmarkup_percent = 10\n")
    assert settings.prices.price(COST, P, T) == 1_050
    assert settings.priced_by(CATALOG).prices.price(COST, P, T) == 1_100
    assert settings.priced_by(None) is settings


def test_a_floor_is_broken_when_the_margin_is_less_of_the_price():
    fixed = {("product", P): PriceRule(price=Decimal(1_040))}
    prices = Prices(floor_percent=Decimal(4), rules=fixed)
    assert prices.broken_floor(Decimal(998), P, T) is None
    assert prices.broken_floor(Decimal(999), P, T) == 4
    assert prices.broken_floor(Decimal(999), "p2", T) is None
    assert floor_words(Decimal("4.0")) == "the margin is below the floor of 4 %"
    assert floor_words(None) == ""


def test_a_fixed_price_below_the_cost_breaks_any_floor():
    prices = Prices(rules={("product", P): PriceRule(price=Decimal(999))})
    assert prices.broken_floor(COST, P, T) == 0
    own = PriceRule(floor_percent=Decimal(10))
    assert Prices(rules={("product", P): own}).broken_floor(COST, P, T) == 10


@pytest.mark.parametrize(
    ("entry", "words", "instead"),
    [
        ("markup_percent = -3", "must be from 0 to 1000, not -3", "ui.markup_percent holds"),
        (
            'markup_percent = "7"',
            "must be a number, without quotes, not '7'",
            "ui.markup_percent holds",
        ),
        ("markup_percent = true", "must be a number", "ui.markup_percent holds"),
        ("markup_percent = nan", "not NaN", "ui.markup_percent holds"),
        ("price = 0", "must be from 1", "made of the cost"),
        ("round = 2.5", "whole number", "ui.round_prices holds"),
        ("round = 0", "must be from 1 to 1000", "ui.round_prices holds"),
        ("floor_percent = 100", "must be from 0 to 99", "floor"),
        ("hint = 3", "hint must be a text in quotes", "hint of its product"),
        ('hint = " "', "hint must have 1 to 300 characters", "hint of its product"),
        (f'hint = "{"x" * 301}"', "hint must have 1 to 300 characters", "hint of its product"),
        ("markup = 3", "there is no markup; there are markup_percent, price", "left out"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line_and_what_holds(house, entry, words, instead):
    settings = house(f"# prices\n\n[product.{P}]\n{entry}\n\n[product.p2]\nprice = 70\n")
    [notice] = settings.house.notices
    assert notice.startswith("prices.toml line 4: ")
    assert words in notice
    assert instead in notice
    assert settings.prices.price(COST, P, T) == 1_050
    assert settings.prices.price(COST, "p2", T) == 70


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\nproducts = 3\n", 2, "there is no products"),
        ("category = 3\n", 1, "category is no section"),
        ("[category]\nGaming = 7\n", 2, "Gaming is no section"),
        ("[product.p1]\nvalue = 7\n", 2, "value is no section"),
        ("[product.p1.value]\nt1 = 7\n", 2, "t1 is no section"),
        ("floor_percent = -1\n", 1, "must be from 0 to 99"),
        ("[product.p1]\nprice = 7\nmarkup_percent = 7\n", 3, "both given"),
    ],
)
def test_what_is_no_rule_is_named_too(house, text, line, words):
    [notice] = house(text).house.notices
    assert notice.startswith(f"prices.toml line {line}: ")
    assert words in notice


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[product.p1\nprice = 7", "line 1"),
        (b"\xff\xfe", "not UTF-8"),
        (b"price = 1\nprice = 2", "TOML"),
        (b"# " + b"x" * 300_000, "larger than"),
    ],
)
def test_a_file_that_cannot_be_read_stops_no_shop(house, text, words):
    settings = house(text)
    [notice] = settings.house.notices
    assert words in notice
    assert "ui.markup_percent and ui.round_prices hold" in notice
    assert settings.prices.price(COST, P, T) == 1_050


def test_several_notices_are_in_the_order_of_the_file(house):
    text = "[product.p2]\nprice = -1\n[category.a]\nround = -1\n[product.p1]\nprice = -1\n"
    found = [notice.partition(":")[0] for notice in house(text).house.notices]
    assert found == ["prices.toml line 2", "prices.toml line 4", "prices.toml line 6"]


def test_the_first_file_is_all_comments_and_takes_no_place(house, paths):
    path = paths.config_file.with_name("prices.toml")
    house_prices.create(path)
    settings = load(paths, {}, sandbox=True)
    assert (settings.house.rules, settings.house.notices) == ({}, ())
    with pytest.raises(ConfigError, match="is there already"):
        house_prices.create(path)
    # Without its comment signs it is a file without a fault.
    text = "\n".join(
        line.removeprefix("# ")
        for line in path.read_text().splitlines()
        if "=" in line or "[" in line
    )
    assert house(text).house.notices == ()
