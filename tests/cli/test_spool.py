"""`spool retry|release|drop`: what would be done, what was, and the exit codes."""

import json
from functools import partial

import pytest
import sqlalchemy as sa

from mailgate.cli.main import main
from mailgate.clock import SystemClock
from mailgate.mail.envelope import Envelope, Submission
from mailgate.service.opening import Desk
from mailgate.store import spool
from mailgate.store.tables import spool as table
from tests.cli.test_held import desk as desk


def put(desk: Desk, count: int = 1) -> None:
    """Mail that a rule set aside."""
    now = SystemClock().now()
    packed = spool.pack(Submission(Envelope("ana@x.example", ("support@x",), "smtp", now), b"Subject: x\r\n\r\nx"))
    for _ in range(count):
        number = desk.store.write_now(lambda c: spool.accept(c, packed))
        desk.store.write_now(partial(spool.quarantine, spool_id=number, cause="rule odd: looks odd", now=now))


def states(desk: Desk) -> list[str]:
    return desk.store.read_now(lambda c: list(c.execute(sa.select(table.c.state).order_by(table.c.id)).scalars()))


def call(desk: Desk, *words: str) -> int:
    return main(["-C", str(desk.config.path), "spool", *words])


def test_a_mail_is_dropped_and_released_and_the_next_step_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    put(desk)
    assert call(desk, "release", "S1", "--dry-run") == 0
    assert "looks odd" in capsys.readouterr().out
    assert states(desk) == ["quarantined"]
    assert call(desk, "drop", "S1", "S9") == 4
    got = capsys.readouterr()
    assert "S1 is discarded" in got.out
    assert "no mail S9 that was set aside" in got.err
    assert call(desk, "release", "s1", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"done": "release", "mails": ["S1"]}
    assert states(desk) == ["new"]
    (released,) = desk.store.read_now(lambda c: c.execute(sa.select(table.c.released)).scalars().all())
    assert "; before: dropped by " in released


def test_more_than_twenty_want_a_yes(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    put(desk, 21)
    numbers = [f"S{n}" for n in range(1, 22)]
    assert call(desk, "retry", *numbers) == 1
    assert "--yes" in capsys.readouterr().err
    assert set(states(desk)) == {"quarantined"}
    assert call(desk, "retry", "--yes", *numbers) == 0
    assert set(states(desk)) == {"new"}
