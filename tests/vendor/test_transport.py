"""The way to the vendor: a company's own CA, certificates that fail, proxies that want a name."""

import asyncio
import base64
import contextlib
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.domain.errors import BadReply, ConfigError, Unavailable
from services.domain.secrets import Secret
from services.settings.fields import NetSettings
from services.settings.route import route
from services.system import process
from services.system.route import Route
from services.vendor import certificate

PEMS = Path(__file__).parent / "certificates"
CA = (PEMS / "ca.pem").read_text()
ISSUER = "Exemple Société Root CA"
BALANCE = b'{"success":true,"data":{"balance":5}}'
AUTH = "amina:s3:cret word"
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class Vendor:
    """A vendor behind TLS; counts the requests that came through its handshake."""

    def __init__(self, name, version=None):
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(PEMS / f"{name}.pem")
        if version:
            self._tls.minimum_version = self._tls.maximum_version = version
        self.heads = []
        self.port = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}/v3"

    async def _serve(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BALANCE)}\r\n\r\n"
            writer.write(head.encode() + BALANCE)
            await writer.drain()
        writer.close()


class Proxy:
    """A proxy that opens a tunnel to the port it is given, for those who know its password."""

    def __init__(self, port, auth=""):
        self._port, self._auth = port, auth
        self.heads = []
        self._open = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        wanted = f"Basic {base64.b64encode(self._auth.encode()).decode()}"
        if self._auth and wanted not in head:
            writer.write(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n"
                b"Content-Length: 0\r\n\r\n"
            )
            writer.close()
            return
        there, beyond = await asyncio.open_connection("127.0.0.1", self._port)
        self._open += [writer, beyond]
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await asyncio.gather(_pipe(reader, beyond), _pipe(there, writer))


async def _pipe(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.fixture
def clock(clock):
    clock.time = NOW
    return clock


async def refused(client):
    with pytest.raises(Unavailable) as caught:
        await client.balance()
    assert caught.value.code == "CERTIFICATE"
    return caught.value


async def test_a_companys_own_ca_is_trusted_where_it_is_named(make_client):
    async with Vendor("good") as vendor:
        client = make_client(vendor.url, route=Route(ca=CA, ca_name="ca.pem"))
        assert (await client.balance()).amount == 5


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_an_issuer_that_is_not_trusted_is_named_and_gets_no_byte(make_client, version):
    async with Vendor("good", version) as vendor:
        error = await refused(make_client(vendor.url))
        assert f'issued by "{ISSUER}", which is not trusted here' in error.message
        assert "net.ca_file" in error.advice
        assert "clock" not in error.sentence()
        assert vendor.heads == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ended", "its certificate ended on 01 Jan 2021, and the clock here says 01 Mar 2026"),
        ("early", "its certificate begins on 01 Jan 2119, and the clock here says 01 Mar 2026"),
    ],
)
async def test_a_wrong_date_is_no_wrong_issuer(make_client, name, words):
    async with Vendor(name) as vendor:
        error = await refused(make_client(vendor.url, route=Route(ca=CA)))
        assert words in error.message
        assert "Is the clock here right?" in error.advice
        assert "ca_file" not in error.sentence()


async def test_a_certificate_for_another_name_names_it(make_client):
    async with Vendor("other") as vendor:
        error = await refused(make_client(vendor.url, route=Route(ca=CA)))
        assert 'for another name ("other.example")' in error.message


async def test_a_purchase_to_somebody_not_trusted_is_not_sent(make_client):
    async def nothing():
        raise AssertionError("a byte was about to leave")

    async with Vendor("good") as vendor:
        placed = await make_client(vendor.url).place("p", "t", 1, sending=nothing)
        assert (placed.verdict, placed.sent) == ("NOT_SENT", False)
        assert "not trusted here" in placed.message
        assert vendor.heads == []


async def test_behind_a_proxy_too_the_issuer_is_named(make_client, key):
    async with Vendor("good") as vendor, Proxy(vendor.port, AUTH) as proxy:
        way = Route(proxy=proxy.url, proxy_auth=Secret(AUTH))
        error = await refused(make_client(vendor.url, route=way))
        assert ISSUER in error.message
        assert vendor.heads == []
        assert not any(key in head for head in proxy.heads)


async def test_the_ca_that_is_named_and_is_not_the_issuer_is_said(make_client):
    other = (PEMS / "other.pem").read_text().partition("-----BEGIN CERTIFICATE-----")
    leaf = "".join(other[1:])
    async with Vendor("good") as vendor:
        error = await refused(make_client(vendor.url, route=Route(ca=leaf, ca_name="given.pem")))
        assert "given.pem (net.ca_file) is not the certificate that issued it" in error.advice


@contextlib.asynccontextmanager
async def answering(words):
    """A proxy that says the same to everybody; None: nothing at all."""

    async def serve(reader, writer):
        await reader.read(1)
        if words is None:
            await reader.read()
        else:
            writer.write(words)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (b"SSH-2.0-x\r\n\r\n\r\n", "The proxy does not speak HTTP"),
        (b"", "the proxy broke the connection"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "the proxy refused (502)"),
    ],
)
async def test_what_the_proxy_does_is_not_said_of_the_vendor(make_client, words, said):
    async with answering(words) as url:
        client = make_client("https://api.example/v3", route=Route(proxy=url))
        with pytest.raises((Unavailable, BadReply)) as caught:
            await client.balance()
    assert said in caught.value.message


async def test_a_proxy_out_of_reach_is_said_to_be(make_client, refused_url):
    proxy = refused_url.removesuffix("/v3")
    client = make_client("https://api.example/v3", route=Route(proxy=proxy))
    with pytest.raises(Unavailable, match="the proxy refused the connection"):
        await client.balance()

    async def nothing():
        raise AssertionError("a byte was about to leave")

    placed = await client.place("p", "t", 1, sending=nothing)
    assert "the proxy refused the connection" in placed.message


async def test_a_proxy_whose_name_is_unknown_is_said_to_be(make_client):
    client = make_client("https://api.example/v3", route=Route(proxy="http://proxy.invalid:1"))
    with pytest.raises(Unavailable, match="the name of the proxy could not be resolved"):
        await client.balance()


async def test_a_proxy_gets_the_name_and_password_of_its_file(make_client):
    async with Vendor("good") as vendor, Proxy(vendor.port, AUTH) as proxy:
        way = Route(proxy=proxy.url, proxy_auth=Secret(AUTH), ca=CA)
        client = make_client(vendor.url, route=way)
        assert (await client.balance()).amount == 5
        assert b"Proxy-Authorization" not in vendor.heads[0]
        assert "s3:cret" not in repr(vars(client)) + repr(way)


async def test_a_proxy_that_wants_a_name_says_so(make_client):
    async with Vendor("good") as vendor, Proxy(vendor.port, AUTH) as proxy:
        client = make_client(vendor.url, route=Route(proxy=proxy.url, ca=CA))
        with pytest.raises(ConfigError, match="wants a name and a password") as caught:
            await client.balance()
        assert "net.proxy_auth_file" in caught.value.advice
        assert len(proxy.heads) == 1


async def test_a_rejected_proxy_password_is_not_tried_again_unasked(make_client):
    async def nothing():
        """A journal that always commits."""

    async with Vendor("good") as vendor, Proxy(vendor.port, AUTH) as proxy:
        way = Route(proxy=proxy.url, proxy_auth=Secret("amina:wrong"), ca=CA)
        client = make_client(vendor.url, route=way)
        for _ in range(3):
            with pytest.raises(ConfigError, match="does not take the name and password") as caught:
                await client.balance()
        placed = await client.place("p", "t", 1, sending=nothing)
        assert (placed.verdict, placed.sent) == ("NOT_SENT", False)
        assert len(proxy.heads) == 1
        assert "wrong" not in caught.value.sentence()
        client.try_proxy_again()
        with pytest.raises(ConfigError):
            await client.balance()
        assert len(proxy.heads) == 2


async def test_a_proxy_that_is_set_and_not_used_is_named(make_client, refused_url, monkeypatch):
    monkeypatch.setattr(process, "_dropped", {"HTTPS_PROXY"})
    with pytest.raises(Unavailable) as caught:
        await make_client(refused_url).balance()
    assert "HTTPS_PROXY is set here and not used" in caught.value.advice


# The files.


@pytest.fixture
def file(paths):
    paths.config_dir.mkdir(mode=0o700)

    def written(content, mode=0o600):
        path = paths.config_dir / "given"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return path

    return written


def by(paths, **settings):
    return route(NetSettings(**settings), paths)


DER = base64.b64decode("".join(CA.splitlines()[1:-1]))


KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "content",
    [
        CA,
        f"\n# ours\n{CA}{CA}",
        DER,
        f"# Soci\u00e9t\u00e9\n{CA}",
        f"\ufeff{CA}",
        f"{KEY}{CA}{KEY}",
    ],
)
def test_a_ca_file_may_be_pem_or_der(paths, file, content):
    file(content, 0o644)
    found = by(paths, ca_file="given")
    assert ssl.create_default_context(cadata=found.ca).get_ca_certs()
    assert found.words() == "CA given"
    assert "PRIVATE" not in found.ca


@pytest.mark.parametrize("content", ["", "no certificate", b"\xff\xfe", "-----BEGIN PKCS7-----"])
def test_a_ca_file_without_a_certificate_is_refused(paths, file, content):
    file(content)
    with pytest.raises(ConfigError, match="holds no certificate"):
        by(paths, ca_file="given")


def test_a_ca_file_too_large_to_be_read_whole_is_refused(paths, file):
    file(CA * 4_000)
    with pytest.raises(ConfigError, match="larger"):
        by(paths, ca_file="given")


async def test_a_ca_file_that_cannot_be_read_as_one_is_refused(make_client):
    broken = CA.replace("M", "A")
    async with Vendor("good") as vendor:
        client = make_client(vendor.url, route=Route(ca=broken, ca_name="given"))
        with pytest.raises(ConfigError, match="The certificate in given"):
            await client.balance()


def test_a_ca_file_that_others_may_write_is_refused(paths, file):
    file(CA, 0o666)
    with pytest.raises(ConfigError, match="can be written by other users"):
        by(paths, ca_file="given")
    file(CA, 0o644)
    paths.config_dir.chmod(0o777)
    with pytest.raises(ConfigError, match="folder"):
        by(paths, ca_file="given")


@pytest.mark.parametrize("setting", ["ca_file", "proxy_auth_file"])
@pytest.mark.parametrize("kind", ["link", "missing", "folder"])
def test_what_is_no_file_of_ours_is_refused(paths, file, setting, kind):
    target = file(CA)
    place = paths.config_dir / "placed"
    if kind == "link":
        place.symlink_to(target)
    elif kind == "folder":
        place.mkdir()
    with pytest.raises(ConfigError, match="placed"):
        by(paths, proxy="http://proxy.example", **{setting: "placed"})


def test_a_proxys_password_file_is_private_and_read_only_with_a_proxy(paths, file):
    file(f"{AUTH}\n")
    found = by(paths, proxy="http://proxy.example:3128", proxy_auth_file="given")
    assert found.proxy_auth is not None
    assert found.proxy_auth.reveal() == AUTH
    assert found.words() == "via proxy.example:3128"
    assert "s3" not in repr(found)
    assert by(paths, proxy_auth_file="given").proxy_auth is None
    file(AUTH, 0o640)
    with pytest.raises(ConfigError, match="can be read by other users"):
        by(paths, proxy="http://proxy.example", proxy_auth_file="given")


@pytest.mark.parametrize("content", ["", "amina", ":pass", "amina:", "amina:a\nb", "a:b\x1b[2J"])
def test_a_password_file_that_holds_something_else_is_refused(paths, file, content):
    file(content)
    with pytest.raises(ConfigError, match="NAME:PASSWORD") as caught:
        by(paths, proxy="http://proxy.example", proxy_auth_file="given")
    assert "\x1b" not in caught.value.sentence()


def test_a_certificate_is_read_and_anything_else_is_none():
    found = certificate.read(DER)
    assert found is not None
    assert (found.issuer, found.subject) == (ISSUER, ISSUER)
    assert (found.begins.year, found.ends.year) == (2020, 2120)
    assert [certificate.read(DER[:end]) for end in range(0, len(DER), 7)] == [None] * len(
        range(0, len(DER), 7)
    )
    assert certificate.read(b"\x30\x84\xff\xff\xff\xff") is None
