"""A journal's server behind TLS: whether it proves who it is, and until when it can."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from services.domain.errors import JournalFailed
from services.journal.postgres import examination
from services.journal.postgres.place import server
from services.journal.postgres.session import JournalServer, connect, failure, refuse_unfit
from tests.cli.conftest import ROOT
from tests.journal.postgres.tls import TlsFront

CERTIFICATES = ROOT / "tests" / "vendor" / "certificates"


def far(place: JournalServer, port: int, ca: str = "ca") -> JournalServer:
    """Return a server as the settings name one that a line leads to."""
    named = {"sslmode": "verify-full", "sslrootcert": str(CERTIFICATES / f"{ca}.pem")}
    return JournalServer({**place.parameters, "port": str(port), **named}, place.schema)


def test_the_end_of_the_certificate_is_known(place, postgres):
    with TlsFront(postgres.port, CERTIFICATES / "good.pem") as front:
        found = examination.examine(far(place, front.port))
    assert found.tls
    assert found.certificate_ends == datetime(2120, 1, 1, tzinfo=UTC)
    assert found.settings["fsync"] == "off"
    assert abs(found.ahead) < timedelta(seconds=2)


@pytest.mark.parametrize(
    ("certificate", "ca"), [("good", "good"), ("other", "ca"), ("ended", "ca")]
)
def test_a_server_that_does_not_prove_who_it_is(place, postgres, certificate, ca):
    with TlsFront(postgres.port, CERTIFICATES / f"{certificate}.pem") as front:
        there = far(place, front.port, ca)
        with pytest.raises(psycopg.OperationalError) as refused:
            connect(there)
    said = failure(refused.value, there)
    assert said.code == "JOURNAL_TLS"
    assert "journal_ca" in said.advice


def test_a_server_without_tls_is_one_sentence(place, postgres):
    plain = far(place, postgres.port)
    with pytest.raises(psycopg.OperationalError) as refused:
        connect(plain)
    assert failure(refused.value, plain).code == "JOURNAL_TLS"


def test_a_service_may_not_leave_the_line_open(place, monkeypatch):
    with connect(place) as connection:
        refuse_unfit(connection)
        monkeypatch.setattr("services.journal.postgres.session._NEAR", frozenset())
        with pytest.raises(JournalFailed, match="not proven by TLS"):
            refuse_unfit(connection)


def test_an_address_alone_is_a_host_like_any_other():
    named = server("postgresql:///shop?hostaddr=192.0.2.7", None, None, "carddesk", {}).parameters
    assert named["sslmode"] == "verify-full"
