"""Whether the C library knows the time zone that TZ or the system names."""

import re
from collections.abc import Mapping
from pathlib import Path

from services.domain.text import clean
from services.system import process

FOLDERS = (Path("/usr/share/zoneinfo"), Path("/usr/lib/zoneinfo"), Path("/usr/share/lib/zoneinfo"))
SYSTEM_ZONE = Path("/etc/localtime")
_RULE = r"([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?[0-9]{1,3}(:[0-9]{2}){0,2}\S*"
"""A rule written out, such as CET-1CEST or <+01>-1: it needs no file."""


def time_zone_problem(environ: Mapping[str, str], system_zone: Path = SYSTEM_ZONE) -> str:
    """Say that times are shown in UTC because the zone is not known here; empty when it is.

    The C library takes UTC for a zone that it does not know, without a word.

    Args:
        environ: where TZ is.
        system_zone: what counts where TZ is not set.
    """
    if process.unused(("TZ",)):
        return "The time zone TZ is a day or more from UTC"
    name = environ.get("TZ")
    if name is None:
        if system_zone.is_symlink() and not system_zone.exists():
            return f"The time zone of this machine is not installed ({system_zone} leads nowhere)"
        return ""
    zone = name.removeprefix(":")
    if not zone or re.fullmatch(_RULE, zone) or _is_zone(zone, environ):
        return ""
    return f"The time zone TZ={clean(name, 60)} is not known on this machine"


def _is_zone(zone: str, environ: Mapping[str, str]) -> bool:
    if zone.startswith("/"):
        return Path(zone).is_file()
    folders = (Path(own),) if (own := environ.get("TZDIR")) else FOLDERS
    return any((folder / zone).is_file() for folder in folders)
