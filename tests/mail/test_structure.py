"""The skeleton for mail-parser: small, bounded, and the same tree as the mail's."""

import email
from collections.abc import Iterator
from email.message import Message

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.head import cut
from mailgate.mail.structure import Structure, structure


def of(raw: bytes) -> Structure:
    return structure(raw, cut(raw))


def contents(raw: bytes) -> list[bytes]:
    found = of(raw)
    return [raw[start:end] for start, end in found.slices]


def multipart(*parts: bytes, boundary: bytes = b"b", subtype: bytes = b"mixed") -> bytes:
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts)
    return b'Content-Type: multipart/%s; boundary="%s"\r\n\r\npreamble\r\n%s--%s--\r\nepilogue' % (
        subtype, boundary, body, boundary,
    )  # fmt: skip


def test_the_skeleton_does_not_grow_with_the_contents() -> None:
    raw = multipart(b"\r\n" + b"x\r\n" * 100_000)
    assert len(of(raw).skeleton) < 300


def test_contents_end_before_the_line_end_of_the_delimiter() -> None:
    assert contents(multipart(b"\r\none", b"\r\ntwo\r\n", b"\r\n")) == [b"preamble", b"one", b"two\r\n", b""]


def test_delimiters_that_only_look_like_one_are_text() -> None:
    raw = multipart(b"\r\n-- \r\n--b2\r\n --b\r\n--bb--")
    assert contents(raw)[1] == b"-- \r\n--b2\r\n --b\r\n--bb--"


def test_an_outer_delimiter_closes_what_is_open_inside() -> None:
    inner = b'Content-Type: multipart/mixed; boundary="i"\r\n\r\n--i\r\n\r\ninner'
    found = of(multipart(inner, b"\r\nouter"))
    assert "multipart without its closing delimiter" in found.defects
    assert contents(multipart(inner, b"\r\nouter"))[-1] == b"outer"


def test_a_multipart_whose_delimiter_never_comes_is_its_text() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\nall of the text"
    tree = email.message_from_bytes(of(raw).skeleton)
    assert str(tree.get_payload()).strip() == "0"
    assert contents(raw) == [b"all of the text"]


def test_a_part_behind_the_closing_delimiter_is_a_part() -> None:
    raw = multipart(b"\r\none") + b"\r\n--b\r\n\r\ntwo\r\n--b--\r\nfooter"
    assert contents(raw)[1:] == [b"one", b"two"]
    assert of(raw).defects == ("a part behind the closing delimiter",)


def test_a_boundary_that_two_levels_share_closes_the_inner_first() -> None:
    inner = multipart(b"\r\none", b"\r\ntwo", subtype=b"alternative").removesuffix(b"\r\nepilogue")
    assert [each for each in contents(multipart(inner, b"\r\nthree")) if b"preamble" not in each] == [
        b"one", b"two", b"three",
    ]  # fmt: skip


def test_a_boundary_that_looks_like_an_encoded_word_is_compared_as_it_stands() -> None:
    assert contents(multipart(b"\r\none", boundary=b"=?utf-8?q?b?="))[1:] == [b"one"]


def test_a_message_inside_stays_a_leaf() -> None:
    raw = multipart(b"Content-Type: Message/RFC822\r\n\r\nSubject: inner\r\n\r\nx")
    tree = email.message_from_bytes(of(raw).skeleton)
    assert [part.is_multipart() for part in tree.walk()] == [True, False]
    assert contents(raw)[1] == b"Subject: inner\r\n\r\nx"


def test_the_parts_of_a_digest_are_messages() -> None:
    raw = multipart(b"\r\nSubject: inner\r\n\r\nx", subtype=b"digest")
    assert b"Content-Type: application/x-message-rfc822" in of(raw).skeleton


def test_the_first_of_two_content_types_counts() -> None:
    raw = b"Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--"
    assert len(contents(raw)) == 1


BOUNDARY = st.text("abc'()+_,-./:=? ", min_size=1, max_size=12).map(lambda text: f"{text.strip()}x")


@given(st.recursive(st.none(), lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=12), st.data())
def test_the_tree_is_the_one_that_the_standard_library_reads(shape: list[object] | None, data: st.DataObject) -> None:
    raw = b"MIME-Version: 1.0\r\n" + rendered(shape, iter(range(1000)), data)
    ours = email.message_from_bytes(of(raw).skeleton)
    theirs = email.message_from_bytes(raw)
    assert types(ours) == types(theirs)
    leaves = [part for part in ours.walk() if not part.is_multipart()]
    slices = of(raw).slices
    numbers = [int(str(part.get_payload())) for part in leaves]
    read = [raw[slice(*slices[number])] for number in numbers]
    assert read == [part.get_payload(decode=True) for part in theirs.walk() if not part.is_multipart()]


def rendered(shape: list[object] | None, numbers: Iterator[int], data: st.DataObject) -> bytes:
    if shape is None:
        return b"Content-Type: text/plain\r\n\r\nleaf %d\r\n-- \r\n--not a boundary" % next(numbers)
    boundary = f"{data.draw(BOUNDARY)}{next(numbers)}".encode()
    parts = [rendered(each, numbers, data) for each in shape]  # type: ignore[arg-type]  # hypothesis nests what it says
    return multipart(*parts, boundary=boundary)


def types(message: Message) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_a_sign_behind_the_closing_delimiter_is_nothing() -> None:
    raw = multipart(b"\r\none").replace(b"--b--", b"--b-->")
    found = of(raw)
    assert contents(raw) == [b"preamble", b"one"]
    assert not found.defects
    assert contents(multipart(b"\r\none\r\n--b--More"))[1] == b"one\r\n--b--More"


def test_a_delimiter_ends_the_header_of_a_part_that_has_no_blank_line() -> None:
    raw = multipart(b"Content-Type: text/html\r\nSubject: cut off", b"Content-Type: image/gif\r\n\r\ntwo")
    assert types(email.message_from_bytes(of(raw).skeleton)) == ["multipart/mixed", "text/html", "image/gif"]
    assert contents(raw)[1:] == [b"", b"two"]


def test_blanks_at_the_end_of_a_boundary_are_none_of_it() -> None:
    raw = b'Content-Type: multipart/mixed; boundary="b  "\r\n\r\n--b  \r\n\r\none\r\n--b  --\r\nend'
    assert contents(raw)[1:] == [b"one"]
    assert not of(raw).defects
