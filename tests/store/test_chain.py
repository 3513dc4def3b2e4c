"""The hash chain as such."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from mailgate.store.chain import GENESIS, detail_hash, link

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ENTRY = (GENESIS, 1, 1, AT, "customer", "article.added", bytes(32))


def test_the_same_entry_has_the_same_hash_in_every_time_zone() -> None:
    there = AT.astimezone(timezone(timedelta(hours=13, minutes=45)))
    assert link(*ENTRY) == link(GENESIS, 1, 1, there, "customer", "article.added", bytes(32))


@given(st.integers(0, 6))
def test_every_part_of_an_entry_counts(place: int) -> None:
    other = (b"x" * 32, 2, 2, AT + timedelta(microseconds=1), "mailgate", "note.added", b"x" * 32)
    changed = (*ENTRY[:place], other[place], *ENTRY[place + 1 :])
    assert link(*changed) != link(*ENTRY)  # type: ignore[arg-type]


@given(st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8), st.text())
def test_equal_details_are_not_seen_to_be_equal(one: bytes, other: bytes, detail: str) -> None:
    detail = detail.encode("utf-8", "replace").decode()
    assert (detail_hash(one, detail) == detail_hash(other, detail)) is (one == other)
