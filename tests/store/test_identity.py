"""What a database knows of its desk: keys and agents' numbers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgate.errors import CannotStart
from mailgate.mail.envelope import Envelope, Submission
from mailgate.store import spool
from mailgate.store.engine import Store
from mailgate.store.identity import check_keys, is_empty, number_agents
from mailgate.store.tables import agents, keys
from mailgate.tickets.signed import Key, Keyring

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
A, B = (Key(letter, date(2026, 1, 1), letter.encode() * 32) for letter in "ab")


def test_a_database_that_took_a_mail_or_saw_a_key_is_not_empty(store: Store) -> None:
    assert store.read_now(is_empty)
    store.write_now(lambda c: check_keys(c, Keyring((A,)), AT))
    assert not store.read_now(is_empty)
    store.write_now(lambda c: c.execute(sa.delete(keys)))
    packed = spool.pack(Submission(Envelope(None, (), "x", AT), b"x"))
    store.write_now(lambda c: spool.accept(c, packed))
    assert not store.read_now(is_empty)


def test_a_key_that_the_file_lacks_stops_the_start_and_is_named(store: Store) -> None:
    store.write_now(lambda c: check_keys(c, Keyring((A, B)), AT))
    store.write_now(lambda c: check_keys(c, Keyring((A, B)), AT))
    with pytest.raises(CannotStart, match='lacks key "a"') as refusal:
        store.write_now(lambda c: check_keys(c, Keyring((B,)), AT))
    assert refusal.value.code == 78
    assert A.fingerprint[:8] in str(refusal.value)


def test_another_secret_under_the_same_letter_is_another_key(store: Store) -> None:
    store.write_now(lambda c: check_keys(c, Keyring((A,)), AT))
    forged = Key("a", A.made, b"z" * 32)
    with pytest.raises(CannotStart):
        store.write_now(lambda c: check_keys(c, Keyring((forged,)), AT))


def test_a_fingerprint_does_not_give_the_secret_away(store: Store) -> None:
    store.write_now(lambda c: check_keys(c, Keyring((A,)), AT))
    stored = str(store.read_now(lambda c: c.execute(sa.select(keys)).all()))
    assert A.secret.hex() not in stored


def test_an_agents_number_is_hers_for_life(store: Store) -> None:
    assert store.write_now(lambda c: number_agents(c, ["nina", "kim"])) == {"kim": 1, "nina": 2}
    assert store.write_now(lambda c: number_agents(c, ["kim"])) == {"kim": 1, "nina": 2}
    assert store.write_now(lambda c: number_agents(c, ["ada", "kim"])) == {"kim": 1, "nina": 2, "ada": 3}


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sets(st.sampled_from("abcdefgh")), max_size=6))
def test_whoever_comes_and_goes_no_number_is_ever_given_again(store: Store, teams: list[set[str]]) -> None:
    store.write_now(lambda c: c.execute(sa.delete(agents)))
    given: dict[str, int] = {}
    for team in teams:
        now = store.write_now(partial(number_agents, names=team))
        assert all(now[name] == number for name, number in given.items())
        assert len(set(now.values())) == len(now)
        assert team <= now.keys()
        given = now


def test_nodes_that_start_at_once_agree_on_the_numbers(store: Store) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: store.write_now(lambda c: number_agents(c, list("abcdef"))), range(8)))
    assert all(each == found[0] for each in found)
