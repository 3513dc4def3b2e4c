"""`mailgate template`: lists, proves and shows the mails that mailgate writes."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailgate.cli.main import main
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.read import load
from mailgate.ids import SystemIds
from mailgate.service.opening import open_desk
from mailgate.store import reports
from tests.support.desk import Pipeline, make_raw

SHIPPED = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILGATE_CONFIG", raising=False)
    assert main(["init", str(tmp_path / "desk"), "--first-steps"]) == 0
    capsys.readouterr()
    return tmp_path / "desk"


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place without a configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILGATE_CONFIG", raising=False)
    return tmp_path


def own(desk: Path, name: str, text: str) -> None:
    path = desk / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_the_list_names_kinds_and_languages(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own(desk, "en/mine.md", "---\nsubject: x\nkind: agent\n---\nHello\n")
    assert main(["template", "list", "-C", str(desk), "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["reply"] == {"name": "reply", "kind": "customer", "languages": ["de", "en", "es"], "rules": []}
    assert rows["received"]["rules"] == ["acknowledge"]
    assert rows["mine"]["languages"] == ["en"]
    assert main(["template", "list", "-C", str(desk)]) == 0
    assert "received               auto-reply  de en es   acknowledge\n" in capsys.readouterr().out


def test_rules_with_mistakes_do_not_hide_the_list(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "rules" / "99-mine.yaml").write_text("rules: [{name: x, when: nonsense}]\n", "utf-8")
    assert main(["template", "list", "-C", str(desk)]) == 0
    captured = capsys.readouterr()
    assert "mailgate rules check" in captured.err
    assert "received " in captured.out


def test_a_mistake_is_shown_in_its_place(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own(desk, "en/mine.md", "---\nsubject: x\nkind: agent\n---\nHello {{ ticket.nubmer }}\n")
    assert main(["template", "check", "-C", str(desk)]) == 1
    shown = capsys.readouterr().out
    assert f"{desk}/templates/en/mine.md:5:17" in shown
    assert 'did you mean "number"?' in shown


def test_a_directory_is_checked_without_a_configuration(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "check", str(SHIPPED)]) == 0
    assert "templates in de, en, es; no mistakes" in capsys.readouterr().out
    assert main(["template", "check", str(nowhere / "none")]) == 1
    assert "no such directory" in capsys.readouterr().out
    assert main(["template", "check"]) == 78


def test_a_preview_shows_a_made_up_mail(nowhere: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["template", "preview", "agent_new", "--lang", "de"]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert shown.startswith("Subject: [Ticket#1042] Invoice 4711 is wrong\n\nHi, any news on this?")
    assert "nur für Agenten" in shown
    assert main(["template", "preview", "agent_new", "--html", "out.html"]) == 0
    assert capsysbinary.readouterr().out == b""
    page = (nowhere / "out.html").read_text("utf-8")
    assert main(["template", "preview", "agent_new", "--html", "-"]) == 0
    assert capsysbinary.readouterr().out.decode() == page
    assert main(["template", "preview", "reply", "--eml"]) == 0
    mail = message_from_bytes(capsysbinary.readouterr().out, policy=policy.default)
    assert (mail["To"], mail["Auto-Submitted"]) == ("Ana Silva <ana@acme.example>", None)
    assert main(["template", "preview", "agent_new", "--eml"]) == 0
    assert b"\r\nTo: Nina Costa <nina@example.com>\r\n" in capsysbinary.readouterr().out


def test_a_preview_shows_a_ticket_of_the_desk(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = load(desk / "config.toml", {}, offline=True)
    opened = open_desk(config, SystemClock(), SystemIds(), packaged_templates())
    try:
        mail = make_raw(to="support@example.com", text="The printer burns.", verified=None)
        Pipeline(opened.store, opened.active.policy, SystemClock().now()).run([(mail, None)])
        number = opened.store.read_now(lambda connection: reports.ticket_list(connection))[0]["number"]
    finally:
        opened.close()
    capsys.readouterr()
    assert main(["template", "preview", "agent_new", "--ticket", f"#{number}", "-C", str(desk)]) == 0
    shown = capsys.readouterr().out
    assert f"[Ticket#{number}]" in shown
    assert "The printer burns." in shown
    assert main(["template", "preview", "agent_new", "--ticket", "7", "-C", str(desk)]) == 4
    assert "no ticket 7" in capsys.readouterr().err


def test_a_ticket_without_a_configuration_is_none(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "preview", "agent_new", "--ticket", "1042"]) == 78
    assert "needs a configuration" in capsys.readouterr().err


def test_the_variables_are_shown_with_samples(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "vars", "reply"]) == 0
    shown = capsys.readouterr().out
    for name, sample in (("ticket.number", "1042"), ("quoted.who", "Ana Silva"), ("earlier[].text", "Could you send")):
        assert any(line.split()[:1] == [name] and sample in line for line in shown.splitlines()), name
    assert main(["template", "vars", "received_neutral", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {
        *("ticket.number", "ticket.tag", "queue.name", "queue.title", "queue.address", "site", "now"),
        *("brand.name", "brand.colour", "brand.footer", "brand.logo", "language", "direction"),
    }


@pytest.mark.parametrize("verb", ["preview", "vars"])
def test_an_unknown_name_has_a_mend(verb: str, nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", verb, "recieved"]) == 4
    assert 'did you mean "received"?' in capsys.readouterr().err


def test_a_language_that_a_template_does_not_have_is_said(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "preview", "received", "--lang", "xx"]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no xx form of received; there is de, en, es" in captured.err
    assert main(["template", "preview", "received", "--lang", "de-AT"]) == 0
    assert "Guten Tag" in capsys.readouterr().out
