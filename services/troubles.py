"""Why a line failed, told from the system's own errors; a library's text can quote the answer."""

import socket
import ssl
from collections.abc import Iterator

WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted; is the clock here right?"),
    (ssl.SSLError, "the secure connection failed"),
    (socket.gaierror, "its name could not be resolved"),
    (ConnectionRefusedError, "the connection was refused"),
    (TimeoutError, "no answer in time"),
)
"""The most telling cause first."""


def unreachable(error: BaseException, otherwise: str) -> str:
    """Say as a sentence why the vendor could not be reached.

    Args:
        error: what was raised; its whole chain of causes is looked at.
        otherwise: the words where no cause tells.
    """
    causes = tuple(_causes(error))
    for kind, words in WORDS:
        if any(isinstance(cause, kind) for cause in causes):
            return f"Could not reach the vendor: {words}"
    return f"Could not reach the vendor: {otherwise}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        # Several addresses were tried: their errors come as a group.
        yield from getattr(error, "exceptions", ())
        error = error.__cause__ or error.__context__
