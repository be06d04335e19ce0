"""`carddesk case`: a bad card from a customer's word to its outcome, without a screen."""

import pytest


@pytest.fixture
async def sold(carddesk, shelf):
    """An order of two cards."""
    buy = ("buy", shelf.product_id, shelf.type_id, "2", "--note", "karim", "--yes", "--json")
    return (await carddesk(*buy, "--wait")).document


async def test_a_case_is_opened_noted_listed_and_closed(carddesk, sold):
    opened = await carddesk(
        "case", "open", sold["purchase_id"], "2", "--reason", "used", "--due", "+3", "--json"
    )
    assert opened.code == 0
    assert (opened.document["case"], opened.document["card"]) == (1, 2)
    assert opened.document["reason"] == "the code was used already"
    noted = await carddesk("case", "note", "1", "sent a picture", "--ticket", "4711")
    assert "sent a picture" in noted.out
    [listed] = (await carddesk("case", "list", "--json")).document
    assert (listed["ticket"], listed["note"], listed["days"]) == ("4711", "karim", 0)
    assert "opened today" in (await carddesk("case")).out
    closed = await carddesk("case", "close", "1", "replaced", "6b0c", "--json")
    assert (closed.document["outcome"], closed.document["replaced_by"]) == ("replaced", "6b0c")
    assert len(closed.document["notes"]) == 3
    assert "No case is open." in (await carddesk("case", "list")).err
    assert "replaced by order 6b0c" in (await carddesk("case", "list", "--all")).out


async def test_the_text_for_the_vendor_is_printed_alone(carddesk, sold):
    await carddesk("case", "open", sold["order_id"], "1", "--reason", "invalid")
    done = await carddesk("case", "show", "1", "--text", CARDDESK_UI_CUSTOMER_LANGUAGE="en")
    assert done.out.startswith("A customer says that a card does not work.")
    assert f"Order: {sold['order_id']}" in done.out
    revealed = (await carddesk("order", sold["order_id"], "--reveal", "--json")).document
    for card in revealed["cards"]:
        assert card["value"] not in done.out
        assert card["serial"] not in done.out


async def test_a_code_in_a_reason_is_refused_and_kept_nowhere(carddesk, sold):
    revealed = (await carddesk("order", sold["order_id"], "--reveal", "--json")).document
    code = revealed["cards"][0]["value"]
    done = await carddesk("case", "open", sold["order_id"], "1", "--reason", f"{code} is used")
    assert (done.code, code in done.out + done.err) == (3, False)
    assert "The text holds the code" in done.err
    assert code not in (await carddesk("audit", "--json")).out


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("open", "nothing", "1"), 2, "Give --reason"),
        (("open", "nothing"), 2, "an ORDER and the number of a CARD"),
        (("open", "nothing", "0", "--reason", "used"), 2, "The number of a card is 1 or more"),
        (("open", "nothing", "1", "--reason", "used"), 3, "knows nothing"),
        (("open", "nothing", "1", "--reason", "used", "--due", "soon"), 2, "no day to come"),
        (("show",), 2, "the number of a case"),
        (("show", "one"), 2, "The number of a case is 1 or more"),
        (("show", "9"), 3, "There is no case 9"),
        (("note", "9"), 3, "There is no case 9"),
        (("close", "9", "lost"), 2, "A case ends refunded"),
        (("list", "--reason", "used"), 2, "--reason goes with case open"),
        (("show", "1", "--due", "+3"), 2, "--due goes with case open and case note"),
        (("lose",), 2, "invalid choice"),
    ],
)
async def test_what_cannot_be_done_says_why(carddesk, argv, code, words):
    done = await carddesk("case", *argv)
    assert (done.code, words in done.err) == (code, True), done.err
