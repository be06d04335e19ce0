"""What goods are called: one rule for every screen, list, sentence and text."""

import pytest

from services.domain.typed.product_names import goods_name, with_region


@pytest.mark.parametrize(
    ("title", "value", "region", "name"),
    [
        ("PUBG Mobile UC", "60 UC", "MENA", "PUBG Mobile 60 UC, MENA"),
        ("Free Fire Diamonds", "530 diamonds", "", "Free Fire 530 diamonds"),
        ("Netflix", "200 TRY", "Türkiye", "Netflix 200 TRY, Türkiye"),
        ("UC", "60 UC", "", "UC 60 UC"),
        ("Steam Wallet US", "10 USD", "US", "Steam Wallet US 10 USD"),
        ("Netflix", "", "", "Netflix"),
    ],
)
def test_a_unit_is_said_once_and_the_region_last(
    title: str, value: str, region: str, name: str
) -> None:
    assert goods_name(title, value, region) == name


def test_a_product_alone_keeps_its_whole_title() -> None:
    assert with_region("PUBG Mobile UC", "MENA") == "PUBG Mobile UC, MENA"
