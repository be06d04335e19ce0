"""`carddesk buy --from`: all rows are checked, each is bought once, and only what is missing."""

import os
import signal
import stat
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from services.sandbox import Fault
from services.vendor.client import VendorClient
from tests.commands.test_buy import never_final
from tui.cli import buying_list
from tui.cli.buying_list import progress_words
from tui.cli.exit_codes import worst

HEAD = "product_id,type_id,quantity,note,key,max_total"


@pytest.fixture
def goods(vendor):
    """Three things that the vendor has plenty of, at 100 DZD."""
    found = []
    for product in [p for p in vendor.products if p.enabled][:3]:
        kind = product.types[0]
        vendor.set_stock(kind.id, 50)
        vendor.set_price(kind.id, Decimal(100))
        found.append((product.id, kind.id))
    return found


@pytest.fixture
def rows(tmp_path):
    """Write rows into the file."""
    path = tmp_path / "rows.csv"

    def write(*lines, head=HEAD):
        path.write_text("\n".join([head, *lines]))
        return path

    return write


@pytest.fixture
def three(rows, goods):
    return rows(*(f"{p},{t},{n},row {n},," for n, (p, t) in enumerate(goods, 1)))


@pytest.fixture
def buy(carddesk, tmp_path):
    async def bought(*options, **variables):
        file = tmp_path / "rows.csv"
        return await carddesk("buy", "--from", str(file), "--json", *options, **variables)

    return bought


def outcomes(done):
    return [row["outcome"] for row in done.document["rows"]]


async def test_without_yes_the_rows_are_checked_and_shown(buy, three, vendor):
    done = await buy()
    assert done.code == 2
    assert outcomes(done) == ["not_bought"] * 3
    assert done.document["total"] == "600.00"
    assert "3 rows to buy, 6 cards, 600 DZD" in done.err
    assert "--yes" in done.err
    assert not vendor.posts


async def test_each_row_is_bought_once_with_its_note(buy, three, vendor, goods):
    done = await buy("--yes", "--wait")
    assert done.code == 0
    assert outcomes(done) == ["bought"] * 3
    purchases = [row["purchase"] for row in done.document["rows"]]
    assert [(p["product_id"], p["quantity"], p["note"]) for p in purchases] == [
        (product, n, f"row {n}") for n, (product, _) in enumerate(goods, 1)
    ]
    assert {p["state"] for p in purchases} == {"FULFILLED"}
    assert {p["order_id"] for p in purchases} == set(vendor.orders)
    assert "SANDBOX-CARD" not in done.out + done.err

    again = await buy("--yes")
    assert again.code == 0
    assert outcomes(again) == ["bought_earlier"] * 3
    assert "Nothing is to buy" in again.err
    assert len(vendor.posts) == 3


async def test_a_list_for_a_person(carddesk, three):
    done = await carddesk("buy", "--from", str(three), "--yes")
    assert done.code == 0
    assert done.out.splitlines()[0].split() == [
        "LINE",
        "OUTCOME",
        "ORDER",
        "CARDS",
        "TOTAL",
        "WHAT",
    ]
    assert len(done.out.splitlines()) == 4
    assert "3 rows: 3 bought." in done.err


async def test_the_names_of_product_and_value_are_enough(buy, rows, vendor, goods):
    product = next(p for p in vendor.products if p.id == goods[0][0])
    title = f"{product.title}, {product.region}" if product.region else product.title
    rows(f'"{title.upper()}","{product.types[0].name}",2', head="product,value,quantity")
    done = await buy("--yes")
    assert done.code == 0, done.err
    assert done.document["rows"][0]["type_id"] == goods[0][1]
    assert (await buy("--yes")).document["rows"][0]["outcome"] == "bought_earlier"
    assert len(vendor.posts) == 1


async def test_a_name_that_several_products_have_asks_for_the_id(buy, rows, vendor):
    names = [p.title for p in vendor.products]
    twice = next(name for name in names if names.count(name) > 1)
    rows(f'"{twice}",any,1', head="product,value,quantity")
    done = await buy("--yes")
    assert done.code == 2
    assert "give the product_id" in done.document["problems"][0]["message"]


async def test_every_wrong_row_is_named_before_anything_is_bought(buy, rows, goods, vendor):
    (one, kind), *_ = goods
    rows(
        f"{one},{kind},1,,,",
        f"nothing-like-that,{kind},1,,,",
        f"{one},no-such-type,1,,,",
    )
    done = await buy("--yes")
    assert done.code == 2
    assert [(p["line"], p["message"]) for p in done.document["problems"]] == [
        (3, 'The vendor has no product "nothing-like-that"'),
        (4, done.document["problems"][1]["message"]),
    ]
    assert 'has no value "no-such-type"' in done.document["problems"][1]["message"]
    assert "line 3: " in done.err
    assert "line 4: " in done.err
    assert done.document["error"]["money"] == "no"
    assert not vendor.posts


async def test_a_wrong_form_asks_the_vendor_nothing(buy, rows, goods, vendor):
    (one, kind), *_ = goods
    rows(f"{one},{kind},1.5,,,", f"{one},{kind},1,,,", f"{one},{kind},1,,,")
    done = await buy("--yes")
    assert done.code == 2
    assert [problem["line"] for problem in done.document["problems"]] == [2, 4]
    assert not vendor.requests


@pytest.mark.parametrize(
    ("stock", "variables", "line", "words"),
    [
        (3, {}, 3, "1 left in stock for this row, 2 wanted"),
        (50, {"CARDDESK_PURCHASE_MAX_QUANTITY": "1"}, 2, "at most 1 card"),
        (50, {"CARDDESK_PURCHASE_MAX_DAY": "300"}, 3, "over a limit"),
        (50, {"CARDDESK_PURCHASE_MAX_TOTAL": "199"}, 2, "over a limit"),
    ],
)
async def test_what_all_rows_need_together_is_checked(
    buy, rows, goods, vendor, stock, variables, line, words
):
    (one, kind), *_ = goods
    vendor.set_stock(kind, stock)
    rows(f"{one},{kind},2,a,,", f"{one},{kind},2,b,,")
    done = await buy("--yes", **variables)
    assert done.code == 3
    assert done.document["problems"][0]["line"] == line
    assert words in done.document["problems"][0]["message"]
    assert not vendor.posts


async def test_the_balance_has_to_pay_for_all_rows(buy, rows, goods, vendor):
    (one, kind), *_ = goods
    vendor.set_price(kind, Decimal(200_000))
    rows(f"{one},{kind},1,a,,", f"{one},{kind},1,b,,")
    done = await buy("--yes")
    assert done.code == 3
    assert [p["line"] for p in done.document["problems"]] == [3]
    assert "balance" in done.err
    assert not vendor.posts


async def test_a_row_above_its_own_limit_and_a_sum_above_the_limit(buy, rows, goods, vendor):
    (one, kind), *_ = goods
    rows(f"{one},{kind},2,,,199")
    assert (await buy("--yes")).code == 3
    rows(f"{one},{kind},2,,,200")
    refused = await buy("--yes", "--max-total", "199")
    assert refused.code == 3
    assert "--max-total" in refused.err
    assert not vendor.posts
    assert (await buy("--yes", "--max-total", "200")).code == 0


async def test_a_price_that_rose_after_the_check_is_refused(buy, three, vendor, goods, monkeypatch):
    real = VendorClient.place

    async def place(*values, **named):
        vendor.set_price(goods[1][1], Decimal(101))
        vendor.set_price(goods[2][1], Decimal(99))
        return await real(*values, **named)

    monkeypatch.setattr(VendorClient, "place", place)
    done = await buy("--yes")
    assert done.code == 3
    assert outcomes(done) == ["bought", "refused", "bought"]
    assert "line 3: The total is now 202 DZD; 200 DZD was checked" in done.err
    assert done.document["rows"][1]["error"]["code"] == "REQUOTE"


async def test_the_first_unresolved_row_stops_and_the_same_command_goes_on(buy, three, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    vendor.faults.add(Fault.parse("late@placeOrder~1"))
    stopped = await buy("--yes")
    assert stopped.code == 4
    assert outcomes(stopped) == ["unresolved", "not_bought", "not_bought"]
    assert "line 2 is unresolved" in stopped.document["stopped"]
    assert len(vendor.posts) == 1
    done = await buy("--yes", "--wait", "30")
    assert done.code == 0
    assert outcomes(done) == ["bought_earlier", "bought", "bought"]
    assert len(vendor.posts) == 3


async def test_go_on_buys_the_others_meanwhile(buy, three, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    vendor.faults.add(Fault.parse("late@placeOrder~3600"))
    done = await buy("--yes", "--go-on")
    assert done.code == 4
    assert outcomes(done) == ["unresolved", "bought", "bought"]
    again = await buy("--yes", "--go-on")
    assert again.code == 4
    assert outcomes(again) == ["unresolved", "bought_earlier", "bought_earlier"]
    assert len(vendor.posts) == 3


async def test_an_unresolved_row_that_is_found_at_once_is_no_reason_to_stop(buy, three, vendor):
    vendor.faults.add(Fault.parse("reset@placeOrder:after"))
    done = await buy("--yes")
    assert done.code == 0
    assert outcomes(done) == ["bought"] * 3
    assert len(vendor.posts) == 3


async def test_a_refused_row_is_skipped_and_bought_again_when_asked(buy, three, vendor):
    vendor.faults.add(Fault.parse("ratelimit@placeOrder"))
    first = await buy("--yes")
    assert first.code == 3
    assert outcomes(first) == ["refused", "bought", "bought"]
    assert "--retry" in first.err
    again = await buy("--yes")
    assert (again.code, len(vendor.posts)) == (3, 3)
    done = await buy("--yes", "--retry")
    assert done.code == 0
    assert outcomes(done) == ["bought", "bought_earlier", "bought_earlier"]
    assert done.document["rows"][0]["key"].endswith("-1/2")
    assert (await buy("--yes", "--retry")).code == 0
    assert len(vendor.posts) == 4


async def test_a_vendor_that_cannot_be_reached_ends_the_run(buy, three, vendor):
    vendor.faults.add(Fault.parse("http503@list*0"))
    done = await buy("--yes")
    assert done.code == 5
    assert outcomes(done) == ["not_bought"] * 3
    assert "line 2" in done.document["stopped"]
    assert not vendor.posts
    vendor.faults.clear()
    assert (await buy("--yes")).code == 0
    assert len(vendor.posts) == 3


async def test_a_stop_waits_for_the_row_that_is_sent(buy, three, vendor, monkeypatch):
    real = VendorClient.place

    async def place(*values, **named):
        os.kill(os.getpid(), signal.SIGINT)
        return await real(*values, **named)

    monkeypatch.setattr(VendorClient, "place", place)
    done = await buy("--yes")
    assert done.code == 128 + signal.SIGINT
    assert outcomes(done) == ["bought", "not_bought", "not_bought"]
    monkeypatch.setattr(VendorClient, "place", real)
    assert outcomes(await buy("--yes")) == ["bought_earlier", "bought", "bought"]
    assert len(vendor.posts) == 3


async def test_a_file_that_was_changed_after_a_run_is_not_bought_again(
    buy, rows, three, vendor, goods
):
    await buy("--yes")
    rows(three.read_text(), f"{goods[0][0]},{goods[0][1]},4,new,,", head="")
    done = await buy("--yes")
    assert done.code == 2
    assert [p["line"] for p in done.document["problems"]] == [3, 4, 5]
    assert "--repeat" in done.err
    assert len(vendor.posts) == 3
    assert (await buy("--yes", "--repeat")).code == 0
    assert len(vendor.posts) == 7


async def test_rows_with_keys_of_their_own_survive_a_changed_file(buy, rows, vendor, goods):
    (one, kind), *_ = goods
    rows(f"{one},{kind},1,,a,", f"{one},{kind},1,,b,")
    assert (await buy("--yes")).code == 0
    rows(f"{one},{kind},1,other note,b,", f"{one},{kind},1,,a,", f"{one},{kind},1,,c,")
    done = await buy("--yes")
    assert outcomes(done) == ["bought_earlier", "bought_earlier", "bought"]
    rows(f"{one},{kind},2,,a,")
    wrong = await buy("--yes")
    assert wrong.code == 2
    assert "another product, value or quantity" in wrong.err
    assert len(vendor.posts) == 3


async def test_the_result_file_has_a_row_for_each_and_no_code(buy, three, tmp_path):
    where = tmp_path / "results.csv"
    done = await buy("--yes", "--wait", "--results", str(where))
    assert done.code == 0
    lines = where.read_text().splitlines()
    assert tuple(lines[0].split(",")) == buying_list.COLUMNS
    assert [line.split(",")[2:4] for line in lines[1:]] == [["bought", "FULFILLED"]] * 3
    assert "SANDBOX-CARD" not in where.read_text()
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    again = await buy("--yes", "--results", str(where))
    assert again.code == 0
    assert "bought earlier" in where.read_text()


async def test_a_result_file_takes_no_other_files_place(buy, three, tmp_path, vendor):
    before = three.read_text()
    done = await buy("--yes", "--results", str(three))
    assert done.code == 2
    assert three.read_text() == before
    assert not vendor.posts


async def test_codes_go_into_a_private_file_and_each_order_is_recorded(
    buy, three, tmp_path, carddesk, vendor
):
    tmp_path.chmod(0o700)
    where = tmp_path / "codes.csv"
    asked = await buy("--yes", "--wait", "--results", str(where), "--with-codes")
    assert asked.code == 2
    assert not vendor.posts
    done = await buy("--yes", "--wait", "--results", str(where), "--yes-with-codes")
    assert done.code == 0
    lines = where.read_text().splitlines()
    assert len(lines) == 1 + 6
    assert all("SANDBOX-CARD" in line for line in lines[1:])
    assert "SANDBOX-CARD" not in done.out + done.err
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    log = (await carddesk("audit", "--json")).document
    exported = {e["order_id"] for e in log["events"] if e["kind"] == "export" and e["order_id"]}
    assert exported == set(vendor.orders)
    refused = await buy("--yes", "--wait", "--results", str(where), "--yes-with-codes")
    assert refused.code == 2


async def test_codes_go_into_no_folder_that_others_read(buy, three, tmp_path, vendor):
    tmp_path.chmod(0o755)
    where = tmp_path / "codes.csv"
    done = await buy("--yes", "--wait", "--results", str(where), "--yes-with-codes")
    assert done.code == 2
    assert not vendor.posts


@pytest.mark.parametrize(
    "options",
    [
        ("--note", "x"),
        ("--price", "5"),
        ("--reveal",),
        ("--idempotency-key", "k"),
        ("--with-codes",),
        ("--yes-with-codes", "--results", "x.csv"),
    ],
)
async def test_options_of_one_purchase_do_not_go_with_a_file(buy, three, options, vendor):
    assert (await buy("--yes", *options)).code == 2
    assert not vendor.requests


@pytest.mark.parametrize(
    "words",
    [
        ("buy",),
        ("buy", "p", "t"),
        ("buy", "p", "t", "1", "--results", "x"),
        ("buy", "p", "t", "1", "--retry"),
        ("buy", "p", "t", "1", "--from", "x"),
    ],
)
async def test_a_purchase_is_given_whole_and_one_way(carddesk, words):
    done = await carddesk(*words, "--yes")
    assert done.code == 2


async def test_a_read_only_desk_buys_no_list(buy, three, vendor):
    assert (await buy("--yes", "--read-only")).code == 3
    assert not vendor.posts


@never_final
async def test_orders_in_the_making_are_waited_for_all_together(buy, three, vendor):
    done = await buy("--yes", "--wait", "0.2")
    assert done.code == 7
    assert {row["purchase"]["state"] for row in done.document["rows"]} == {"HANDLING"}


def test_progress_says_rate_and_time_left():
    assert progress_words(0, 9, 0) == "0 of 9 rows"
    assert progress_words(10, 100, 60) == "10 of 100 rows, 10.0 a minute, about 9 min left"
    assert progress_words(20, 1000, 120).endswith("about 1 h 38 min left")
    assert progress_words(99, 100, 60).endswith("about 1 s left")


def test_what_may_be_paid_is_the_worst():
    assert worst([0, 3, 4, 5, 1]) == 4
    assert worst([0, 7, 5]) == 5
    assert worst([]) == 0


def test_a_narrow_terminal_breaks_the_goods_at_spaces() -> None:
    row = SimpleNamespace(line=2, quantity=1, note="mme benali du centre")
    planned = SimpleNamespace(row=row, total=Decimal(377), goods="PUBG Mobile 60 UC")
    outcome = SimpleNamespace(value="not bought")
    results: Any = [SimpleNamespace(planned=planned, purchase=None, outcome=outcome)]
    lines = buying_list._table(results, 60).splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) <= 60
    assert " ".join(line[lines[0].index("WHAT") :] for line in lines[1:]) == (
        "PUBG Mobile 60 UC (mme benali du centre)"
    )
    assert len(buying_list._table(results, 0).splitlines()) == 2
