"""Every way a read can fail ends in its own error, with a sentence, a code and a requestId."""

import asyncio

import pytest

from services.domain.errors import (
    AuthFailed,
    BadReply,
    DeskError,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)
from services.sandbox import DEMO_KEY, Fault


def error(code, message="No.", **details):
    body = {"code": code, "message": message}
    return {
        "success": False,
        "error": body | ({"details": details} if details else {}),
        "requestId": "req_9",
    }


TABLE = [
    (400, "ERR_VALIDATION", Refused, "invalid: No"),
    (400, "ERR_STOCK", Refused, "stock"),
    (401, "MISSING_ACCESS_TOKEN", AuthFailed, "no API key"),
    (401, "INVALID_ACCESS_TOKEN", AuthFailed, "rejected"),
    (401, "ERR_AUTH", AuthFailed, "rejected"),
    (401, "SOMETHING_NEW", AuthFailed, "rejected"),
    (403, "INSUFFICIENT_BALANCE", Refused, "balance"),
    (403, "NO_BALANCE", Refused, "balance"),
    (403, "IP_BLOCKED", AuthFailed, "15 minutes"),
    (403, "IP_NOT_ALLOWED", AuthFailed, "address"),
    (403, "API_DISABLED", AuthFailed, "switched off"),
    (403, "READ_ONLY_KEY", Refused, "refused: No"),
    (404, "NOT_FOUND", NotFound, "knows no such"),
    (404, "ERR_ORDER", NotFound, "refused: No"),
    (409, "ERR_CONFLICT", Refused, "refused: No"),
    (429, "RATE_LIMIT_EXCEEDED", RateLimited, "fewer"),
    (500, "ERR_SERVICE", Unavailable, "not able"),
    (500, "INTERNAL_SERVER_ERROR", Unavailable, "not able"),
    (503, "SERVICE_UNAVAILABLE", Unavailable, "not able"),
]


@pytest.mark.parametrize(("status", "code", "kind", "words"), TABLE)
async def test_each_row_of_the_error_table(raw, client, status, code, kind, words):
    raw.answers(status, error(code))
    with pytest.raises(kind, match=words) as caught:
        await client.order("6901616fe9e88196b4eb64b3")
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert caught.value.request_id == "req_9"
    assert caught.value.sentence().count("req_9") == 1
    assert not caught.value.message.endswith(".")


async def test_a_rejected_key_tells_the_attempts_left(raw, client):
    raw.answers(401, error("INVALID_ACCESS_TOKEN", attemptsLeft=1))
    with pytest.raises(AuthFailed, match="1 attempt is left") as caught:
        await client.validate()
    assert caught.value.attempts_left == 1


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Invalid token. 3 attempts left", 3),
        ("You have 1 more attempt before a block", 1),
        ("Attempts left: 4", 4),
        ("remaining attempts = 2", 2),
        ("2 tries remaining", 2),
    ],
)
async def test_the_attempts_left_can_be_in_the_message(raw, client, said, left):
    raw.answers(401, error("INVALID_ACCESS_TOKEN", said))
    with pytest.raises(AuthFailed, match=f"{left} attempts? (is|are) left") as caught:
        await client.validate()
    assert caught.value.attempts_left == left


async def test_a_count_in_other_words_is_shown_as_it_is(raw, client):
    raw.answers(401, error("INVALID-ACCESS-TOKEN", "Il reste 3 essais"))
    with pytest.raises(AuthFailed, match="rejected the API key: Il reste 3 essais"):
        await client.validate()


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 503])
@pytest.mark.parametrize("code", ["IP_BLOCKED", "IP-BLOCKED", "ip-blocked"])
async def test_a_blocked_address_stops_every_call(raw, client, code, status):
    raw.answers(status, error(code))
    for _ in range(2):
        with pytest.raises(AuthFailed) as caught:
            await client.validate()
        assert caught.value.blocked_seconds == 900
    assert len(raw.requests) == 1


@pytest.mark.parametrize("said", ["Order expired", ["Order expired", "ask again"]])
async def test_a_message_at_the_top_is_shown(raw, client, said):
    raw.answers(404, {"success": False, "message": said, "error": {"code": "ERR_OLD"}})
    with pytest.raises(NotFound, match="Order expired"):
        await client.order("p1")


@pytest.mark.parametrize("said", ["Order expired", ["Order expired"]])
async def test_an_error_that_is_a_bare_text_is_shown(raw, client, said):
    raw.answers(404, {"success": False, "error": said})
    with pytest.raises(NotFound, match="Order expired"):
        await client.order("p1")


async def test_a_404_of_the_vendors_own_does_not_blame_the_settings(raw, client):
    raw.answers(404, {"success": False, "error": {"message": "Gone"}}, X_Request_Id="req-fpg")
    with pytest.raises(NotFound, match="no such product or order: Gone") as caught:
        await client.order("p1")
    assert "base_url" not in caught.value.sentence()
    assert caught.value.request_id == "req-fpg"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, {"success": False}),
        (200, {"success": True, "data": {"balance": "many"}}),
        (302, b""),
        (403, b"<html>"),
        (404, {"message": "Cannot GET", "statusCode": 404}),
        (429, b"<html>"),
        (401, b""),
        (502, b"<html>"),
    ],
)
async def test_every_failure_names_the_answers_header(raw, client, status, body):
    raw.answers(status, body, X_Request_Id="req-fpg")
    with pytest.raises(DeskError, match=r".") as caught:
        await client.orders(retry=False)
    assert caught.value.request_id == "req-fpg"


async def test_an_answer_cut_short_is_named_by_its_header(raw, client, http_bytes):
    whole = http_bytes(200, {"success": True, "data": {"balance": 1}}, X_Request_Id="req-fpg")
    raw.says(whole[:-5], then="close")
    with pytest.raises(BadReply, match="cut short") as caught:
        await client.orders(retry=False)
    assert caught.value.request_id == "req-fpg"


async def test_a_low_balance_tells_both_amounts(raw, client):
    raw.answers(403, error("NO_BALANCE", required=5000, available="1200.50"))
    with pytest.raises(Refused, match=r"5 000 DZD needed, 1 200\.50 DZD there"):
        await client.balance()


async def test_a_path_the_router_does_not_know_points_to_the_settings(raw, client):
    raw.answers(404, {"message": "Cannot GET", "error": "Not Found", "statusCode": 404})
    with pytest.raises(BadReply, match="does not know the path") as caught:
        await client.balance()
    assert "base_url" in caught.value.sentence()


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b""])
async def test_a_gateways_answer_is_unavailable(raw, client, status, body):
    raw.answers(status, body, Content_Type="text/html")
    with pytest.raises(Unavailable) as caught:
        await client.balance()
    assert type(caught.value) is Unavailable
    assert caught.value.code == f"HTTP_{status}"


ODD = {
    "html": b"<html>Log in to the hotel network</html>",
    "empty": b"",
    "blank": b"  \n",
    "not_json": b'{"success": tru',
    "a_list": b"[]",
    "trailing": b'{"success": true, "data": {"balance": 1}} extra',
    "no_success": b'{"data": {"balance": 1}}',
    "success_false": b'{"success": false, "error": {"code": "X"}}',
    "success_text": b'{"success": "true", "data": {"balance": 1}}',
    "no_data": b'{"success": true}',
    "null_data": b'{"success": true, "data": null}',
    "wrong_type": b'{"success": true, "data": {"balance": "many"}}',
    "boolean": b'{"success": true, "data": {"balance": true}}',
    "nan_text": b'{"success": true, "data": {"balance": "NaN"}}',
    "nan": b'{"success": true, "data": {"balance": NaN}}',
    "infinite": b'{"success": true, "data": {"balance": "Infinity"}}',
    "absurd": b'{"success": true, "data": {"balance": 1e400}}',
    "fine": b'{"success": true, "data": {"balance": 1e-400}}',
    "not_utf8": b'{"success": true, "requestId": "\xff", "data": {"balance": 1}}',
    "deep": b'{"success": true, "data": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
}


@pytest.mark.parametrize("name", ODD)
async def test_an_answer_outside_the_contract_is_a_bad_reply(raw, client, name):
    raw.answers(200, ODD[name])
    with pytest.raises(BadReply) as caught:
        await client.balance()
    assert "hotel" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_a_refusal_in_unclaimed_words_is_a_bad_reply(raw, client):
    raw.answers(403, b"<html>Forbidden</html>")
    with pytest.raises(BadReply, match="proxy or a login page"):
        await client.balance()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_never_followed(raw, client, status):
    raw.answers(status, b"", Location="/v3/elsewhere")
    with pytest.raises(BadReply, match="redirect"):
        await client.orders(retry=False)
    assert len(raw.requests) == 1


async def test_an_answer_cut_short_is_a_bad_reply(raw, client, http_bytes):
    whole = http_bytes(200, {"success": True, "data": {"balance": 1}})
    raw.says(whole[:-5], then="close")
    with pytest.raises(BadReply, match="cut short"):
        await client.balance()


async def test_an_answer_reset_in_the_middle_is_a_bad_reply(raw, client, http_bytes):
    whole = http_bytes(200, {"success": True, "data": {"balance": 1}})
    raw.says(whole[:-5], then="reset")
    with pytest.raises(BadReply):
        await client.balance()


async def test_something_that_is_no_http_is_a_bad_reply(raw, client):
    raw.says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", then="close")
    with pytest.raises(BadReply, match="does not speak HTTP") as caught:
        await client.balance()
    assert "SSH" not in str(caught.value)


async def test_an_endless_answer_is_given_up(raw, client):
    raw.says(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (8 * 1024 * 1024 + 1), then="close")
    with pytest.raises(BadReply, match="larger than any real one"):
        await client.orders(retry=False)


@pytest.mark.parametrize("then", ["close", "reset"])
async def test_a_connection_that_breaks_is_unavailable(raw, client, then):
    raw.says(b"", then=then)
    with pytest.raises(Unavailable, match="the connection broke") as caught:
        await client.balance()
    assert type(caught.value) is Unavailable


async def test_a_refused_connection_is_unavailable(make_client, refused_url):
    with pytest.raises(Unavailable, match="Could not reach the vendor: the connection was refused"):
        await make_client(refused_url).balance()


async def test_no_answer_ends_at_the_deadline(raw, client, later):
    raw.hangs()
    reading = asyncio.create_task(client.orders(retry=False))
    await raw.got.wait()
    later(10)
    with pytest.raises(Unavailable, match="no answer for 10 s"):
        await reading


async def test_a_slow_drip_ends_at_the_deadline(raw, make_client, later):
    raw.says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", then="hang")
    reading = asyncio.create_task(make_client(raw.url, read_deadline=5).orders(retry=False))
    await raw.got.wait()
    later(5)
    with pytest.raises(Unavailable, match="no answer for 5 s"):
        await reading


async def test_a_caller_who_leaves_is_not_held(raw, client):
    raw.hangs()
    reading = asyncio.create_task(client.balance())
    await raw.got.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


@pytest.mark.parametrize(
    ("call", "data"),
    [
        ("stock", {"productId": "other", "types": []}),
        ("stock", {"productId": "p1", "types": "none"}),
        ("stock", {"productId": "p1"}),
        ("order", {"_id": "other", "status": "HANDLING", "quantity": 1, "time": 0}),
        ("order", {"_id": "p1", "status": "", "quantity": 1, "time": 0}),
        ("order", {"_id": "p1", "status": "HANDLING", "quantity": 1, "time": "yesterday"}),
        ("order", {"_id": "p1", "status": "HANDLING", "quantity": -1, "time": 0}),
    ],
)
async def test_values_that_cannot_be_are_a_bad_reply(raw, client, call, data):
    raw.answers(200, {"success": True, "data": data, "requestId": "req_9"})
    with pytest.raises(BadReply) as caught:
        await getattr(client, call)("p1")
    assert caught.value.request_id == "req_9"
    assert "yesterday" not in str(caught.value)


async def test_another_page_than_the_one_asked_is_a_bad_reply(raw, client):
    page = {"page": 1, "pageSize": 100, "totalPages": 3, "totalResults": 300}
    raw.answers(200, {"success": True, "data": {"items": [], "pagination": page}})
    with pytest.raises(BadReply, match="another page"):
        await client.orders(page=2)


FAULTS = {
    "reset": Unavailable,
    "truncate": BadReply,
    "garbage": BadReply,
    "html502": Unavailable,
    "http500": Unavailable,
    "http503": Unavailable,
    "ratelimit": RateLimited,
    "empty": BadReply,
    "not_json": BadReply,
    "redirect": BadReply,
    "wrong_types": BadReply,
    "ip_block": AuthFailed,
}
CALLS = ("ping", "validate", "balance", "transactions", "catalog", "stock", "orders")


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_of_the_embedded_vendor_ends_every_read_in_its_error(
    sandbox, make_client, fault
):
    sandbox.faults.add(Fault(fault, times=0))
    for call in CALLS:
        client = make_client(sandbox.url, DEMO_KEY)
        about = (sandbox.products[0].id,) if call == "stock" else ()
        with pytest.raises(FAULTS[fault]) as caught:
            await getattr(client, call)(*about)
        assert type(caught.value) is FAULTS[fault]
        await client.aclose()


async def test_a_slow_or_hanging_vendor_is_unavailable(sandbox, make_client):
    sandbox.faults.add(Fault("hang", times=0))
    # However slow this machine is, the answer it waits for never comes.
    client = make_client(sandbox.url, DEMO_KEY, read_deadline=0.05)
    with pytest.raises(Unavailable):
        await client.orders(retry=False)


async def test_a_vanished_product_is_not_found(desk):
    with pytest.raises(NotFound):
        await desk.stock("000000000000000000000000")
