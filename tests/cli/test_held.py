"""`outbox release|discard`: the plan first where it is wanted, then what was done, with the exit codes of the rest."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailgate.cli.main import main
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.read import load
from mailgate.ids import SystemIds
from mailgate.service.opening import Desk, open_desk
from mailgate.store.tables import outbox


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    assert main(["init", "-q", str(tmp_path), "--first-steps"]) == 0
    opened = open_desk(
        load(tmp_path / "config.toml", {}, offline=True), SystemClock(), SystemIds(), packaged_templates()
    )
    capsys.readouterr()
    try:
        yield opened
    finally:
        opened.close()


def put(desk: Desk, count: int) -> None:
    """Held mail that belongs to no ticket."""
    now = SystemClock().now()
    mail = {"kind": "report", "recipient": "ops@x.example", "subject": "x", "message_id": "<x@x>", "content": b"x"}
    more = {"state": "held", "attempts": 0, "next_attempt_at": now, "created_at": now, "last_reply": "a reason"}
    desk.store.write_now(lambda c: c.execute(sa.insert(outbox), [mail | more] * count))


def states(desk: Desk) -> list[str]:
    return desk.store.read_now(lambda c: list(c.execute(sa.select(outbox.c.state).order_by(outbox.c.id)).scalars()))


def call(desk: Desk, *words: str) -> int:
    return main(["-C", str(desk.config.path), "outbox", *words])


def test_a_dry_run_shows_the_plan_and_does_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    put(desk, 1)
    assert call(desk, "release", "1", "--dry-run") == 0
    assert "a reason" in capsys.readouterr().out
    assert states(desk) == ["held"]


def test_held_mail_is_released_or_discarded_and_a_wrong_number_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    put(desk, 2)
    assert call(desk, "release", "1", "99") == 4
    got = capsys.readouterr()
    assert got.out == "1 released\n"
    assert "no mail 99 is held" in got.err
    assert call(desk, "discard", "2", "--json") == 0
    assert json.loads(capsys.readouterr().out)["answers"] == [{"mails": [2], "ticket": None, "told": None}]
    assert states(desk) == ["waiting", "cancelled"]
    assert call(desk, "discard", "1") == 4


def test_more_than_twenty_want_a_yes(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    put(desk, 21)
    numbers = [str(n) for n in range(1, 22)]
    assert call(desk, "discard", *numbers) == 1
    assert "--yes" in capsys.readouterr().err
    assert set(states(desk)) == {"held"}
    assert call(desk, "discard", *numbers, "--yes") == 0
    assert set(states(desk)) == {"cancelled"}
