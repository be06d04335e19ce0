"""Where the API key comes from: a variable, a private file or a command; it is never shown."""

import codecs
import os
import re
import select
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from services.domain.errors import ConfigError
from services.domain.secrets import Secret, redaction
from services.settings.fields import Profile
from services.system import files
from services.system.files import reason, shown
from services.system.paths import Paths
from services.system.process import KEY_VARIABLE as VARIABLE

SHORTEST, LONGEST = 8, 512
_FILE_NAME = re.compile(r"\.[A-Za-z]{1,6}$")
"""How the name of a file ends and a key does not."""

_QUOTES = frozenset("\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb")
_ADDRESS = re.compile(r"[a-z]+://", re.IGNORECASE)
_NAMED = re.compile(
    r"(export\s|set\s|bearer\s|[a-z_]\w*\s*=\s*[^=\s]{4}"
    r"|[\w-]*(key|token|secret|auth)[\w-]*\s*:\s*\S{4})",
    re.IGNORECASE | re.ASCII,
)
"""How a line of a shell, a header or a settings file begins that holds a key."""

LARGEST_OUTPUT = 64 * 1024
COMMAND_SECONDS = 10.0


def api_key(profile: Profile, paths: Paths, environ: Mapping[str, str]) -> Secret:
    """Return the key of a profile: CARDDESK_API_KEY, else `key_file`, else `key_command`.

    The log learns to mask it. A command may take up to 10 seconds: call this before a loop runs.

    Raises:
        ConfigError: there is no key, it cannot be read safely, or it is no key; never showing it.
    """
    if environ.get(VARIABLE):
        return checked(environ[VARIABLE], VARIABLE)
    if profile.key_file:
        path = paths.config_dir / _at_home(profile.key_file)
        named = _in_words(path, profile, paths)
        return checked(_from_file(path, named), named)
    if profile.key_command:
        return checked(_from_command(profile.key_command, environ), "key_command")
    raise ConfigError(
        f"There is no API key for the profile {profile.name}",
        advice="Run `carddesk config init` and put the key where it says,"
        " or try everything without one: `carddesk --sandbox`.",
    )


def names_a_file(profile: Profile, paths: Paths) -> bool:
    """Tell whether `key_file` is a file or looks like its name, and is not a key put in its place.

    Raises:
        ConfigError: its home folder does not exist.
    """
    path = paths.config_dir / _at_home(profile.key_file)
    try:
        return os.path.lexists(path) or bool(_FILE_NAME.search(profile.key_file))
    except ValueError:
        return False


def _in_words(path: Path, profile: Profile, paths: Paths) -> str:
    # Of a key that was put where its file is named nothing is repeated.
    if names_a_file(profile, paths):
        return f"The key file {shown(path)}"
    return "The file that key_file names"


def _at_home(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ConfigError("key_file begins with ~, and there is no such home folder") from None


def checked(raw: str, origin: str) -> Secret:
    """Return what may be a key, and have the log mask it.

    Args:
        raw: the text, blanks around it allowed.
        origin: where it came from, in words.

    Raises:
        ConfigError: what keeps it from being a key, without a sign of it.
    """
    key = raw.strip().removeprefix("\ufeff").strip()
    if wrapped := _wrapped(key):
        flaw = wrapped
    elif not SHORTEST <= len(key) <= LONGEST:
        flaw = (
            "is empty" if not key else f"is {len(key)} characters long, not {SHORTEST} to {LONGEST}"
        )
    elif not key.isascii() or not key.isprintable():
        flaw = "holds a line break, a control character or one outside ASCII"
    elif " " in key:
        flaw = "holds a space"
    else:
        secret = Secret(key)
        redaction.learn(secret)
        return secret
    raise ConfigError(
        f"{origin}: the API key {flaw}",
        advice="Give the key alone, as the vendor's page shows it. Nothing was sent.",
    )


def _wrapped(key: str) -> str:
    """Say what is around a key that was copied with more than itself; empty when nothing."""
    if not key:
        return ""
    if key[:1] in _QUOTES or key[-1:] in _QUOTES:
        return "has quotes around it"
    if key[:1] == "{":
        return "is a JSON document, not a key alone"
    if key[:1] in "<([" or key[-1:] in ">)],;":
        return "has a bracket, a comma or a semicolon around it"
    if key[:1] in "$%":
        return "is the name of a variable, not its value"
    if _ADDRESS.match(key):
        return "is an address, not a key alone"
    if _NAMED.match(key):
        return "has a name before it, such as KEY= or X-Access-Token:"
    return ""


def _from_file(path: Path, named: str) -> str:
    return _text(files.read(path, named, "the API key"))


def _text(raw: bytes) -> str:
    # Latin-1 keeps every byte, so that the check of the key is the one that refuses it.
    return raw.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _from_command(command: str, environ: Mapping[str, str]) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise ConfigError("key_command has a quote that is never closed, or no word at all")
    try:
        # A session of its own: whatever the command starts can be ended with it.
        process = subprocess.Popen(  # noqa: S603 - the operator's own command, no shell
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
        )
    except OSError as failure:
        raise ConfigError(f"key_command cannot be run: {reason(failure)}") from None
    with process:
        try:
            output = _output(process, time.monotonic() + COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            raise ConfigError(
                f"key_command did not end within {COMMAND_SECONDS:g} seconds",
                advice="Run it in a shell first, so that it need not ask for anything.",
            ) from None
        finally:
            _end(process)
    if process.returncode != 0:
        raise ConfigError(
            f"key_command failed with exit code {process.returncode}",
            advice="Run it in a shell to see why.",
        )
    return _text(output.strip().partition(b"\n")[0])


def _output(process: subprocess.Popen[bytes], until: float) -> bytes:
    stdout = cast("IO[bytes]", process.stdout)
    output = b""
    while len(output) <= LARGEST_OUTPUT:
        left = max(0.0, until - time.monotonic())
        if not select.select([stdout], [], [], left)[0]:
            raise subprocess.TimeoutExpired("key_command", COMMAND_SECONDS)
        chunk = os.read(stdout.fileno(), LARGEST_OUTPUT)
        if not chunk:
            process.wait(max(0.0, until - time.monotonic()))
            return output
        output += chunk
    raise ConfigError(f"key_command printed more than {LARGEST_OUTPUT // 1024} kB")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
