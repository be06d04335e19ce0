"""Answers that something on the way has packed or marked: reads take them, a purchase does not."""

import gzip
import json

import pytest

from services.domain.errors import BadReply
from services.sandbox import DEMO_KEY, Fault

BALANCE = json.dumps({"success": True, "data": {"balance": 5}}).encode()
PACKED = gzip.compress(BALANCE, mtime=0)
BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PACKED, "gzip"),
        (PACKED, "x-gzip"),
        (PACKED, " GZip "),
        (PACKED, "identity, gzip"),
        (gzip.compress(BALANCE[:9], mtime=0) + gzip.compress(BALANCE[9:], mtime=0), "gzip"),
        (gzip.compress(BOM + BALANCE, mtime=0), "gzip"),
        (BOM + BALANCE, ""),
        (BALANCE, "identity"),
    ],
)
async def test_a_read_takes_gzip_and_a_byte_order_mark(raw, client, body, encoding):
    raw.answers(200, body, Content_Encoding=encoding)
    assert (await client.balance()).amount == 5


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, br", "gzip, gzip", "\x1b[2J"])
async def test_another_packing_is_said_in_words(raw, client, encoding):
    raw.answers(200, PACKED, Content_Encoding=encoding)
    with pytest.raises(BadReply, match=r"compressed .* does not read") as caught:
        await client.orders(retry=False)
    assert "\x1b" not in caught.value.sentence()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (PACKED[:-9], "cut short"),
        (PACKED[:20] + b"\xff" + PACKED[21:], "cannot be unpacked"),
        (PACKED + b"more", "cannot be unpacked"),
        (BALANCE, "cannot be unpacked"),
        (gzip.compress(bytes(9 * 1024 * 1024), mtime=0), "larger than any real one"),
        (b"", "it is empty"),
    ],
)
async def test_what_only_says_that_it_is_gzip_is_a_bad_reply(raw, client, body, words):
    raw.answers(200, body, Content_Encoding="gzip")
    with pytest.raises(BadReply, match=words):
        await client.orders(retry=False)


async def test_a_packed_error_shows_no_key_either(raw, client, key):
    error = {"success": False, "error": {"code": "NEW", "message": f"bad {key}"}}
    raw.answers(400, gzip.compress(json.dumps(error).encode()), Content_Encoding="gzip")
    with pytest.raises(Exception, match=r"bad \*\*\*"):
        await client.balance()


@pytest.mark.parametrize("kind", ["gzip", "bom"])
async def test_the_answer_to_a_purchase_is_judged_as_it_comes(sandbox, make_client, kind):
    async def nothing():
        """A journal that always commits."""

    client = make_client(sandbox.url, DEMO_KEY)
    sandbox.faults.add(Fault(kind, "*", times=0))
    product = next(each for each in sandbox.products if each.enabled)
    sandbox.set_stock(product.types[0].id, 9)
    assert (await client.stock(product.id)).denominations
    placed = await client.place(product.id, product.types[0].id, 1, sending=nothing)
    assert (placed.verdict, placed.code) == ("UNRESOLVED", "BAD_REPLY")
    assert len(sandbox.orders) == 1
