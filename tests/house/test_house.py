"""The house: both locks agree, no host is written down, and services run without a terminal."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from tui.version import VERSION

ROOT = Path(__file__).parents[2]
PROBE = """
import importlib, json, pkgutil, sys
import services
names = [each.name for each in pkgutil.walk_packages(services.__path__, "services.")
         if not each.name.endswith("__main__")]
for name in names:
    importlib.import_module(name)
print(json.dumps({"names": names, "loaded": "textual" in sys.modules}))
"""


def test_every_pin_for_pip_has_a_hash_and_names_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    pins = text.replace("\\\n", "").splitlines()
    assert all("--hash=sha256:" in pin for pin in pins)


def test_no_service_loads_the_terminal_library() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE], cwd=ROOT, capture_output=True, check=True
    )
    seen = json.loads(done.stdout)
    assert "services.vendor.client" in seen["names"]
    assert seen["loaded"] is False


def test_the_version_is_that_of_the_package() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert package["project"]["version"] == VERSION
