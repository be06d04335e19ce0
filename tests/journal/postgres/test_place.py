"""What the settings may say of the place of a journal, and what is refused."""

import pytest

from services.domain.errors import ConfigError
from services.journal.postgres.place import server


def place(text, passfile=None, ca=None, **environ):
    return server(text, passfile, ca, "carddesk", environ)


def test_a_far_server_is_reached_over_tls_alone(tmp_path):
    parameters = place("postgresql://amina@db.example/shop").parameters
    assert (parameters["sslmode"], parameters["sslrootcert"]) == ("verify-full", "system")
    parameters = place("postgresql://amina@db.example/shop", ca=tmp_path / "ca.pem").parameters
    assert parameters["sslrootcert"] == str(tmp_path / "ca.pem")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", ""])
def test_a_server_on_this_host_needs_no_tls(host):
    found = place(f"postgresql://amina@{host}/shop")
    assert found.parameters["sslmode"] == "prefer"
    assert found.place.startswith("shop on ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("postgresql://amina:secret@db.example/shop", "password"),
        ("mysql://amina@db.example/shop", "mysql://"),
        ("postgresql://db.example/shop?sslmode=disable", "sslmode"),
        ("postgresql://[::1/shop", "cannot be read"),
        ("no such thing", "cannot be read"),
    ],
)
def test_a_place_that_is_not_safe_or_none_is_refused(text, said):
    with pytest.raises(ConfigError, match=said) as refused:
        place(text)
    assert "secret" not in str(refused.value)


def test_a_password_in_a_variable_is_refused():
    with pytest.raises(ConfigError, match="PGPASSWORD") as refused:
        place("postgresql://amina@db.example/shop", PGPASSWORD="hidden")
    assert "hidden" not in str(refused.value)


def test_a_password_file_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "main.pgpass"
    file.write_text("*:*:*:*:hidden\n")
    file.chmod(0o644)
    with pytest.raises(ConfigError) as refused:
        place("postgresql://amina@db.example/shop", passfile=file)
    assert "hidden" not in str(refused.value)
    file.chmod(0o600)
    found = place("postgresql://amina@db.example/shop", passfile=file)
    assert found.parameters["passfile"] == str(file)
