"""What each answer to a purchase is worth: yes, a documented no, or unresolved."""

import json

import pytest

from services.vendor.envelope import Answer
from services.vendor.placement import classify

ORDER_ID = "6901616fe9e88196b4eb64b3"
PLACED = {
    "success": True,
    "data": {"orderId": ORDER_ID},
    "meta": {"timestamp": "2025-10-29T01:00:01.000Z"},
    "requestId": "req_7",
}


def error(code, message="no"):
    return {
        "success": False,
        "error": {"code": code, "message": message},
        "requestId": "req_8",
    }


async def nothing():
    """A journal that always commits."""


def buy(client, sending=nothing, **more):
    return client.place("p1", "t1", 2, sending=sending, **more)


REFUSALS = [
    (400, "ERR_VALIDATION"),
    (400, "ERR_STOCK"),
    (401, "MISSING_ACCESS_TOKEN"),
    (401, "INVALID_ACCESS_TOKEN"),
    (401, "ERR_AUTH"),
    (402, "INSUFFICIENT_BALANCE"),
    (403, "INSUFFICIENT_BALANCE"),
    (403, "NO_BALANCE"),
    (403, "IP_BLOCKED"),
    (403, "IP_NOT_ALLOWED"),
    (403, "API_DISABLED"),
    (404, "NOT_FOUND"),
    (422, "ERR_VALIDATION"),
    (429, "RATE_LIMIT_EXCEEDED"),
    (403, "DUPLICATED_REF"),
    (403, "INSUFFICIENT_SCOPE"),
    (413, "PAYLOAD_TOO_LARGE"),
]


@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_a_documented_no_is_refused(raw, client, status, code):
    raw.answers(status, error(code))
    placement = await buy(client)
    assert placement.verdict == "REFUSED"
    assert (placement.sent, placement.code, placement.request_id) == (True, code, "req_8")
    assert placement.http_status == status
    assert placement.message


@pytest.mark.parametrize("code", ["DUPLICATED-REF", "err-stock", "Payload-Too_Large", "IP-BLOCKED"])
async def test_a_code_is_known_however_it_is_written(raw, client, code):
    raw.answers(403, error(code))
    placement = await buy(client)
    assert (placement.verdict, placement.code) == ("REFUSED", code.upper().replace("-", "_"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, PLACED | {"requestId": None}),
        (200, {"success": True}),
        (400, {"success": False, "error": {"code": "ERR_STOCK"}}),
        (502, b"<html>Bad Gateway</html>"),
        (500, b""),
        (200, {"padding": "x" * 65_536}),
    ],
)
async def test_the_header_names_the_answer_where_the_body_does_not(raw, client, status, body):
    raw.answers(status, body, X_Request_Id="req-fpg\x1b[31m" + "x" * 200)
    placement = await buy(client)
    assert placement.request_id.startswith("req-fpg")
    assert placement.request_id.isprintable()
    assert len(placement.request_id) <= 80


async def test_the_body_names_the_answer_before_the_header(raw, client):
    raw.answers(200, PLACED, X_Request_Id="req-fpg")
    assert (await buy(client)).request_id == "req_7"


DOUBTFUL = {
    "refusal_500": (500, error("PAYLOAD_TOO_LARGE")),
    "refusal_503": (503, error("DUPLICATED-REF")),
    "too_large_html": (413, b"<html>Request Entity Too Large</html>"),
    "unknown_code": (403, error("READ_ONLY_KEY")),
    "unknown_400": (400, error("ERR_NEW")),
    "server_code": (400, error("INTERNAL_SERVER_ERROR")),
    "no_envelope": (400, {"message": "Bad Request", "statusCode": 400}),
    "success_true": (400, error("ERR_STOCK") | {"success": True}),
    "success_missing": (400, {"error": {"code": "ERR_STOCK"}}),
    "html_403": (403, b"<html>Forbidden</html>"),
    "empty_401": (401, b""),
    "router_404": (404, {"message": "Cannot POST", "error": "Not Found", "statusCode": 404}),
    "conflict": (409, error("ERR_STOCK")),
    "timeout_408": (408, error("ERR_STOCK")),
    "http500": (500, error("INTERNAL_SERVER_ERROR")),
    "stock_500": (500, error("ERR_STOCK")),
    "html502": (502, b"<html>Bad Gateway</html>"),
    "http503": (503, error("SERVICE_UNAVAILABLE")),
    "http504": (504, b""),
    "redirect": (307, b""),
    "see_other": (303, error("ERR_STOCK")),
    "created_empty": (201, b""),
    "no_content": (204, b""),
    "html_200": (200, b"<html>Welcome</html>"),
    "a_list": (200, b"[]"),
    "error_200": (200, error("ERR_STOCK")),
    "no_success": (200, {"data": {"orderId": ORDER_ID}}),
    "success_text": (200, PLACED | {"success": "true"}),
    "no_data": (200, {"success": True}),
    "no_order_id": (200, PLACED | {"data": {}}),
    "null_order_id": (200, PLACED | {"data": {"orderId": None}}),
    "empty_order_id": (200, PLACED | {"data": {"orderId": ""}}),
    "number": (200, PLACED | {"data": {"orderId": 12345678}}),
    "short": (200, PLACED | {"data": {"orderId": "undef"}}),
    "long": (200, PLACED | {"data": {"orderId": "a" * 65}}),
    "spaces": (200, PLACED | {"data": {"orderId": "order id 12"}}),
    "line_end": (200, PLACED | {"data": {"orderId": ORDER_ID + "\n"}}),
    "hostile": (200, PLACED | {"data": {"orderId": "\x1b]52;c;YQ==\x07"}}),
    "two_objects": (200, json.dumps(PLACED).encode() * 2),
    "too_large": (200, PLACED | {"padding": "x" * 65_536}),
}


@pytest.mark.parametrize("name", DOUBTFUL)
async def test_everything_else_is_unresolved(raw, client, name):
    status, body = DOUBTFUL[name]
    headers = {"Location": "/v3/gift-cards/placeOrder"} if 300 <= status < 400 else {}
    if status == 204:
        raw.says(b"HTTP/1.1 204 No Content\r\n\r\n")
    else:
        raw.answers(status, body, **headers)
    placement = await buy(client)
    assert placement.verdict == "UNRESOLVED"
    assert placement.sent
    assert placement.order_id == ""
    assert placement.http_status == status
    assert placement.code
    assert placement.message
    assert len(raw.requests) == 1


@pytest.mark.parametrize(
    "raw_answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_an_answer_that_is_no_whole_http_is_unresolved(raw, client, raw_answer):
    raw.says(raw_answer, then="close")
    assert (await buy(client)).verdict == "UNRESOLVED"


async def test_the_answer_cut_after_each_byte_is_unresolved_until_it_is_whole(
    raw, client, http_bytes
):
    whole = http_bytes(200, PLACED, Content_Type="application/json")
    for cut in range(len(whole) + 1):
        raw.says(whole[:cut], then="close")
    verdicts = [(await buy(client)).verdict for _ in range(len(whole) + 1)]
    assert verdicts == ["UNRESOLVED"] * len(whole) + ["HANDLING"]
    assert len(raw.requests) == len(whole) + 1


def test_a_body_without_a_length_is_unresolved_until_its_json_is_whole():
    body = json.dumps(PLACED).encode()
    verdicts = [classify(Answer(200, body[:cut])).verdict for cut in range(len(body) + 1)]
    assert verdicts == ["UNRESOLVED"] * len(body) + ["HANDLING"]
