"""Why a connection failed, from the system's own errors; a library's text can quote the answer."""

import socket
import ssl
from collections.abc import Iterator
from datetime import datetime

from services.domain.phrase import Phrase, phrase
from services.domain.text import clean
from services.system import process
from services.vendor.certificate import Certificate

WORDS: tuple[tuple[type[BaseException], str, str], ...] = (
    (ssl.SSLError, "the secure connection failed", "the secure connection to the proxy failed"),
    (
        socket.gaierror,
        "its name could not be resolved",
        "the name of the proxy could not be resolved",
    ),
    (ConnectionRefusedError, "the connection was refused", "the proxy refused the connection"),
    (TimeoutError, "no answer in time", "no answer of the proxy in time"),
    (BaseException, "the connection broke", "the proxy broke the connection"),
)
"""The most telling cause first: where it is the vendor's, and where it is the proxy's."""

NOT_YET, NO_MORE = 9, 10
ISSUER_UNKNOWN = (18, 19, 20, 21)
ANOTHER_NAME = (62, 64)
"""OpenSSL's numbers for what is wrong with a certificate."""

NOTHING_CHANGED = "Nothing was changed."


def unreached(cause: str) -> Phrase:
    """Say that the vendor could not be reached, and why."""
    return phrase("Could not reach the vendor: {cause}", cause=cause)


def unreachable(error: BaseException, *, of_proxy: bool = False) -> str:
    """Say in a clause why the vendor could not be reached.

    Args:
        error: what was raised; its whole chain of causes is examined.
        of_proxy: whether the connection had come no further than to the proxy.
    """
    found = list(causes(error))
    words = next(row for row in WORDS if any(isinstance(cause, row[0]) for cause in found))
    return words[2] if of_proxy else words[1]


def distrust(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """Return what was wrong with a certificate, if that is why a connection failed."""
    found = (cause for cause in causes(error) if isinstance(cause, ssl.SSLCertVerificationError))
    return next(found, None)


def untrusted(
    wrong: ssl.SSLCertVerificationError,
    shown: Certificate | None,
    now: datetime,
    *,
    ca_name: str = "",
    of_proxy: bool = False,
) -> tuple[str, str]:
    """Say in a clause why a certificate was not accepted, and in a sentence what to do about it.

    Args:
        wrong: OpenSSL's verdict.
        shown: the certificate, if it could be read.
        now: the clock here, UTC.
        ca_name: the file of the certificate that is trusted beside the public ones, or empty.
        of_proxy: whether it is the proxy's certificate.
    """
    code, its = wrong.verify_code, "the certificate of the proxy" if of_proxy else "its certificate"
    if code in (NOT_YET, NO_MORE):
        return f"{its} {_dates(code, shown, now)}", (
            f"Is the clock here right? Set it first if not. {NOTHING_CHANGED}"
        )
    if code in ISSUER_UNKNOWN:
        known = shown.issuer if shown else ""
        issuer = f'was issued by "{known}", which' if known else "is from an issuer that"
        own = (
            f"{clean(ca_name, 80)} (net.ca_file) is not the certificate that issued it: ask for"
            " that one if it is your company's own"
            if ca_name
            else "If that is your company's own, name its certificate in net.ca_file"
        )
        advice = (
            f"{own}; else somebody is between you and the vendor, and nothing was sent."
            f" {_variables()}"
        )
        return f"{its} {issuer} is not trusted here", advice.rstrip()
    if code in ANOTHER_NAME:
        other = f' ("{shown.subject}")' if shown and shown.subject else ""
        return f"{its} is for another name{other}", (
            f"Check base_url, and whether a login page is in between. {NOTHING_CHANGED}"
        )
    why = clean(wrong.verify_message or "no reason given", 80)
    return f"{its} is not accepted: {why}", NOTHING_CHANGED


def unused_proxy(configured: bool) -> str:
    """Say that a proxy is set in the environment and not gone by; empty where none is."""
    names = () if configured else process.unused(process.PROXIES)
    if not names:
        return ""
    return (
        f"{names[0]} is set here and not used: if this network needs a proxy, name it in net.proxy."
    )


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Go through an error and all that it came from."""
    while error is not None:
        yield error
        # Several addresses were tried: their errors come as a group.
        yield from getattr(error, "exceptions", ())
        error = error.__cause__ or error.__context__


def _dates(code: int, shown: Certificate | None, now: datetime) -> str:
    here = f"and the clock here says {now.astimezone():%d %b %Y %H:%M}"
    if code == NOT_YET:
        if shown is not None and shown.begins is not None and shown.begins > now:
            return f"begins on {shown.begins.astimezone():%d %b %Y}, {here}"
        return f"is not valid yet, {here}"
    if shown is not None and shown.ends is not None and shown.ends < now:
        return f"ended on {shown.ends.astimezone():%d %b %Y}, {here}"
    return f"is not valid any more, {here}"


def _variables() -> str:
    names = process.unused(process.AUTHORITIES)
    return f"{names[0]} is set here and not used." if names else ""
