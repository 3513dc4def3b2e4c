"""`customer show|undead`: what is known of an address, and writing to it again; exit codes and JSON."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailgate.cli.main import main
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.read import load
from mailgate.ids import SystemIds
from mailgate.service.opening import Desk, open_desk
from mailgate.store import addresses, tables
from tests.support.desk import ANA, NOW, Pipeline, make_raw


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk on which Ana wrote one mail."""
    directory = tmp_path_factory.mktemp("customer") / "desk"
    assert main(["init", "-q", str(directory), "--first-steps"]) == 0
    config = load(directory / "config.toml", {}, offline=True)
    desk = open_desk(config, SystemClock(), SystemIds(), packaged_templates())
    try:
        Pipeline(desk.store, desk.active.policy, SystemClock().now()).run([(make_raw(to="support@example.com"), None)])
    finally:
        desk.close()
    return directory


@pytest.fixture
def dead(files: Path) -> Path:
    """... and whose address is dead."""
    desk: Desk = open_desk(
        load(files / "config.toml", {}, offline=True), SystemClock(), SystemIds(), packaged_templates()
    )
    try:
        desk.store.write_now(lambda c: c.execute(sa.delete(tables.addresses)))  # what other tests made of it
        desk.store.write_now(lambda c: addresses.bounced(c, ANA, 7, "5.1.1 no such\x1b[2J user", True, NOW))
    finally:
        desk.close()
    return files / "config.toml"


def test_what_is_known_is_shown_with_the_way_to_lift_it(dead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["customer", "-C", str(dead), "show", ANA]) == 0
    out = capsys.readouterr().out
    assert f"{ANA}  DEAD since 2026-11-22 09:30" in out
    assert "5.1.1 no such [2J user" in out
    assert "customer undead" in out
    assert "requester" in out


def test_an_address_is_lifted_once(dead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["customer", "-C", str(dead), "undead", ANA.upper()]) == 0
    assert "written to again" in capsys.readouterr().out
    assert main(["customer", "-C", str(dead), "undead", ANA]) == 4
    assert "is not dead" in capsys.readouterr().err
    assert main(["customer", "-C", str(dead), "show", ANA]) == 0
    assert "is written to" in capsys.readouterr().out


def test_both_speak_json(dead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["customer", "-C", str(dead), "show", ANA, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["dead_since"], shown["hard_bounces"]) == (NOW.isoformat(), 1)
    assert set(shown) == {"address", "dead_since", "reason", "hard_bounces", "last_bounce", "tickets"}
    assert main(["customer", "-C", str(dead), "undead", ANA, "x@y.example", "--json"]) == 4
    assert json.loads(capsys.readouterr().out) == [
        {"address": ANA, "lifted": True},
        {"address": "x@y.example", "lifted": False},
    ]


def test_of_whom_nothing_is_known_that_is_said(dead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["customer", "-C", str(dead), "show", "nobody@acme.example"]) == 4
    assert "nothing is known of nobody@acme.example" in capsys.readouterr().err
