"""The embedded vendor of this user: one process serves it, the others find it there."""

import os
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from services.domain.errors import ConfigError
from services.sandbox import Sandbox
from services.system.file_lock import open_lock, try_lock
from services.system.files import LARGEST, private_dir, read_regular, reason
from services.system.paths import Paths

SandboxEnvironment = Literal["production", "sandbox"]
STATE = "vendor.json"
ADDRESS = "address"


class Met(NamedTuple):
    """Where an embedded vendor is, and what its key is for."""

    base_url: str
    environment: SandboxEnvironment


@asynccontextmanager
async def served(
    paths: Paths,
    port: int = 0,
    *,
    limit: int = 0,
    charge: bool = False,
    deposit: Decimal | None = None,
    speed: int = 1,
) -> AsyncGenerator[Sandbox]:
    """Serve the embedded vendor with what it remembers, for as long as the context lasts.

    Args:
        paths: where it keeps what it remembers.
        port: the port, 0 for a free one.
        limit: requests a minute that a key may make, 0 for any number.
        charge: take the money of orders from its balance, with a PRODUCTION key.
        deposit: DZD to put on its balance first.
        speed: how many times as fast prices and stock move.

    Raises:
        ConfigError: another process serves it already, or its folder or the port cannot be used.
    """
    folder = private_dir(paths.state_dir / "sandbox")
    descriptor = _locked(folder / ADDRESS)
    if descriptor is None:
        raise ConfigError(
            f"The embedded vendor is running already, at {_address(folder)[0] or 'a new address'}",
            advice="Use that one: carddesk --sandbox finds it by itself.",
        )
    environment: SandboxEnvironment = "production" if charge else "sandbox"
    async with _serving(folder, descriptor, environment, port, limit, speed) as sandbox:
        if deposit is not None:
            sandbox.deposit(deposit)
        yield sandbox


@asynccontextmanager
async def reached(paths: Paths) -> AsyncGenerator[Met]:
    """Give where the embedded vendor is: in the process that serves it, else serve it here.

    Two processes that served the same books would each undo what the other sold.

    Raises:
        ConfigError: its folder cannot be used, or another process is just starting it.
    """
    folder = private_dir(paths.state_dir / "sandbox")
    descriptor = _locked(folder / ADDRESS)
    if descriptor is not None:
        async with _serving(folder, descriptor, "sandbox") as sandbox:
            yield Met(sandbox.url, "sandbox")
        return
    url, environment = _address(folder)
    if not url:
        raise ConfigError(
            "Another carddesk is just starting the embedded vendor", advice="Try again."
        )
    yield Met(url, environment)


@asynccontextmanager
async def _serving(
    folder: Path,
    descriptor: int,
    environment: SandboxEnvironment,
    port: int = 0,
    limit: int = 0,
    speed: int = 1,
) -> AsyncGenerator[Sandbox]:
    try:
        sandbox = Sandbox(
            state_path=folder / STATE,
            limit=limit,
            environment="PRODUCTION" if environment == "production" else "SANDBOX",
            speed=speed,
        )
        await sandbox.start(port=port)
        try:
            os.pwrite(descriptor, f"{sandbox.url} {environment}\n".encode(), 0)
            yield sandbox
        finally:
            await sandbox.stop()
    finally:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """Take the lock that the serving process holds; None while another one has it."""
    try:
        descriptor = open_lock(path)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(None, "its file of addresses is not a regular file")
        if try_lock(descriptor):
            return descriptor
    except OSError as failure:
        raise ConfigError(f"The sandbox's folder cannot be used: {reason(failure)}") from None
    os.close(descriptor)
    return None


def _address(folder: Path) -> Met:
    try:
        url, _, environment = (
            read_regular(folder / ADDRESS, LARGEST).decode("ascii").strip().partition(" ")
        )
    except (OSError, UnicodeDecodeError):
        return Met("", "sandbox")
    return Met(url, "production" if environment == "production" else "sandbox")
