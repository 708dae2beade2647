"""Every disguise of an inner address, and of a host that is not one of those to be asked."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.public_web import FetchFailed, destination_of, is_public, redirected

ALLOWED = {"api.pictures.example", "images.pictures.example"}


def refusal(url: str, *also: str) -> str:
    """Why the URL is refused, although its host, however it is written, is one of the hosts to be asked."""
    with pytest.raises(FetchFailed) as caught:
        destination_of(url, allowed_hosts=ALLOWED | set(also), trusted_origins=())
    assert not caught.value.passing
    assert caught.value.public == "The service named an address that is not allowed."
    return str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "017700000001", "0x7f000001", "0x7f.0x0.0x0.0x1", "0x7f.1",
        "0177.0.0.1", "00000177.0.0.1", "127.0.0.0x1", "0", "0.0.0.0", "169.254.169.254", "0xa9fea9fe", "2852039166",
        "169.254.43518", "0251.0376.0251.0376", "93.184.216.34", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[fd20:ce::254]", "[fdaa:0:1::3]", "[fe80::1%25eth0]", "[64:ff9b::7f00:1]", "[v1.1]",
        "localhost", "metadata", "127.0.0.1.", "images.pictures.example.", "images..pictures.example",
        ".pictures.example", "-a.pictures.example", "images_pictures.example", "%31%32%37.0.0.1",
        "images%2epictures.example",
    ],
)  # fmt: skip
def test_a_host_is_a_plain_name_and_nothing_else(host: str) -> None:
    assert (
        refusal(f"https://{host}/", host, host.strip("[]").lower(), host.rstrip(".")) == "the URL's host is not a name"
    )


@pytest.mark.parametrize(
    "host",
    ["metadata.google.internal", "app.internal", "top1.nearest.of.app.internal", "redis.flycast", "printer.local",
     "me.localhost", "localhost.localdomain", "nas.home.arpa", "METADATA.GOOGLE.INTERNAL"],
)  # fmt: skip
def test_names_of_inner_networks_are_refused_before_anybody_is_asked_for_them(host: str) -> None:
    assert refusal(f"https://{host}/", host.lower()) == f"{host.lower()}: a name of an inner network"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://images.pictures.example/a.jpg", "the URL is not https"),
        ("HTTP://images.pictures.example/a.jpg", "the URL is not https"),
        ("ftp://images.pictures.example/", "the URL is not https"),
        ("file:///etc/passwd", "the URL is not https"),
        ("gopher://images.pictures.example:443/_GET", "the URL is not https"),
        ("data:image/gif;base64,AAAA", "the URL is not https"),
        ("//images.pictures.example/", "the URL is not https"),
        ("images.pictures.example", "the URL is not https"),
        ("", "the URL is too long, or holds"),
        ("https://", "the URL's host is not a name"),
        ("https:///etc/passwd", "the URL's host is not a name"),
        ("https:images.pictures.example", "the URL's host is not a name"),
        ("https://images.pictures.example:80/", "the URL names port 80"),
        ("https://images.pictures.example:6379/", "the URL names port 6379"),
        ("https://images.pictures.example:8443/", "the URL names port 8443"),
        ("https://images.pictures.example:0/", "the URL names port 0"),
        ("https://images.pictures.example:99999/", "cannot be taken apart"),
        ("https://images.pictures.example:x/", "cannot be taken apart"),
        ("https://images.pictures.example:-1/", "cannot be taken apart"),
        ("https://[images.pictures.example/", "cannot be taken apart"),
        ("https://images.pictures.example@127.0.0.1/", "the URL holds a user's name"),
        ("https://images.pictures.example:443@evil.example/", "the URL holds a user's name"),
        ("https://user:pass@images.pictures.example/", "the URL holds a user's name"),
        ("https://@images.pictures.example/", "the URL holds a user's name"),
        ("https://evil.example\\@images.pictures.example/", "holds characters that no URL has"),
        ("https://images.pictures.example\\.evil.example/", "holds characters that no URL has"),
        ("https://images.pictures.example/\r\nHost: evil", "holds characters that no URL has"),
        ("https://images.pictures.example/a\nb", "holds characters that no URL has"),
        ("https://images.pictures.example/a b", "holds characters that no URL has"),
        ("https://images.pictures.example/a\tb", "holds characters that no URL has"),
        ("https://images.pictures.exa\tmple/", "holds characters that no URL has"),
        (" https://images.pictures.example/", "holds characters that no URL has"),
        ("https://images.pictures.example/\x00", "holds characters that no URL has"),
        ("https://images.pictures.example/\x7f", "holds characters that no URL has"),
        ("https://images.pictures.example/é", "holds characters that no URL has"),
        ("https://images.pictures.example/" + "a" * 4096, "the URL is too long"),
        ("https://①②⑦.⓪.⓪.①/", "holds characters that no URL has"),
        ("https://１２７.0.0.1/", "holds characters that no URL has"),
        ("https://127。0。0。1/", "holds characters that no URL has"),
        ("https://іmages.pictures.example/", "holds characters that no URL has"),
        ("https://images.pictures.example\u2044evil.example/", "holds characters that no URL has"),
        ("https://xn--mages-xwe.pictures.example/", "not one of the hosts to be asked"),
        ("https://evil.example/", "not one of the hosts to be asked"),
        ("https://pictures.example/", "not one of the hosts to be asked"),
        ("https://evilimages.pictures.example/", "not one of the hosts to be asked"),
        ("https://images.pictures.example.evil.example/", "not one of the hosts to be asked"),
        ("https://evil.example/https://images.pictures.example/", "not one of the hosts to be asked"),
        ("https://evil.example?https://images.pictures.example/", "not one of the hosts to be asked"),
        ("https://evil.example#@images.pictures.example/", "not one of the hosts to be asked"),
        ("https://127.0.0.1.nip.io/", "not one of the hosts to be asked"),
    ],
)
def test_a_url_that_is_not_https_to_a_listed_host_is_refused(url: str, why: str) -> None:
    assert why in refusal(url)


def test_a_good_url_is_taken_apart() -> None:
    url = "HTTPS://Images.Pictures.Example:443/a%20b/../c.jpg?w=1080&key=k%0d%0a#part"
    at = destination_of(url, allowed_hosts=ALLOWED, trusted_origins=())
    assert (at.scheme, at.host, at.port) == ("https", "images.pictures.example", 443)
    assert at.target == "/a%20b/../c.jpg?w=1080&key=k%0d%0a"
    assert at.authority == "images.pictures.example"
    assert at.origin == "https://images.pictures.example:443"
    assert "key" not in repr(at)


def test_a_trusted_origin_is_exactly_that_scheme_host_and_port() -> None:
    trusted = {"http://127.0.0.1:8123"}
    at = destination_of("http://127.0.0.1:8123/a", allowed_hosts=(), trusted_origins=trusted)
    assert at.trusted and at.authority == "127.0.0.1:8123"
    for url in ("http://127.0.0.1:8124/", "https://127.0.0.1:8123/", "http://127.1:8123/", "http://a@127.0.0.1:8123/"):
        with pytest.raises(FetchFailed):
            destination_of(url, allowed_hosts=(), trusted_origins=trusted)


@given(st.text(max_size=40).map(lambda text: f"https://{text}") | st.text(max_size=60))
def test_no_text_leads_anywhere_else(text: str) -> None:
    try:
        at = destination_of(text, allowed_hosts=ALLOWED, trusted_origins=())
    except FetchFailed:
        return
    assert at.host in ALLOWED and at.port == 443 and at.scheme == "https"


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("b.jpg", "/x/b.jpg"),
        ("/b.jpg?c", "/b.jpg"),
        ("?c", "/x/a.jpg"),
        ("//evil.example/", "/"),
        ("https://e.example", ""),
    ],
)
def test_a_redirect_counts_from_where_it_was_given(location: str, leads_to: str) -> None:
    assert urlsplit(redirected("https://images.pictures.example/x/a.jpg", location)).path == leads_to


@pytest.mark.parametrize("location", ["", "/a\r\nb", "/a b", "\thttps://a.example", "/\xe9", "https://[", "/" * 5000])
def test_a_redirect_that_cannot_be_read_is_refused(location: str) -> None:
    with pytest.raises(FetchFailed):
        redirected("https://images.pictures.example/", location)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
        "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254", "169.254.0.1", "172.16.0.1",
        "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.0.192", "192.0.2.1", "192.88.99.1",
        "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:93.184.216.34",
        "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
        "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fdaa::3", "fdaa:0:1::3",
        "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "127.1", "0x7f.0.0.1", "017.0.0.1",
        "2130706433", "", "localhost", " 93.184.216.34", "93.184.216.34\n",
    ],
)  # fmt: skip
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1",
     "192.169.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "168.63.129.15", "2001:4860:4860::8888",
     "2606:4700::1111", "2a04:4e42::1", "2a00:1450::1"],
)  # fmt: skip
def test_what_the_world_can_reach_is_public(address: str) -> None:
    assert is_public(address)
