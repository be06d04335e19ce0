"""The key and the cards leave no trace: not in errors and what they chain to, not in a log."""

import logging
import traceback

import pytest

from services.domain.errors import ConfigError, DeskError
from services.domain.secrets import Secret
from services.vendor.client import VendorClient


def everything(error):
    """All that a report of this error could print, locals of its frames included."""
    texts = []
    while error is not None:
        texts += [repr(error), str(error), repr(vars(error))]
        texts += traceback.format_exception(error)
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


@pytest.mark.parametrize(
    "script",
    [
        (b"", "close"),
        (b"not http\r\n\r\n", "close"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "close"),
    ],
)
async def test_a_broken_line_tells_no_key(raw, client, key, script):
    raw.says(script[0], then=script[1])
    with pytest.raises(DeskError) as caught:
        await client.validate()
    assert key not in everything(caught.value)
    assert caught.value.__context__ is None
    assert key not in repr(client) + repr(vars(client))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
@pytest.mark.parametrize("code", ["ERR_VALIDATION", "NEW_CODE"])
async def test_an_error_that_quotes_the_key_does_not_show_it(raw, client, key, status, code):
    message = f"the token {key} is bad"
    raw.answers(status, {"success": False, "error": {"code": code, "message": message}})
    with pytest.raises(DeskError) as caught:
        await client.validate()
    assert key not in everything(caught.value)


async def test_a_refused_purchase_that_quotes_the_key_does_not_show_it(raw, client, key):
    async def sending():
        pass

    message = f"bad {key}"
    error = {"code": "ERR_VALIDATION", "message": message}
    raw.answers(400, {"success": False, "error": error})
    placement = await client.place("p", "t", 1, sending=sending)
    assert placement.verdict == "REFUSED"
    assert key not in repr(placement)


async def test_a_card_of_odd_shape_is_a_secret_as_it_came(raw, client):
    raw.answers(
        200,
        b'{"success": true, "data": {"_id": "o1", "status": "FULFILLED", "quantity": 1,'
        b' "time": 0, "cards": [{"value": "SECRET-CARD-1", "serial": {"a": "SECRET-2"}}]}}',
    )
    order = await client.order("o1", cards=True)
    assert order.cards[0].serial.reveal() == '{"a": "SECRET-2"}'
    assert "SECRET" not in repr(order)


async def test_the_libraries_log_no_address(raw, client, caplog):
    raw.answers(200, {"success": True, "data": {"balance": 1}})
    with caplog.at_level(logging.DEBUG):
        await client.balance()
    assert not [record for record in caplog.records if record.name.startswith("http")]


@pytest.mark.parametrize("bad", ["", "a b", "clé", "a\nb", "\ud800"])
def test_a_key_that_cannot_be_a_header_is_refused_without_quoting_it(clock, bad):
    with pytest.raises(ConfigError) as caught:
        VendorClient("http://127.0.0.1:1/v3", Secret(bad), clock=clock)
    assert not bad or bad not in str(caught.value)
