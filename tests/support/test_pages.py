"""A page shows the same hash for the same files, and another for others."""

from tests.support.pages import Hashes

A, B, C = "45d5bb0e39a4", "586de50b8770", "202479f75245"


def test_a_hash_that_is_printed_twice_stands_twice_on_the_page() -> None:
    hashes = Hashes()
    assert hashes.agree(f"rules {A}", f"rules {B}")
    assert hashes.agree(f"rules {A}", f"rules {B}")
    assert not hashes.agree(f"rules {C}", f"rules {B}")


def test_two_hashes_do_not_stand_there_as_one() -> None:
    hashes = Hashes()
    assert hashes.agree(f"rules {A}", f"rules {B}")
    assert not hashes.agree(f"rules {A}", f"rules {C}")
    assert hashes.as_shown(f"rules {B}, {C}") == f"rules {A}, {C}"
