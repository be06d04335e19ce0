"""The embedded vendor of this user: one process serves it, the others find it there."""

import fcntl
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from services.errors import ConfigError
from services.paths import Paths, private_dir, reason
from services.sandbox import Sandbox

STATE = "vendor.json"
ADDRESS = "address"


@asynccontextmanager
async def served(paths: Paths, port: int = 0) -> AsyncGenerator[Sandbox]:
    """Serve the embedded vendor with what it remembers, for as long as the context lasts.

    Raises:
        ConfigError: another process serves it already, or its folder or the port cannot be used.
    """
    folder = private_dir(paths.state_dir / "sandbox")
    descriptor = _locked(folder / ADDRESS)
    if descriptor is None:
        raise ConfigError(
            f"The embedded vendor is running already, at {_address(folder) or 'a new address'}",
            advice="Use that one: carddesk --sandbox finds it by itself.",
        )
    async with _serving(folder, descriptor, port) as sandbox:
        yield sandbox


@asynccontextmanager
async def reached(paths: Paths) -> AsyncGenerator[str]:
    """Give the embedded vendor's base URL: of the process that serves it, else serve it here.

    Two processes that served the same books would each undo what the other sold.

    Raises:
        ConfigError: its folder cannot be used, or another process is just starting it.
    """
    folder = private_dir(paths.state_dir / "sandbox")
    descriptor = _locked(folder / ADDRESS)
    if descriptor is not None:
        async with _serving(folder, descriptor) as sandbox:
            yield sandbox.url
        return
    url = _address(folder)
    if not url:
        raise ConfigError(
            "Another carddesk is just starting the embedded vendor", advice="Try again."
        )
    yield url


@asynccontextmanager
async def _serving(folder: Path, descriptor: int, port: int = 0) -> AsyncGenerator[Sandbox]:
    try:
        sandbox = Sandbox(state_path=folder / STATE)
        await sandbox.start(port=port)
        try:
            os.pwrite(descriptor, f"{sandbox.url}\n".encode(), 0)
            yield sandbox
        finally:
            await sandbox.stop()
    finally:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """Take the lock that the serving process holds; None while another one has it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as failure:
        raise ConfigError(f"The sandbox's folder cannot be used: {reason(failure)}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _address(folder: Path) -> str:
    try:
        return (folder / ADDRESS).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
