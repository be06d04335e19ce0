"""The process made a poor witness: no keys in its environment, no core dump, files for us alone."""

import os
import resource
import sys
from collections.abc import MutableMapping

KEY_VARIABLE = "CARDDESK_API_KEY"
PR_SET_DUMPABLE = 4

# Each makes a library write keys to disk, take screenshots, press buttons, start a prompt after
# the end, send traffic elsewhere or trust other certificates: set by whoever set the variable.
_PREFIXES = ("TEXTUAL",)
_NAMES = frozenset(
    {"SSLKEYLOGFILE", "PYTHONINSPECT", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    | {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
)


def harden(environ: MutableMapping[str, str] | None = None) -> None:
    """Close the side doors; to be called before textual or ssl is imported.

    Args:
        environ: what is scrubbed; the environment of this process by default.
    """
    scrub(os.environ if environ is None else environ)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _refuse_inspection()


def scrub(environ: MutableMapping[str, str]) -> None:
    """Drop the variables that leak keys or steer libraries."""
    for name in list(environ):
        if name.upper() in _NAMES or name.startswith(_PREFIXES):
            del environ[name]


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
    """Put zeros where a variable's value lies: unsetting it only forgets where it was."""
    if sys.platform == "win32":
        return
    try:
        import ctypes

        find = ctypes.CDLL(None).getenv
    except (ImportError, OSError, AttributeError):
        return
    find.argtypes, find.restype = [ctypes.c_char_p], ctypes.c_void_p
    if address := find(name.encode()):
        ctypes.memset(address, 0, len(ctypes.string_at(address)))


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
