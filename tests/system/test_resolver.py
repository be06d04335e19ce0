"""Names of hosts, resolved beside the loop."""

import asyncio
import socket

import pytest

from services.system.resolver import Resolver


async def test_one_name_is_resolved_once_at_a_time(monkeypatch):
    asked = []

    def answer(*key):
        asked.append(key)
        return ["address"]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    resolver = Resolver(asyncio.get_running_loop())
    found = await asyncio.gather(*(resolver.getaddrinfo("host", 443) for _ in range(3)))
    assert found == [["address"]] * 3
    assert asked == [("host", 443, 0, 0, 0, 0)]


async def test_a_failed_lookup_is_raised_to_each_that_waits(monkeypatch):
    def fail(*key):
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    resolver = Resolver(asyncio.get_running_loop())
    with pytest.raises(socket.gaierror):
        await resolver.getaddrinfo("host", 443)
