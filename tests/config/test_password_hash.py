"""A password hash is written and read again, matches its password only, and costs what a login may cost."""

from base64 import b64encode

import pytest

from mailgate.config.findings import Wrong
from mailgate.config.password_hash import PasswordHash, hash_password, parse_password_hash

SALT = b64encode(b"s" * 16).decode()
DIGEST = b64encode(b"d" * 32).decode()
GOOD = f"scrypt$16384$8$1${SALT}${DIGEST}"


def test_a_hash_that_was_written_is_read_and_matches_its_password_only() -> None:
    read = parse_password_hash(str(hash_password("geheim", b"0123456789abcdef")))
    assert read.matches("geheim")
    assert not read.matches("Geheim")
    assert not read.matches("")


def test_it_is_scrypt_as_others_compute_it() -> None:
    """RFC 7914 12, the third vector, which is within our bounds."""
    digest = bytes.fromhex(
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
    assert PasswordHash(16384, 8, 1, b"SodiumChloride", digest).matches("pleaseletmein")


def test_a_password_is_the_same_however_its_accents_and_blanks_are_typed() -> None:
    assert hash_password("café noir", b"s" * 16).matches("cafe\u0301\u00a0noir")


def test_it_shows_in_no_repr() -> None:
    assert DIGEST not in repr(parse_password_hash(GOOD))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a password hash"),
        ("geheim", "not a password hash"),
        (GOOD.replace("scrypt", "bcrypt"), "not a password hash"),
        (f"{GOOD}$x", "not a password hash"),
        (GOOD.replace("16384", "2^14"), "whole numbers"),
        (GOOD.replace("16384", "-16384"), "whole numbers"),
        (GOOD.replace("16384", "٣"), "whole numbers"),
        (GOOD.replace("16384", "9" * 5000), "whole numbers"),
        (GOOD.replace("16384", "16385"), "power of 2"),
        (GOOD.replace("16384", "1024"), "power of 2"),
        (GOOD.replace("$8$1$", "$1$1$"), "r at least 8"),
        (GOOD.replace("$8$1$", "$8$17$"), "p from 1 to 16"),
        (GOOD.replace("$8$1$", "$8$0$"), "p from 1 to 16"),
        (GOOD.replace("16384", "1048576"), "128 MiB"),
        (GOOD.replace("$8$1$", "$99999999$1$"), "128 MiB"),
        (GOOD.replace(SALT, "!"), "salt of a password hash is not base64"),
        (GOOD.replace(DIGEST, "ä"), "hash of a password hash is not base64"),
        (GOOD.replace(SALT, "AAAA"), "salt of a password hash has 3 octets"),
        (GOOD.replace(DIGEST, ""), "hash of a password hash has 0 octets"),
    ],
)
def test_what_is_no_hash_is_named_and_not_shown(text: str, said: str) -> None:
    with pytest.raises(Wrong, match=said.replace("^", r"\^")) as caught:
        parse_password_hash(text)
    assert caught.value.mend == "make it with `mailgate password`"
    assert not text or text not in str(caught.value)
