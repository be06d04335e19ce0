"""Which addresses an API key may be sent to: https, or this machine itself."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def vendor_url(text: str) -> str:
    """Return the base URL in its one form: lower-case host, no slash at the end.

    Args:
        text: `https://host[:port][/path]`, or `http://` to this machine itself
            (127.0.0.0/8, ::1, localhost).

    Raises:
        ValueError: with the reason, which never repeats the URL: it may hold a password.
    """
    parts = _split(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts)):
        raise ValueError("it must begin with https:// (http:// is only for this machine itself)")
    return f"{parts.scheme}://{_host_and_port(parts)}{parts.path.rstrip('/')}"


def proxy_url(text: str) -> str:
    """Return a proxy's URL in its one form, or empty for none; the reason is a ValueError."""
    if not text:
        return ""
    parts = _split(text)
    if parts.scheme not in ("http", "https"):
        raise ValueError("it must begin with http:// or https://")
    if parts.path.rstrip("/"):
        raise ValueError("a proxy has no path")
    return f"{parts.scheme}://{_host_and_port(parts)}"


def _split(text: str) -> SplitResult:
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise ValueError("it holds a space, a backslash, or a character outside ASCII")
    if "?" in text or "#" in text:
        raise ValueError("it must not have a query (?) or a fragment (#)")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("its host or port cannot be read") from None
    if "@" in parts.netloc:
        raise ValueError("it must not hold a user name or password")
    if not parts.hostname:
        raise ValueError("it names no host; it looks like https://host/path")
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError("its host or port cannot be read")
    return parts


def _host_and_port(parts: SplitResult) -> str:
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{parts.port}" if parts.port is not None else shown


def _is_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # ::ffff:127.0.0.1 counts as loopback in newer Pythons only; one answer everywhere.
    return str(address) == "::1" or (address.version == 4 and address.is_loopback)
