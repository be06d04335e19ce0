"""The process made a poor witness: no keys in its environment, no core dump, files for us alone."""

import os
import resource
import sys
import time
import warnings
from collections.abc import Iterable, MutableMapping

KEY_VARIABLE = "CARDDESK_API_KEY"
PR_SET_DUMPABLE = 4
SECONDS_OF_A_DAY = 86_400

# Each makes a library write keys to disk, take screenshots, press buttons, start a prompt after
# the end, stop in a debugger, quote arguments in warnings, load code or settings of somebody's
# choice, send traffic elsewhere or trust other certificates: set by who set the variable.
_PREFIXES = ("TEXTUAL", "OPENSSL_")
_NAMES = frozenset(
    {"SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
    | {"PYTHONINSPECT", "PYTHONSTARTUP", "PYTHONBREAKPOINT", "PYTHONWARNINGS"}
    | {"PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "NETRC", "HOSTALIASES"}
    | {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
)


PROXIES = ("HTTPS_PROXY", "ALL_PROXY")
AUTHORITIES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

_dropped: set[str] = set()


def unused(names: Iterable[str]) -> tuple[str, ...]:
    """Return which of these variables were set when this process began, and are not gone by."""
    return tuple(name for name in names if name in _dropped)


def harden(environ: MutableMapping[str, str] | None = None) -> None:
    """Close the side doors; to be called before textual or ssl is imported.

    Args:
        environ: what is scrubbed; the environment of this process by default.
    """
    _fill_streams()
    _dropped.update(scrub(os.environ if environ is None else environ))
    settle_time_zone()
    # PYTHONWARNINGS was read when Python started; a warning would be printed across the picture.
    warnings.simplefilter("ignore")
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _refuse_inspection()


def _fill_streams() -> None:
    """Lead each closed standard stream nowhere: the journal would else be opened in its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is taken, which is this one.
            os.open(os.devnull, os.O_RDWR)


def settle_time_zone() -> None:
    """Go by UTC where the zone is a day or more away: no time could be shown in it."""
    if max(abs(time.timezone), abs(time.altzone)) >= SECONDS_OF_A_DAY:
        _dropped.add("TZ")
        os.environ["TZ"] = "UTC0"
        time.tzset()


def scrub(environ: MutableMapping[str, str]) -> set[str]:
    """Drop the variables that leak keys or steer libraries.

    Returns:
        The names of those that said something, in capitals.
    """
    dropped: set[str] = set()
    for name in list(environ):
        if (name.upper() in _NAMES or name.startswith(_PREFIXES)) and environ.pop(name):
            dropped.add(name.upper())
    return dropped


def forget_key(environ: MutableMapping[str, str] | None = None) -> None:
    """Drop the API key once it was read, so that no child process inherits it.

    Args:
        environ: what it is dropped from; the environment of this process by default, and then the
            block that /proc/PID/environ shows is overwritten as well.
    """
    if environ is None:
        _overwrite(KEY_VARIABLE)
        environ = os.environ
    environ.pop(KEY_VARIABLE, None)


def _overwrite(name: str) -> None:
    """Put zeros where a variable's value lies: unsetting it only forgets where it was.

    The same name may be there more than once, of which Python and C see the first alone.
    """
    if sys.platform == "win32":
        return
    try:
        import ctypes

        entries = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
    except (ImportError, OSError, AttributeError, ValueError):
        return
    before, at = f"{name}=".encode(), 0
    while entries and (address := entries[at]):
        text = ctypes.string_at(address)
        if text.startswith(before):
            ctypes.memset(address + len(before), 0, len(text) - len(before))
        at += 1


def _refuse_inspection() -> None:
    """Tell Linux that other processes of this user may not read our memory or environment."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        # Some builds have no ctypes and some C libraries no prctl; the other doors stay closed.
        return
