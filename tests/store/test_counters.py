"""Numbers set aside: a gap is fine, a repeat never."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgate.store.counters import give_back, reserve
from mailgate.store.engine import Store
from mailgate.store.tables import counters


def taken(store: Store, name: str, count: int, start: int = 1) -> range:
    return store.write_now(lambda c: reserve(c, name, count, start))


def given_back(store: Store, name: str, unused: range) -> None:
    store.write_now(lambda c: give_back(c, name, unused))


def test_reservations_follow_each_other_without_a_gap(store: Store) -> None:
    found = [taken(store, "ticket", n) for n in (3, 1, 0, 2)]
    assert [list(each) for each in found] == [[1, 2, 3], [4], [], [5, 6]]


def test_counters_of_other_names_do_not_meet(store: Store) -> None:
    store.write_now(lambda c: reserve(c, "ticket", 10))
    assert store.write_now(lambda c: reserve(c, "article", 1)) == range(1, 2)


def test_a_later_start_moves_the_counter_on_and_an_earlier_one_never_back(store: Store) -> None:
    assert store.write_now(lambda c: reserve(c, "ticket", 2, 1_000)) == range(1_000, 1_002)
    assert store.write_now(lambda c: reserve(c, "ticket", 2, 5)) == range(1_002, 1_004)
    assert store.write_now(lambda c: reserve(c, "ticket", 2, 5_000)) == range(5_000, 5_002)


def test_the_unused_tail_of_the_newest_reservation_comes_back(store: Store) -> None:
    got = taken(store, "ticket", 10)
    store.write_now(lambda c: give_back(c, "ticket", got[4:]))
    assert store.write_now(lambda c: reserve(c, "ticket", 1)) == range(5, 6)


def test_nothing_comes_back_once_somebody_reserved_after_it(store: Store) -> None:
    got = taken(store, "ticket", 10)
    later = store.write_now(lambda c: reserve(c, "ticket", 1))
    store.write_now(lambda c: give_back(c, "ticket", got[4:]))
    assert store.write_now(lambda c: reserve(c, "ticket", 1)).start == later.stop


def test_nothing_given_back_is_nothing_changed(store: Store) -> None:
    store.write_now(lambda c: reserve(c, "ticket", 3))
    store.write_now(lambda c: give_back(c, "ticket", range(0)))
    assert store.write_now(lambda c: reserve(c, "ticket", 1)) == range(4, 5)


def test_threads_never_get_the_same_number(store: Store) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: taken(store, "ticket", 3), range(40)))
    numbers = [number for each in found for number in each]
    assert sorted(numbers) == list(range(1, 121))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 60)), max_size=8))
def test_whatever_is_reserved_and_given_back_no_number_is_used_twice(
    store: Store, steps: list[tuple[int, int, int]]
) -> None:
    store.write_now(lambda c: c.execute(counters.delete()))
    used: list[int] = []
    for count, unused, start in steps:
        got = taken(store, "x", count, max(1, start))
        assert len(got) == count
        keep = max(0, count - unused)
        used += got[:keep]
        given_back(store, "x", got[keep:])
    assert len(set(used)) == len(used)
