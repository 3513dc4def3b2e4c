"""`agent list|away|back`: the operator says who is away, and sees it."""

import json
from datetime import datetime

import pytest

from mailgate.cli.main import main
from mailgate.service.opening import Desk
from tests.cli.test_held import desk as desk


def call(desk: Desk, *words: str) -> int:
    return main(["-C", str(desk.config.path), "agent", *words])


def test_an_agent_is_marked_away_and_back(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    name = next(iter(desk.config.agents))
    assert call(desk, "away", name, "--until", "2d") == 0
    assert f"{name} is away until" in capsys.readouterr().out
    assert call(desk, "list", "--json") == 0
    until = datetime.fromisoformat(json.loads(capsys.readouterr().out)[0]["away_until"])
    assert call(desk, "list") == 0
    assert f"{until.astimezone(desk.config.site.timezone):%Y-%m-%d %H:%M}\n" in capsys.readouterr().out
    assert call(desk, "back", name) == 0
    assert call(desk, "list") == 0
    assert "here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [(("away", "nobody"), 4), (("away", "", "--until", "soon"), 2), (("away", "", "--until", "2020-01-01"), 2)],
)
def test_what_cannot_be_is_said_with_the_next_step(
    desk: Desk, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int
) -> None:
    name = next(iter(desk.config.agents))
    assert call(desk, *(each or name for each in words)) == code
    assert capsys.readouterr().err
