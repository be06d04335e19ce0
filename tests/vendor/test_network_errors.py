"""Why a connection failed, in words that quote no library."""

import socket
import ssl

import pytest

from services.vendor import network_errors


def wrapped(cause: BaseException) -> Exception:
    error = RuntimeError("quotes SECRET of the answer")
    error.__cause__ = ExceptionGroup("addresses", [OSError("first")])
    error.__cause__.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "words", "of_proxy"),
    [
        (socket.gaierror(), "its name could not be resolved", False),
        (ConnectionRefusedError(), "the proxy refused the connection", True),
        (TimeoutError(), "no answer in time", False),
        (ssl.SSLError(), "the secure connection failed", False),
        (ValueError("SECRET"), "the connection broke", False),
    ],
)
def test_the_most_telling_cause_is_named(cause, words, of_proxy):
    assert network_errors.unreachable(wrapped(cause), of_proxy=of_proxy) == words


def test_a_distrusted_certificate_is_found_among_the_causes():
    wrong = ssl.SSLCertVerificationError()
    assert network_errors.distrust(wrapped(wrong)) is wrong
    assert network_errors.distrust(wrapped(TimeoutError())) is None
