"""The API key goes to https, or to this machine, and nowhere else."""

import pytest

from services.settings.urls import proxy_url, vendor_url


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://api.example.com/v3", "https://api.example.com/v3"),
        ("https://api.example.com/v3/", "https://api.example.com/v3"),
        ("HTTPS://API.Example.com:8443/v3//", "https://api.example.com:8443/v3"),
        ("https://[2001:db8::1]:443/v3", "https://[2001:db8::1]:443/v3"),
        ("http://127.0.0.1:8080/v3", "http://127.0.0.1:8080/v3"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("http://LOCALHOST:80", "http://localhost:80"),
    ],
)
def test_a_usable_url_is_brought_to_one_form(given: str, expected: str) -> None:
    assert vendor_url(given) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "http://api.example.com/v3",
        "http://10.0.0.1/v3",
        "http://0.0.0.0/v3",
        "http://0x7f.1/v3",
        "http://127.0.0.1.example.com/v3",
        "http://localhost.example.com/v3",
        "http://[::ffff:127.0.0.1]/v3",
        "https://user:hunter2@api.example.com/v3",
        "https://@api.example.com/v3",
        "http://localhost@example.com/v3",
        "https://api.example.com/v3?",
        "https://api.example.com/v3?key=hunter2",
        "https://api.example.com/v3#",
        "https:///v3",
        "https://:443/v3",
        "https://api.example.com:/v3",
        "https://api.example.com:0/v3",
        "https://api.example.com:99999/v3",
        "https://api.example.com:abc/v3",
        "https://[::1/v3",
        "https://api.example.com\\@evil.example/v3",
        "https://api.exam\tple.com/v3",
        "https://api.example.com/v3\n",
        " https://api.example.com/v3",
        "https://аpi.example.com/v3",
    ],
)
def test_any_other_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"^it|^its") as refused:
        vendor_url(url)
    assert "hunter2" not in str(refused.value)


def test_a_proxy_is_optional_and_may_be_any_host_without_a_password() -> None:
    assert proxy_url("") == ""
    assert proxy_url("http://proxy.example:3128/") == "http://proxy.example:3128"
    for refused in ("socks5://proxy.example", "http://u:p@proxy.example", "http://proxy.example/x"):
        with pytest.raises(ValueError, match=r"."):
            proxy_url(refused)
