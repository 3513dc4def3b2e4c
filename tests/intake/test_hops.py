"""Received fields are counted in the header and nowhere else."""

import pytest

from mailgate.intake.hops import hops


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_hops_are_received_fields_of_the_header(end: str) -> None:
    lines = ["received: a", "RECEIVED: b", "X-Received: c", " Received: folded", "", "Received: body"]
    assert hops(end.join(lines).encode()) == 2
    assert hops(f"{end}Received: body".encode()) == 0
    assert hops(f"Received: no body at all{end}".encode()) == 1
    assert hops(b"") == 0


def test_a_header_without_an_end_is_looked_through_within_bounds() -> None:
    assert hops(b"Received: a\r\n" * 100_000) == 262_144 // 13 + 1
