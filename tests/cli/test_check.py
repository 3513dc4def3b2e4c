"""`check` and `rules check` tell every mistake of every file, and the exit code says whether there was one."""

import json
from pathlib import Path

import pytest

from mailgate.cli.main import main


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["init", str(tmp_path / "desk"), "--first-steps"]) == 0
    capsys.readouterr()
    return tmp_path / "desk"


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def lines_of(desk: Path) -> int:
    """Where a line that was appended to the configuration stands."""
    return len((desk / "config.toml").read_text().splitlines())


def test_a_new_desk_has_no_mistake(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-C", str(desk)]) == 0
    assert main(["rules", "check", "-C", str(desk)]) == 0
    assert capsys.readouterr().out.count("no mistakes") == 2


def test_quiet_praise_is_no_praise(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-q", "-C", str(desk)]) == 0
    assert capsys.readouterr().out == ""


def test_a_mistake_in_the_configuration_is_a_finding(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(desk / "config.toml", "[lgo]\n")
    assert main(["check", "-C", str(desk)]) == 1
    shown = capsys.readouterr().out
    assert f"{desk}/config.toml:{lines_of(desk)}:2" in shown
    assert 'did you mean "log"?' in shown


def test_mistakes_in_rules_and_templates_are_told_together(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "rules" / "90-wrong.yaml").write_text("rules:\n  - name: x\n    when: ticket.cretaed\n    do: []\n")
    append(desk / "templates" / "en" / "received.md", "{{ tikcet.number }}\n")
    assert main(["check", "-C", str(desk)]) == 1
    shown = capsys.readouterr().out
    assert f"{desk}/rules/90-wrong.yaml:3:" in shown
    assert f"{desk}/templates/en/received.md:" in shown
    assert "20-replies.yaml" not in shown  # a template that is wrong is there all the same


def test_a_mistake_in_the_configuration_hides_none_in_the_files_beside_it(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(
        desk / "config.toml", '[queues.billing]\nadresses = ["billing@example.com"]\n[agents.kim]\nemail = "kim@@"\n'
    )
    wrong = "rules:\n  - {name: x, when: ticket.cretaed, do: [{queue: billing}, {assign: kmi}]}\n"
    (desk / "rules/90-wrong.yaml").write_text(wrong)
    (desk / "rules/tests/mine.test.yaml").write_text("tests: [{name: x, mail: {form: ana@acme.example}}]\n")
    append(desk / "templates/en/received.md", "{{ tikcet.number }}\n")
    assert main(["check", "-C", str(desk)]) == 1
    shown = capsys.readouterr().out
    meant = ("addresses", "ticket.created", "from", "ticket")
    assert [shown.count(f'did you mean "{word}"?') for word in meant] == [1, 1, 1, 1]
    assert '"kim@@" is not an address' in shown
    assert "kmi" not in shown.replace(wrong.split("\n")[1], "")  # an agent may be unknown for the mistake above


def test_a_template_of_any_size_is_refused_before_it_is_rendered(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(desk / "templates/_layout.html.j2", "a" * 1_000_000)
    for command in ("check",), ("template", "check"):
        assert main([*command, "-C", str(desk)]) == 1
        assert capsys.readouterr().out.count("the template holds more than 1,000,000 bytes") == 1


def test_mistakes_in_tests_of_rules_are_told_by_every_check(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test, wrong = desk / "rules/tests/mine.test.yaml", desk / "rules/90-wrong.yaml"
    test.write_text("tests: [{name: x, mail: {}, expect: {ticket: {qeue: support}, fired: [vip, acknowlege]}}]\n")
    for command in ("check",), ("rules", "check"):
        assert main([*command, "-C", str(desk)]) == 1
        shown = capsys.readouterr().out
        assert 'did you mean "queue"?' in shown
        assert 'did you mean "acknowledge"?' in shown
        wrong.write_text("rules: [{name: vip, when: ticket.cretaed, do: [stop]}]\n")
        assert main([*command, "-C", str(desk)]) == 1
        shown = capsys.readouterr().out
        assert 'did you mean "queue"?' in shown
        assert 'did you mean "ticket.created"?' in shown
        assert "MG110" not in shown  # which rules there are is not known while they have mistakes
        wrong.unlink()


def test_what_a_test_asks_of_the_configuration_is_told_by_every_check(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "given: {config: {out.dealy: 0s}}\ntests: [{name: x, mail: {}, expect: {sent: received}}]\n"
    (desk / "rules/tests/mine.test.yaml").write_text(text)
    for command in ("check",), ("rules", "check"):
        assert main([*command, "-C", str(desk)]) == 1
        assert 'did you mean "delay"?' in capsys.readouterr().out


def test_rules_are_checked_alone(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(desk / "templates" / "en" / "received.md", "{{ tikcet.number }}\n")
    assert main(["rules", "check", "-C", str(desk)]) == 0
    (desk / "rules" / "90-wrong.yaml").write_text("rules: 7\n")
    assert main(["rules", "check", "-C", str(desk)]) == 1
    assert "90-wrong.yaml" in capsys.readouterr().out


def test_a_wrong_configuration_is_no_matter_of_the_rules(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(desk / "config.toml", "[lgo]\n")
    assert main(["rules", "check", "-C", str(desk)]) == 78
    assert "lgo" in capsys.readouterr().err


def test_keys_that_others_can_read_are_a_finding_except_offline(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "keys").chmod(0o644)
    assert main(["check", "-C", str(desk)]) == 1
    assert "chmod 600" in capsys.readouterr().out
    assert main(["check", "-C", str(desk), "--offline"]) == 0


def test_a_secret_of_another_machine_is_a_finding_except_offline(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (desk / "config.toml").read_text()
    out = 'host = "a.example"\nuser = "u"\npassword = { credential = "smtp-out" }\n#'
    (desk / "config.toml").write_text(text.replace("maildir = ", f"{out} "))
    assert main(["check", "-C", str(desk)]) == 1
    assert main(["check", "-C", str(desk), "--offline"]) == 0
    assert "LoadCredential" in capsys.readouterr().out


def test_warnings_alone_are_shown_and_pass(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(desk / "config.toml", "[http]\nlisten = ''\n")
    assert main(["check", "-C", str(desk)]) == 0
    assert "warning: http is not in effect" in capsys.readouterr().out


def test_findings_as_json_keep_their_form(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(desk / "config.toml", "[lgo]\n")
    assert main(["check", "-C", str(desk), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert found["problems"] == [
        {
            "severity": "error",
            "code": None,
            "path": str(desk / "config.toml"),
            "line": lines_of(desk),
            "column": 2,
            "end": 5,
            "message": 'config.toml has no key "lgo"',
            "mend": 'did you mean "log"?',
            "expected": None,
        }
    ]


def test_colours_are_for_terminals(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(desk / "config.toml", "[lgo]\n")
    main(["check", "-C", str(desk)])
    assert "\x1b" not in capsys.readouterr().out
