"""`carddesk prices`, and that other commands take the customer's price from there."""

import asyncio
from pathlib import Path

import pytest


@pytest.fixture
def house(environ):
    folder = Path(environ["XDG_CONFIG_HOME"]) / "carddesk"

    def write(text):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "prices.toml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


async def test_a_first_file_is_written_once(carddesk, environ):
    done = await carddesk("prices", "init")
    assert done.code == 0
    path = Path(done.out.strip())
    assert path == Path(environ["XDG_CONFIG_HOME"]) / "carddesk" / "prices.toml"
    assert "markup_percent" in await asyncio.to_thread(path.read_text)
    assert (await carddesk("prices", "init")).code == 2
    shown = await carddesk("prices")
    assert shown.code == 0
    assert "No rules" in shown.err


async def test_what_holds_is_shown(carddesk, house, shelf):
    house(f"[product.{shelf.product_id}]\nmarkup_percent = 12.5\nround = 10\n")
    await carddesk("catalog")
    done = await carddesk("prices")
    assert done.code == 0
    assert "12.5" in done.out
    assert shelf.product_id in done.out
    document = (await carddesk("prices", "--json")).document
    assert document["general"] == {"markup_percent": "5", "round": 1, "floor_percent": "0"}
    assert document["rules"] == [
        {
            "of": "product", "category": None, "product_id": shelf.product_id, "type_id": None,
            "markup_percent": "12.5", "price": None, "round": 10, "floor_percent": None,
            "hint": None,
        }
    ]  # fmt: skip


async def test_a_hint_is_shown_and_checked(carddesk, house, shelf):
    house(f'[product.{shelf.product_id}]\nhint = "Redeem it soon"\n')
    await carddesk("catalog")
    assert "Redeem it soon" in (await carddesk("prices")).out
    [rule] = (await carddesk("prices", "--json")).document["rules"]
    assert rule["hint"] == "Redeem it soon"
    house(f"[product.{shelf.product_id}]\nhint = 7\n")
    done = await carddesk("prices", "check")
    assert done.code == 2
    assert "prices.toml line 2: hint must be a text in quotes" in done.out


async def test_check_names_what_is_wrong_and_what_the_vendor_does_not_have(carddesk, house, shelf):
    product = shelf.product_id
    house(
        "[category.Nothing]\nmarkup_percent = 3\n"
        "[product.no-such]\nprice = 5\n"
        f"[product.{product}]\nmarkup_percent = -4\n"
        f"[product.{product}.value.no-type]\nprice = 5\n"
        f"[product.{product}.value.{shelf.type_id}]\nprice = 5\n"
    )
    done = await carddesk("prices", "check", "--json")
    assert done.code == 2
    lines = [wrong.partition(":")[0] for wrong in done.document["wrong"]]
    assert lines == [f"prices.toml line {n}" for n in (6, 1, 3, 7)]
    text = await carddesk("prices", "check")
    assert 'no category "nothing"' in text.out
    assert 'no product "no-such"' in text.out


async def test_a_file_without_a_fault(carddesk, house, vendor, shelf):
    house(f"[product.{shelf.product_id}]\nmarkup_percent = 4\n")
    done = await carddesk("prices", "check")
    assert (done.code, done.out) == (0, "")


async def test_the_stock_has_the_price_of_the_house_and_says_where_it_is_too_low(
    carddesk, house, shelf
):
    house(f"floor_percent = 2\n[product.{shelf.product_id}.value.{shelf.type_id}]\nprice = 990\n")
    done = await carddesk("stock", shelf.product_id, "--json")
    kind = next(t for t in done.document["types"] if t["type_id"] == shelf.type_id)
    assert (kind["retail_price"], kind["margin"], kind["below_floor"]) == ("990.00", "9.50", True)
    assert "the margin is below the floor of 2 %" in done.err
    assert [t["below_floor"] for t in done.document["types"]].count(True) == 1


async def test_a_category_prices_the_stock(carddesk, house, shelf, vendor):
    category = next(p.category for p in vendor.products if p.id == shelf.product_id)
    house(f'[category."{category}"]\nmarkup_percent = 100\nround = 50\n')
    await carddesk("catalog")
    done = await carddesk("stock", shelf.product_id, "--json")
    kind = next(t for t in done.document["types"] if t["type_id"] == shelf.type_id)
    assert kind["retail_price"] == "2000.00"


async def test_a_wrong_file_stops_no_command(carddesk, house, shelf):
    house("[product\n")
    done = await carddesk("stock", shelf.product_id)
    assert done.code == 0
    assert "prices.toml is not used" in done.err


async def test_history_is_what_was_read_a_line_a_change(carddesk, shelf, vendor):
    await carddesk("stock", shelf.product_id)
    vendor.set_price(shelf.type_id, shelf.price + 20)
    await carddesk("stock", shelf.product_id)
    await carddesk("stock", shelf.product_id)
    done = await carddesk("prices", "history", shelf.product_id, "--json")
    points = [each for each in done.document if each["type_id"] == shelf.type_id]
    assert [(each["unit_price"], each["stock"]) for each in points] == [
        ("980.50", 50), ("1000.50", 50),
    ]  # fmt: skip
    await carddesk("catalog")
    text = await carddesk("prices", "history")
    assert text.code == 0
    assert "1 000.50" in text.out
    assert next(p.title for p in vendor.products if p.id == shelf.product_id) in text.out


async def test_history_of_nothing_says_so(carddesk):
    done = await carddesk("prices", "history", "--from", "today")
    assert (done.code, done.out) == (0, "")
    assert "Nothing was seen in this period" in done.err


@pytest.mark.parametrize(
    "words",
    [("check", "a-product"), ("show", "--from", "today"), ("history", "a b"), ("past",)],
)
async def test_what_goes_with_no_history_is_refused(carddesk, words):
    assert (await carddesk("prices", *words)).code == 2


async def test_a_category_prices_what_is_bought_listed_and_exported(
    carddesk, house, shelf, vendor, tmp_path
):
    category = next(p.category for p in vendor.products if p.id == shelf.product_id)
    house(f'[category."{category}"]\nmarkup_percent = 20\nround = 50\n')
    goods = shelf.product_id, shelf.type_id
    done = await carddesk("buy", *goods, "2", "--yes", "--json", "--wait")
    assert done.document["unit_price"] == "980.50"
    assert done.document["price"] == "2400.00"
    listed = tmp_path / "list.csv"
    listed.write_text(f"product_id,type_id,quantity\n{goods[0]},{goods[1]},3\n")
    assert (await carddesk("buy", "--from", str(listed), "--yes", "--wait")).code == 0
    orders = (await carddesk("export", "orders", "--json", "--output", "-")).document
    assert sorted(row["retail_price"] for row in orders) == ["2400.00", "3600.00"]
    stock = (await carddesk("export", "stock", goods[0], "--json", "--output", "-")).document
    [value] = [row for row in stock if row["type_id"] == goods[1]]
    assert (value["price"], value["retail_price"]) == ("980.50", "1200.00")
