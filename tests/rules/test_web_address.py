"""URLs in one spelling: what two readers could take for two places is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.web_address import parse_web_address


@pytest.mark.parametrize(
    ("text", "origin", "target"),
    [
        ("https://erp.example.com", ("https", "erp.example.com", 443), "/"),
        ("HTTPS://ERP.example.com:443/Hook", ("https", "erp.example.com", 443), "/Hook"),
        ("http://erp:8080/a/b?c=d&e=%20", ("http", "erp", 8080), "/a/b?c=d&e=%20"),
        ("https://erp.example.com?x=/../", ("https", "erp.example.com", 443), "/?x=/../"),
        ("https://[2606:4700::1111]:8443/", ("https", "2606:4700::1111", 8443), "/"),
        ("https://[::FFFF:8.8.8.8]/", ("https", "::ffff:808:808", 443), "/"),
        ("http://10.0.0.1/", ("http", "10.0.0.1", 80), "/"),
    ],
)
def test_a_url_is_read_into_its_parts(text: str, origin: tuple[str, str, int], target: str) -> None:
    found = parse_web_address(text)
    assert (found.origin, found.target) == (origin, target)
    assert parse_web_address(str(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "erp.example.com/hook",
        "ftp://erp.example.com/",
        "file:///etc/passwd",
        "https:/erp.example.com",
        "https://",
        "https://user@erp.example.com/",
        "https://erp.example.com@evil.example/",
        "https://erp.example.com\\@evil.example/",
        "https://erp.example.com/#fragment",
        "https://erp.example.com/a b",
        "https://erp.example.com/a\r\nX-Evil: 1",
        "https://erp.example.com/ä",
        "https://érp.example.com/",
        "https://erp.example.com/100%",
        "https://erp.example.com/a/../b",
        "https://erp.example.com/%2e%2E/b",
        "https://erp.example.com:0/",
        "https://erp.example.com:65536/",
        "https://erp..example.com/",
        "https://erp.example.com./",
        "https://-erp.example.com/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[not]/",
        "https://" + "a" * 3_000 + ".example/",
        "https://erp.example.com/" + "a" * 3_000,
    ],
)
def test_what_is_not_plainly_a_web_address_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_web_address(text)


@given(st.text(alphabet="https:/@\\?#[].%0x127fe \r\nä", max_size=60).map(lambda tail: f"https://{tail}"))
def test_no_text_makes_more_than_one_line_of_a_request(text: str) -> None:
    with suppress(ValueError):
        found = parse_web_address(text)
        assert f"{found.target}{found.authority}".isprintable()
        assert f"{found.target}{found.authority}".isascii()
        assert " " not in found.target + found.authority
