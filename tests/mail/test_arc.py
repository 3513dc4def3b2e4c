"""Authenticated Received Chain (RFC 8617): whose record of results is believed, and how far down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.arc import vouched

LIST, RELAY, MALLORY = "lists.example.org", "relay.example.com", "mallory.example"


def chain(*sealers: str) -> list[tuple[str, str]]:
    """A chain's fields as they stand in a mail, the newest on top."""
    fields: list[tuple[str, str]] = []
    for number, sealer in enumerate(sealers, start=1):
        fields[:0] = [
            ("ARC-Seal", f"i={number}; a=rsa-sha256; cv={'none' if number == 1 else 'pass'}; d={sealer}; s=k; b=AA=="),
            ("ARC-Message-Signature", f"i={number}; a=rsa-sha256; d={sealer}; s=k; h=from; bh=AA==; b=AA=="),
            ("ARC-Authentication-Results", f"i={number}; {sealer}; dmarc=pass header.from=acme.example"),
        ]
    return fields


def believed(fields: list[tuple[str, str]], *sealers: str) -> list[str]:
    return [each.split(";")[0].strip() for each in vouched(fields, frozenset(sealers))]


def test_what_a_trusted_sealer_recorded_is_believed() -> None:
    assert believed(chain(LIST), LIST) == [LIST]
    assert vouched(chain(LIST), frozenset({LIST})) == [f" {LIST}; dmarc=pass header.from=acme.example"]


def test_nobody_is_believed_who_is_not_named() -> None:
    assert believed(chain(LIST)) == []
    assert believed(chain(LIST), "example.org") == []
    assert believed([], LIST) == []


def test_below_a_stranger_nothing_is_believed() -> None:
    assert believed(chain(LIST, RELAY), LIST, RELAY) == [RELAY, LIST]
    assert believed(chain(LIST, MALLORY), LIST) == []
    assert believed(chain(MALLORY, RELAY), LIST, RELAY) == [RELAY]
    assert believed(chain(LIST, MALLORY, RELAY), LIST, RELAY) == [RELAY]


def test_names_are_compared_without_case_and_comments() -> None:
    fields = [("arc-seal", "I = 1 (one); D=Lists.Example.ORG."), ("Arc-Authentication-Results", " i=1;x; dmarc=pass")]
    assert vouched(fields, frozenset({LIST})) == ["x; dmarc=pass"]


@pytest.mark.parametrize(
    "fields",
    [
        chain(LIST)[:1],  # a seal without results
        chain(LIST)[2:],  # results without a seal
        chain(LIST)[:1] + chain(LIST),  # two seals of one instance
        chain(LIST, LIST)[:3],  # the first is missing
        [("ARC-Seal", f"i=one; d={LIST}"), *chain(LIST)],
        [("ARC-Seal", f"d={LIST}"), *chain(LIST)],
        chain(*[LIST] * 51),
    ],
)
def test_a_broken_chain_says_nothing(fields: list[tuple[str, str]]) -> None:
    assert vouched(fields, frozenset({LIST})) == []


FIELD = st.tuples(
    st.sampled_from(["ARC-Seal", "ARC-Authentication-Results", "Subject"]),
    st.text() | st.sampled_from(["i=1; d=lists.example.org", "i=2; d=lists.example.org", "i=1;", 'i=1; "', "i=1("]),
)


@given(st.lists(FIELD, max_size=6))
def test_any_fields_are_read(fields: list[tuple[str, str]]) -> None:
    assert len(vouched(fields, frozenset({LIST}))) <= len(fields) // 2
