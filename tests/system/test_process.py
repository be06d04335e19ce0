"""The process: a scrubbed environment, private files, and no other user looks inside."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.system.process import forget_key, scrub

ROOT = Path(__file__).parents[2]
PROBE = """
import json, os, resource, sys
from services.system.process import forget_key, harden
harden()
forget_key()
with open(sys.argv[1], "w"):
    pass
try:
    status = os.stat("/proc/self/environ").st_uid
except OSError:
    status = None
print(json.dumps({
    "environ": sorted(os.environ),
    "modules": sorted({"textual", "ssl", "httpx", "asyncio", "_hashlib"} & set(sys.modules)),
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "dumpable": __import__("ctypes").CDLL(None).prctl(3, 0, 0, 0, 0),
}))
"""


def test_what_steers_or_leaks_is_dropped_and_the_rest_is_kept() -> None:
    leaks = {
        "TEXTUAL": "devtools",
        "TEXTUAL_PRESS": "y,enter",
        "TEXTUAL_SCREENSHOT": "1",
        "SSLKEYLOGFILE": "/tmp/keys",
        "PYTHONINSPECT": "1",
        "http_proxy": "http://proxy.example",
        "HTTPS_PROXY": "http://proxy.example",
        "All_Proxy": "socks5://proxy.example",
        "no_proxy": "*",
        "SSL_CERT_FILE": "/tmp/ca.pem",
        "SSL_CERT_DIR": "/tmp/ca",
        "REQUESTS_CA_BUNDLE": "/tmp/ca.pem",
        "CURL_CA_BUNDLE": "/tmp/ca.pem",
        "OPENSSL_CONF": "/tmp/openssl.cnf",
        "OPENSSL_MODULES": "/tmp/modules",
        "OPENSSL_ENGINES": "/tmp/engines",
        "PYTHONSTARTUP": "/tmp/start.py",
        "PYTHONBREAKPOINT": "os.system",
        "PYTHONWARNINGS": "error",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONDEVMODE": "1",
        "NETRC": "/tmp/netrc",
        "HOSTALIASES": "/tmp/hosts",
    }
    kept = {"TERM": "xterm", "NO_COLOR": "1", "CARDDESK_UI_THEME": "nord", "HOME": "/home/me"}
    environ = leaks | kept
    dropped = scrub(environ)
    assert environ == kept
    assert {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE"} <= dropped
    assert scrub({"HTTPS_PROXY": ""}) == set()


def test_the_key_is_forgotten_whether_it_was_there_or_not() -> None:
    environ = {"CARDDESK_API_KEY": "0123456789", "CARDDESK_PROFILE": "main"}
    forget_key(environ)
    forget_key(environ)
    assert environ == {"CARDDESK_PROFILE": "main"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux process state")
def test_a_hardened_process_keeps_to_itself_and_has_loaded_neither_textual_nor_ssl(
    tmp_path: Path,
) -> None:
    marks = {"SSLKEYLOGFILE": "x", "TEXTUAL_DEBUG": "1", "CARDDESK_API_KEY": "0123456789"}
    seen = json.loads(
        subprocess.run(
            [sys.executable, "-c", PROBE, str(tmp_path / "file")],
            cwd=ROOT,
            env={**os.environ, **marks},
            capture_output=True,
            check=True,
        ).stdout
    )
    assert not marks.keys() & set(seen["environ"])
    assert seen["modules"] == []
    assert seen["core"] == [0, 0]
    assert seen["dumpable"] == 0
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


TWICE = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
words = [sys.executable.encode(), b"-c", sys.argv[1].encode(), None]
block = [b"CARDDESK_API_KEY=first-0123", b"PATH=" + os.environb[b"PATH"],
         b"CARDDESK_API_KEY=second-4567", None]
libc.execve(words[0], (ctypes.c_char_p * 4)(*words), (ctypes.c_char_p * 4)(*block))
"""
FORGETTING = """
from services.system.process import forget_key
forget_key()
import os, sys
assert "CARDDESK_API_KEY" not in os.environ
sys.stdout.buffer.write(open("/proc/self/environ", "rb").read())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux process state")
def test_a_key_that_was_given_twice_is_overwritten_twice() -> None:
    block = subprocess.run(
        [sys.executable, "-c", TWICE, FORGETTING], cwd=ROOT, capture_output=True, check=True
    ).stdout
    assert block.count(b"CARDDESK_API_KEY=") == 2
    assert b"first-0123"[1:] not in block
    assert b"second-4567"[1:] not in block
