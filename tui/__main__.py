"""The command `carddesk`: a whole installation, a hardened process, then the command line."""

import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path


def main() -> int:
    """Run carddesk with the process's own arguments and return its exit code.

    Where Python was told to give a prompt afterwards (PYTHONINSPECT, -i), nothing comes afterwards:
    whoever sat at the prompt could read the key in our memory.
    """
    if not sys.flags.inspect:
        return _run()
    code = 1
    try:
        code = _run()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)


def _run() -> int:
    if sys.argv[1:] == ["--version"]:
        from tui.version import VERSION

        sys.stdout.write(f"carddesk {VERSION}\n")
        return 0
    # The names are plain enough for another distribution to own one: then what runs is not us.
    found = [find_spec(name) for name in ("tui", "widgets", "services")]
    homes = {Path(spec.origin).parent.parent if spec and spec.origin else None for spec in found}
    if len(homes) != 1 or None in homes:
        sys.stderr.write("carddesk: install it into an environment of its own (uv tool, pipx)\n")
        return 2

    from services.process import harden
    from tui import garbage

    garbage.rest()
    harden()
    from tui.cli import main as command_line

    return command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
