"""A file of purchases is read strictly: every wrong row is named with its line."""

import codecs
import re
from decimal import Decimal

import pytest

from services.domain.errors import BadInput
from services.domain.typed.purchase_list import FILE_KEY
from tui.cli import purchase_file

HEAD = "product_id,type_id,quantity,note,key,max_total\n"


@pytest.fixture
def read(tmp_path):
    def of(content):
        path = tmp_path / "rows.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return purchase_file.read(path)

    return of


def lines(found):
    return [problem.line for problem in found.problems]


def test_a_row_has_what_its_columns_say(read):
    found = read(HEAD + 'p1,t1,2,"for Ali, at noon",sale-1,2000\n\np1,t1,3,,,\n')
    first, second = found.rows
    assert (first.line, first.product_id, first.type_id, first.quantity) == (2, "p1", "t1", 2)
    assert (first.note, first.key, first.own) == ("for Ali, at noon", "sale-1", True)
    assert first.max_total == Decimal(2000)
    assert (second.line, second.max_total, second.own) == (4, None, False)
    assert re.fullmatch(f"{FILE_KEY}[0-9a-f]{{24}}-2", second.key)
    assert not found.problems


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + b"product_id,type_id,quantity\r\np1,t1,2\r\n",
        b"product_id;type_id;quantity\np1;t1;2\n",
        b"Product_ID\ttype_id\tQUANTITY\np1\tt1\t2",
        b'"product_id","type_id","quantity"\n"p1","t1","2"\n',
        b"product_id, type_id, quantity\np1, t1, 2\n",
    ],
)
def test_what_spreadsheets_write_is_read(read, content):
    [row] = read(content).rows
    assert (row.product_id, row.type_id, row.quantity) == ("p1", "t1", 2)


def test_names_are_in_place_of_ids(read):
    [row] = read("product,value,quantity\nNetflix,15 EUR,1\n").rows
    assert (row.product, row.value, row.product_id, row.type_id) == ("Netflix", "15 EUR", "", "")


def test_a_changed_file_is_another_one(read):
    one, other = read(HEAD + "p1,t1,2,,,\n"), read(HEAD + "p1,t1,2,x,,\n")
    assert one.rows[0].key != other.rows[0].key


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "product_id is missing"),
        (b"a,b\n1,2\n", 'there is no column "a", "b"'),
        (b"product_id,type_id\np,t\n", "quantity is missing"),
        (b"product_id,type_id,quantity,quantity\n", "is there twice"),
        (b"product_id,type_id,quantity\n", "no rows"),
        (b'product_id,"type_id,quantity\n', "quotation mark"),
        ("product_id,type_id,quantity\np,t,1\n".encode("utf-16"), "no UTF-8 text"),
        (b"product_id,type_id,quantity\np,t,1\np,t,\xff\n", "line 3 cannot be read"),
        (b"product_id,type_id,quantity\n" + b"p,t,1\n" * 2_000_000, "larger than 2 MB"),
        (b"product_id,type_id,quantity\n" + b"p,t,1\n" * 10_001, "more than 10000 rows"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(read, content, words):
    with pytest.raises(BadInput) as refused:
        read(content)
    assert words in refused.value.sentence()


def test_a_file_that_is_not_there_or_no_file(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(BadInput, match="cannot be read"):
            purchase_file.read(path)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("p1,t1,1.5,,,", '"1.5" is not a whole number'),
        ("p1,t1,0,,,", "not a whole number"),
        ("p1,t1,,,,", "quantity is empty"),
        (",t1,1,,,", "product_id is empty"),
        ("p1,,1,,,", "type_id is empty"),
        ("p 1,t1,1,,,", "cannot be an id"),
        ("p1,t1,1", "3 values for 6 columns"),
        ("p1,t1,1,,,,,", "8 values for 6 columns"),
        ("p1;t1;1;;;", "1 values for 6 columns"),
        ('p1,t1,1,"open,,', "quotation mark"),
        ('p1,t1,1,"in" side,,', "quotation mark"),
        ("p1,t1,1,,two words,", "idempotency key"),
        ("p1,t1,1,,from-me,", 'begins with no "from-"'),
        (f"p1,t1,1,,{'k' * 121},", "at most 120 characters"),
        ("p1,t1,1,,,cheap", "not an amount"),
        ("p1,t1,1,,,0", "above zero"),
        (f"p1,t1,1,{'n' * 201},,", "at most 200 characters"),
        ("p1,t1,1,a\0b,,", "no text"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_are_read(read, row, words):
    found = read(f"{HEAD}p9,t9,1,,,\n{row}\np8,t8,1,,,\n")
    assert lines(found) == [3]
    assert words in found.problems[0].words
    assert [each.line for each in found.rows] == [2, 4]


def test_every_wrong_row_is_named(read):
    found = read(f"{HEAD}p1,t1,1.5,,,\np2,t2,1,,,\np3,t3,-1,,,\n")
    assert lines(found) == [2, 4]


def test_a_row_that_is_there_twice_is_named(read):
    found = read(f"{HEAD}p1,t1,1,,,\np1,t1,1,,,\np1,t1,1,for Ali,,\np1,t1,1,,mine,\n")
    assert lines(found) == [3, 5]
    assert "the same as line 2" in found.problems[0].words


def test_the_same_goods_with_keys_of_their_own_are_two_purchases(read):
    assert not read(f"{HEAD}p1,t1,1,,one,\np1,t1,1,,two,\n").problems


def test_a_key_that_is_there_twice_is_named(read):
    found = read(f"{HEAD}p1,t1,1,,one,\np2,t2,2,,one,\n")
    assert lines(found) == [3]
    assert "the key is the one of line 2" in found.problems[0].words


def test_names_that_speak_to_the_terminal_are_cleaned(read):
    [row] = read("product,value,quantity\nNet\x1b[2Jflix,15,1\n").rows
    assert "\x1b" not in row.product
    found = read("product_id,value,quantity\n\x1b[2J,15,1\n")
    assert "\x1b" not in found.problems[0].words
