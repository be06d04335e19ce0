"""The way to the vendor: the proxy, what it wants to know, and the certificates to trust."""

import base64
import errno
import os
import re
from pathlib import Path

from services.domain.errors import ConfigError
from services.domain.secrets import Secret, redaction
from services.settings.fields import NetSettings
from services.system import files
from services.system.files import advice_for, open_regular, reason, shown, unsafe, unsafe_folder
from services.system.paths import Paths
from services.system.route import Route

LARGEST_CA_FILE = 1024 * 1024
BEGIN_CERTIFICATE = "-----BEGIN CERTIFICATE-----"
END_CERTIFICATE = "-----END CERTIFICATE-----"
_CERTIFICATE = rb"-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]*-----END \1-----"
DER = b"\x30\x82"


def route(net: NetSettings, paths: Paths) -> Route:
    """Return the way that the settings describe; the files that they name are read now.

    Raises:
        ConfigError: a file cannot be read safely, or does not hold what it should.
    """
    auth = _proxy_auth(net.proxy_auth_file, paths) if net.proxy and net.proxy_auth_file else None
    if not net.ca_file:
        return Route(net.proxy, auth)
    path = _place(net.ca_file, paths, "ca_file")
    return Route(net.proxy, auth, _certificates(path), path.name)


def _proxy_auth(name: str, paths: Paths) -> Secret:
    path = _place(name, paths, "proxy_auth_file")
    named = f"The file {shown(path)} (net.proxy_auth_file)"
    raw = files.read(path, named, "the proxy's password")
    text = raw.decode("utf-8", "replace").strip("\r\n")
    user, colon, password = text.partition(":")
    if not (user and colon and password) or not text.isprintable():
        raise ConfigError(
            f"{named} does not hold NAME:PASSWORD on one line",
            advice="Write both there, with a colon between, and nothing else.",
        )
    whole = Secret(text)
    for secret in (whole, Secret(password), Secret(base64.b64encode(text.encode()).decode())):
        redaction.learn(secret)
    return whole


def _certificates(path: Path) -> str:
    named = f"The file {shown(path)} (net.ca_file)"
    try:
        descriptor = open_regular(path, follow=False)
    except OSError as failure:
        why = "it is a symbolic link" if failure.errno == errno.ELOOP else reason(failure)
        advice = advice_for(path, failure) or "Name the file itself that holds the certificate."
        raise ConfigError(f"{named} cannot be used: {why}", advice=advice) from None
    with os.fdopen(descriptor, "rb") as file:
        # To write it is to decide whom the key is sent to.
        if problem := unsafe_folder(path) or unsafe(path, os.fstat(file.fileno())):
            raise ConfigError(
                f"{problem}, and net.ca_file says whom to trust",
                advice="Let only yourself or root write there.",
            )
        content = file.read(LARGEST_CA_FILE + 1)
    if len(content) > LARGEST_CA_FILE:
        raise ConfigError(
            f"{named} is larger than any list of certificates",
            advice="Name a file that holds your company's certificate alone.",
        )
    # What else is in the file (a key, a comment, a byte-order mark) goes no further.
    if found := [match[0] for match in re.finditer(_CERTIFICATE, content)]:
        return b"\n".join(found).decode("ascii", "replace") + "\n"
    if content.startswith(DER):
        encoded = base64.encodebytes(content).decode("ascii")
        return f"{BEGIN_CERTIFICATE}\n{encoded}{END_CERTIFICATE}\n"
    raise ConfigError(
        f"{named} holds no certificate",
        advice=f"It should hold lines from {BEGIN_CERTIFICATE} to {END_CERTIFICATE}.",
    )


def _place(name: str, paths: Paths, setting: str) -> Path:
    try:
        return paths.config_dir / Path(name).expanduser()
    except RuntimeError:
        raise ConfigError(
            f"net.{setting} begins with ~, and there is no such home folder"
        ) from None
