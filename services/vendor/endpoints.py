"""What the vendor is asked, written for a URL: paths, ids as segments, pages, spans of time."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from services.domain.errors import BadInput
from services.domain.models import LONGEST_ID

FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


class Endpoint(StrEnum):
    """The paths of the API, below its base URL."""

    PING = "ping"
    VALIDATE = "validate"
    BALANCE = "account/balance"
    TRANSACTIONS = "account/transactions"
    CATALOG = "gift-cards/catalog"
    STOCK = "gift-cards/checkProduct"
    PLACE = "gift-cards/placeOrder"
    ORDER = "gift-cards/checkOrder"
    ORDERS = "gift-cards/list"


def about(endpoint: Endpoint, identifier: str) -> str:
    """Return the path that asks for one thing; its id stays one segment, whatever is in it.

    Raises:
        BadInput: if no vendor could have given such an id.
    """
    if not identifier.strip(".") or len(identifier) > LONGEST_ID or not identifier.isprintable():
        raise BadInput("This is no id that the vendor could have given")
    return f"{endpoint}/{quote(identifier, safe='')}"


def page_of(
    page: int, page_size: int, start: datetime | None, end: datetime | None, now: datetime
) -> dict[str, str]:
    """Return the parameters for a page, between `start` and `end` (aware) where one is given.

    The vendor takes both ends or none. An open end lies a day ahead of `now`, so that a vendor
    whose clock runs early hides nothing.
    """
    params = {"page": str(page), "pageSize": str(page_size)}
    if start is not None or end is not None:
        params["from"] = _iso(start or FIRST_DAY)
        params["to"] = _iso(end or now + timedelta(days=1))
    return params


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
