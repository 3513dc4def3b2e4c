"""A mail that kills whoever reads it is set aside, and nobody else's mail waits for it (spec/safety.md D45)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.corners import Corner, Corners, corners, mail, plain
from tests.support.smtp import Letter, in_order

GOOD = 100

# Python runs this first in every process of the daemon; it makes the reading one allergic to some words, as a bug in a
# library would. The mails themselves are plain.
ALLERGY = """
import os, signal, sys
if sys.orig_argv[-2:] == ["-m", "mailgate.service.reading"]:
    import mailgate.mail.parse as module
    real = module.parse
    def parse(raw, *rest, **named):
        if b"poison: killed" in raw: os.kill(os.getpid(), signal.SIGKILL)
        if b"poison: crashed" in raw: os.kill(os.getpid(), signal.SIGSEGV)
        if b"poison: left" in raw: os._exit(0)
        if b"poison: raised" in raw: raise RuntimeError("a bug")
        if b"poison: recursed" in raw: return parse(raw)
        return real(raw, *rest, **named)
    module.parse = parse
"""
PLACES = {"killed": 0, "crashed": 40, "left": 41, "raised": 70, "recursed": GOOD + 4}
"""Where in the stream each stands: first, last, alone and side by side."""


@dataclass(frozen=True)
class Told:
    """What became of the stream: the rows of the spool in its order, and who sent what."""

    desk: Corners
    corner: Corner
    rows: tuple[dict[str, Any], ...]
    senders: tuple[str, ...]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    directory = tmp_path_factory.mktemp("poison")
    (directory / "sitecustomize.py").write_text(ALLERGY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(directory))
        with corners(directory, 4) as running:
            running.daemon.tracebacks_expected = True
            yield running


@pytest.fixture(scope="module")
def stream(desk: Corners) -> Told:
    """GOOD mails of as many people, with the poisonous ones between them, all sent and done."""
    corner, poison = desk.corner(), {place: form for form, place in PLACES.items()}
    letters = []
    for number in range(GOOD + len(poison)):
        who = corner.person(f"p{number}")
        text = f"poison: {poison[number]}" if number in poison else "It is on fire."
        letters.append(Letter(who, mail(who, corner.address, f"Mail {number}", text), (corner.address,)))
    replies = in_order(desk.port, letters)
    assert {reply.code for reply in replies} == {250}
    desk.settle()
    rows = {row["id"]: row for row in desk.cli("spool", "list")}
    found = tuple(rows[reply.spool_id or ""] for reply in replies)
    return Told(desk, corner, found, tuple(each.reverse_path for each in letters))


def _notices(corner: Corner, name: str) -> int:
    """How often the admin was told of a mail."""
    return sum(re.search(rf"\b{name}\b", plain(each)) is not None for each in corner.to("ops@staff.example"))


@pytest.mark.parametrize("form", PLACES)
def test_d45_a_poisonous_mail_is_quarantined_after_three_tries_at_most(stream: Told, form: str) -> None:
    row = stream.rows[PLACES[form]]
    assert (row["state"], row["outcome"], row["ticket"]) == ("quarantined", "quarantined", None)
    assert 1 <= row["attempts"] <= 3
    assert row["cause"]
    assert _notices(stream.corner, row["id"]) == 1, "the admin is told, once"
    assert stream.corner.to(stream.senders[PLACES[form]]) == []


def test_d45_a_hundred_good_mails_around_it_are_processed(stream: Told) -> None:
    good = [number for number in range(len(stream.rows)) if number not in PLACES.values()]
    assert {stream.rows[number]["outcome"] for number in good} == {"article"}
    assert len(stream.corner.tickets()) == len(good) == GOOD
    assert [len(stream.corner.to(stream.senders[number])) for number in good] == [1] * GOOD


def test_d45_what_is_quarantined_stays_there_over_a_restart(stream: Told) -> None:
    desk, corner = stream.desk, stream.desk.corner()
    name = stream.rows[PLACES["killed"]]["id"]
    desk.daemon.restart()
    corner.write(corner.person("ben"))
    assert [each["customer"] for each in corner.tickets()] == [corner.person("ben")]
    assert corner.spooled(name)["state"] == "quarantined"
    assert _notices(corner, name) == 1
