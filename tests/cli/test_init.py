"""`mailgate init` makes a desk that runs, and never touches what is there."""

import json
import stat
import sys
from pathlib import Path

import pytest

from mailgate import keyfile
from mailgate.cli.main import main
from mailgate.config.read import load
from mailgate.config.settings import Config
from mailgate.rules.scenario_schema import TESTS_FILE, schema_of_tests
from mailgate.rules.schema import FILE, rules_schema


def made(directory: Path) -> Config:
    return load(directory / "config.toml", {})


def files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_first_steps_make_a_desk_to_play_with(tmp_path: Path) -> None:
    desk = tmp_path / "var"
    assert main(["init", str(desk), "--first-steps"]) == 0
    config = made(desk)
    assert config.database_url == f"sqlite:///{desk}/mailgate.db"
    assert str(config.doors[0].listen) == "127.0.0.1:2525"
    assert config.out.maildir == desk / "mail" / "{recipient}"
    assert config.site.trust_unverified
    assert config.queues["support"].address == "support@example.com"
    assert [agent.address for agent in config.agents.values()] == ["nina@example.com"]
    assert (config.rules_dir, config.templates_dir) == (desk / "rules", desk / "templates")
    assert config.warnings == ()


def test_a_desk_of_maildirs_can_be_played_with_mutt(tmp_path: Path) -> None:
    main(["init", str(tmp_path), "--first-steps", "--listen", "[::]:2526"])
    for name, address in (("nina", "nina@example.com"), ("ana", "ana@acme.example")):
        text = (tmp_path / "mutt" / name).read_text()
        assert f'set spoolfile = "{tmp_path}/mail/{address}"\n' in text
        assert f'set from = "{address}"\n' in text
        assert 'set smtp_url = "smtp://[::1]:2526/"\n' in text


def test_a_desk_with_a_smarthost_has_no_use_for_that(tmp_path: Path) -> None:
    main(["init", str(tmp_path), "--smarthost", "smtp.example.com", "--domain", "example.com"])
    assert not (tmp_path / "mutt").exists()


def test_keys_are_made_for_the_owner_alone_and_kept_out_of_repositories(tmp_path: Path) -> None:
    main(["init", str(tmp_path), "--first-steps"])
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    assert len(keyfile.read(tmp_path / "keys").keys) == 1
    assert "/keys\n" in (tmp_path / ".gitignore").read_text()


def test_rules_and_templates_are_the_packaged_ones(tmp_path: Path) -> None:
    main(["init", str(tmp_path), "--first-steps"])
    top = Path(__file__).resolve().parents[2]
    made = files(tmp_path / "rules")
    assert json.loads(made.pop(FILE)) == rules_schema()
    assert json.loads(made.pop(TESTS_FILE)) == schema_of_tests()
    assert made == files(top / "rules")
    assert files(tmp_path / "templates") == files(top / "templates")


@pytest.mark.parametrize("taken", ["config.toml", "keys", ".gitignore", "templates/en/received.md"])
def test_nothing_is_overwritten_and_then_nothing_is_written(
    tmp_path: Path, taken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / taken).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / taken).write_text("mine")
    assert main(["init", str(tmp_path)]) == 1
    assert files(tmp_path) == {taken: b"mine"}
    assert str(tmp_path / taken) in capsys.readouterr().err


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "config.toml").symlink_to(tmp_path / "elsewhere")
    assert main(["init", str(tmp_path)]) == 1
    assert not (tmp_path / "elsewhere").exists()


def test_what_was_begun_is_taken_back_when_it_cannot_be_finished(tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("a file where a directory must be")
    assert main(["init", str(tmp_path)]) == 75
    assert files(tmp_path) == {"rules": b"a file where a directory must be"}


def test_flags_say_who_and_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--name", 'Acme "Help"', "--domain", "acme.example", "--agent", "José Ñandú <jose@acme.example>"]
    words += ["--smarthost", "smtp.acme.example", "--listen", "[::1]:25", "--timezone", "Europe/Madrid"]
    assert main(["init", str(tmp_path), *words]) == 0
    config = made(tmp_path)
    assert (config.site.name, config.site.domain, str(config.site.timezone)) == (
        'Acme "Help"',
        "acme.example",
        "Europe/Madrid",
    )
    assert config.queues["support"].address == "support@acme.example"
    assert [(name, agent.title) for name, agent in config.agents.items()] == [("jos", "José Ñandú")]
    assert (config.out.host, config.out.maildir, config.out.port) == ("smtp.acme.example", None, 587)
    assert not config.site.trust_unverified
    assert f" -C {tmp_path} serve\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["--domain", "not a domain"],
        ["--agent", "nina"],
        ["--address", "nina@example.com", "--agent", "nina@example.com"],
        ["--listen", "2525"],
        ["--timezone", "Lisbon"],
        ["--smarthost", "x y"],
        ["--name", "a\nb = 1"],
    ],
)
def test_a_wrong_flag_is_told_before_anything_is_written(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "desk"), *words]) == 78
    assert not (tmp_path / "desk").exists()
    assert "error" in capsys.readouterr().err


class Terminal:
    """A person at a keyboard, as far as `input` and `isatty` can tell."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._answers.pop(0) if self._answers else ""


def test_without_flags_five_questions_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("acme.example\n", "\n", "Kim <kim@acme.example>\n", "\n", "\n"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["init", str(tmp_path)]) == 0
    config = made(tmp_path)
    assert config.queues["support"].address == "support@acme.example"
    assert list(config.agents) == ["kim"]
    assert config.out.maildir == tmp_path / "mail" / "{recipient}"
    assert "[support@acme.example]" in capsys.readouterr().out


def test_walking_away_from_the_questions_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("acme.example\n"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["init", str(tmp_path)]) == 130
    assert files(tmp_path) == {}
