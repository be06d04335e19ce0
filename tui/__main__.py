"""The command `carddesk`: a whole installation, a hardened process, then the command line."""

import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path


def main() -> int:
    """Run carddesk with the process's own arguments and return its exit code.

    Python asked to give a prompt afterwards (PYTHONINSPECT, -i) gives none:
    who sits at the prompt could read the key in our memory.
    """
    if not sys.flags.inspect:
        return _guarded()
    code = 1
    try:
        code = _guarded()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)


def _guarded() -> int:
    """Run, and say a sentence where anything else would have printed a traceback."""
    _silence_hooks()
    try:
        return _run()
    except ImportError as missing:
        name = ascii(missing.name or "")
        return _said(f"this installation is not whole: {name} cannot be loaded. Install it again.")
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _said(_last_sentence(error))


def _last_sentence(error: Exception) -> str:
    """Return a sentence about what nothing else could handle, without what it was handling."""
    with suppress(Exception):
        from services.system.host_limits import host_limit
        from services.system.logs import describe

        if limit := host_limit(error):
            return limit.sentence()
        return f"it could not start ({describe(error)}). Nothing was sent."
    return f"it could not start ({type(error).__name__}). Nothing was sent."


def _said(sentence: str) -> int:
    with suppress(Exception):
        sys.stderr.write(f"carddesk: {sentence}\n")
        sys.stderr.flush()
    return 2


def _silence_hooks() -> None:
    """Let no thread, destructor or exit handler print values: they can be keys and cards."""
    import threading

    def quiet(*_: object) -> None:
        return

    sys.excepthook = sys.unraisablehook = threading.excepthook = quiet


def _run() -> int:
    if sys.argv[1:] == ["--version"]:
        from tui.version import VERSION

        return _printed(f"carddesk {VERSION}\n")
    if foreign := _foreign_package():
        sys.stderr.write(
            f"carddesk: {foreign} is found before carddesk's own package of that name. "
            "Take its folder out of PYTHONPATH, or install carddesk into an environment of its "
            "own (uv tool, pipx).\n"
        )
        return 2

    from services.system.process import harden
    from tui.terminal import gc_pauses

    gc_pauses.pause()
    harden()
    from tui.cli.main import main as command_line

    return command_line(sys.argv[1:])


def _printed(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        code = 0
    except (OSError, ValueError, AttributeError) as failure:
        why = getattr(failure, "strerror", None) or "standard output is closed"
        _said(f"the output could not be written: {why.lower()}.")
        code = 1
    else:
        return 0
    # What is left in the buffer would fail once more at the end of the interpreter.
    with suppress(Exception):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _foreign_package() -> str:
    """Return where a package of one of our names lies that is not ours; empty when all are."""
    ours = Path(__file__).parent.parent
    for name in ("tui", "widgets", "services"):
        spec = find_spec(name)
        places = list(spec.submodule_search_locations or ()) if spec else []
        if spec is None:
            return f"nothing called {name} in {ascii(str(ours))[1:-1]}"
        if Path(spec.origin or "").parent != ours / name:
            return ascii(spec.origin or (places[0] if places else name))[1:-1]
    return ""


if __name__ == "__main__":
    sys.exit(main())
