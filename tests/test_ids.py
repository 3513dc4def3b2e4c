"""Randomness: no two draws are alike, whoever asks, and the seeded ones can be had again."""

from concurrent.futures import ThreadPoolExecutor

from mailgate.ids import KEY_BYTES, NONCE_BYTES, SeededIds, SystemIds


def test_threads_never_get_the_same_nonce() -> None:
    ids = SystemIds()
    with ThreadPoolExecutor(8) as pool:
        drawn = [nonce for some in pool.map(lambda _: [ids.nonce() for _ in range(500)], range(16)) for nonce in some]
    assert len(set(drawn)) == len(drawn) == 8_000
    assert {len(each) for each in drawn} == {NONCE_BYTES}


def test_two_sources_differ_and_seeded_ones_do_not() -> None:
    assert SystemIds().nonce() != SystemIds().nonce()
    assert len(SystemIds().key()) == KEY_BYTES
    assert SeededIds(3).nonce() == SeededIds(3).nonce() != SeededIds(4).nonce()
