"""Secrets are named, never written; one that cannot be read says where it was looked for."""

import os
from pathlib import Path

import pytest

from mailgate.config.read import parse
from mailgate.config.settings import Config
from mailgate.errors import FilesRejected
from mailgate.problems import Problem, report

TEXT = """
[site]
domain = "example.com"
[queues.support]
addresses = ["support@example.com"]
team = "first"
[teams]
first = ["nina"]
[agents.nina]
email = "nina@example.com"
[[in]]
name = "smtp"
type = "smtp"
[out]
host = "smtp.example.com"
user = "desk"
password = {password}
"""


def read(password: str, directory: Path, **environ: str) -> Config:
    return parse(TEXT.replace("{password}", password), directory / "config.toml", environ)


def rejected(password: str, directory: Path, **environ: str) -> Problem:
    with pytest.raises(FilesRejected) as caught:
        read(password, directory, **environ)
    [problem] = caught.value.problems
    assert problem.line == 17
    return problem


def secret_file(directory: Path, content: bytes, mode: int = 0o600) -> None:
    (directory / "secret").write_bytes(content)
    (directory / "secret").chmod(mode)


def revealed(config: Config) -> str:
    assert config.out.password is not None
    return config.out.password.text


def test_a_secret_comes_from_an_environment_variable(tmp_path: Path) -> None:
    assert revealed(read('{ env = "PASSWORD" }', tmp_path, PASSWORD="hunter2")) == "hunter2"


@pytest.mark.parametrize("content", [b"hunter2", b"hunter2\n", b"hunter2\r\n"])
def test_one_closing_line_break_of_a_secret_file_is_dropped(tmp_path: Path, content: bytes) -> None:
    secret_file(tmp_path, content)
    assert revealed(read('{ file = "secret" }', tmp_path)) == "hunter2"


def test_a_credential_lies_where_systemd_put_it(tmp_path: Path) -> None:
    secret_file(tmp_path, b"hunter2\n", 0o440)
    config = read('{ credential = "secret" }', Path("/etc/desk"), CREDENTIALS_DIRECTORY=str(tmp_path))
    assert revealed(config) == "hunter2"
    assert config.warnings == ()


def test_a_secret_file_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    secret_file(tmp_path, b"hunter2", 0o640)
    [warning] = read('{ file = "secret" }', tmp_path).warnings
    assert "can be read by others" in warning.message
    assert f"chmod 600 {tmp_path}/secret" in warning.mend


def test_offline_a_secret_of_another_machine_is_no_mistake(tmp_path: Path) -> None:
    text = TEXT.replace("{password}", '{ env = "PASSWORD" }')
    assert parse(text, tmp_path / "config.toml", {}, offline=True).out.password is None


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ('"hunter2"', "never written"),
        ("7", "a number that names no secret"),
        ("{}", "a table that names no secret"),
        ('{ env = "A", file = "b" }', "a table that names no secret"),
        ('{ vault = "b" }', "a table that names no secret"),
        ('{ env = "MISSING" }', '"MISSING" is not set'),
        ('{ file = "missing" }', "missing: No such file"),
        ('{ file = "." }', "not a regular file"),
        ('{ credential = "smtp-out" }', "systemd gave none"),
    ],
)
def test_a_secret_that_is_not_there_is_told(tmp_path: Path, password: str, message: str) -> None:
    assert message in rejected(password, tmp_path).message


@pytest.mark.parametrize(
    "password", ['{ file = "" }', "{ env = 7 }", '{ credential = "../x" }', '{ file = "a\\u0000b" }']
)
def test_a_name_that_can_be_none_is_told(tmp_path: Path, password: str) -> None:
    assert "is not the name of a secret" in rejected(password, tmp_path).message


@pytest.mark.parametrize(
    ("before", "secret", "after"),
    [
        ('password = "', "hunter2", '"'),
        ("password = '", "hunter2", "' # the smarthost's"),
        ('password = { env = "A" }\n[database]\nurl = "postgresql+psycopg://desk:', "hunter2", '@db.example/desk"'),
    ],
)
def test_a_secret_that_was_written_is_not_shown(tmp_path: Path, before: str, secret: str, after: str) -> None:
    text = TEXT.replace("password = {password}", f"{before}{secret}{after}")
    with pytest.raises(FilesRejected) as caught:
        parse(text, tmp_path / "config.toml", {"A": "x"})
    shown = report(caught.value.problems, caught.value.sources)
    assert "never written" in shown
    assert "***" in shown
    assert secret not in shown


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"a\nb\n", "more than one line"),
        (b"caf\xe9", "not UTF-8"),
        (b"x" * 70_000, "larger than 64 KiB"),
    ],
)
def test_a_file_that_holds_no_secret_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    secret_file(tmp_path, content)
    assert message in rejected('{ file = "secret" }', tmp_path).message


def test_a_pipe_in_place_of_a_secret_does_not_keep_us_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secret")
    assert "not a regular file" in rejected('{ file = "secret" }', tmp_path).message


def test_no_secret_shows_in_what_is_printed_of_a_configuration(tmp_path: Path) -> None:
    assert "hunter2" not in repr(read('{ env = "PASSWORD" }', tmp_path, PASSWORD="hunter2"))
