"""A door's certificate and agents' passwords: what is taken, and what is said of the rest."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mailgate.config.password_hash import hash_password
from mailgate.config.read import parse
from mailgate.config.settings import Config, DoorTls
from mailgate.errors import FilesRejected

HASH = str(hash_password("geheim", b"s" * 16))
DESK = """
[site]
domain = "example.com"
[out]
paused = true
[queues.support]
addresses = ["support@example.com"]
team = "all"
[teams]
all = ["nina"]
[agents.nina]
email = "nina@example.com"
"""


def read(directory: Path, door: str = "", agent: str = "", environ: Mapping[str, str] | None = None) -> Config:
    text = f'{DESK}{agent}\n[[in]]\nname = "front"\ntype = "smtp"\n{door}\n'
    return parse(text, directory / "config.toml", environ or {})


def said(error: FilesRejected) -> list[tuple[str, str]]:
    return [(each.message, each.mend) for each in error.problems if each.severity == "error"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name, content in (("cert.pem", "x"), ("key.pem", "x"), ("nina.scrypt", f"{HASH}\n")):
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o600)
    return tmp_path


@pytest.mark.parametrize("key", ['"key.pem"', '{ file = "key.pem" }', '{ credential = "key.pem" }'])
def test_the_key_may_be_a_path_a_file_or_a_credential(directory: Path, key: str) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(directory)}
    config = read(directory, f'tls_cert = "cert.pem"\ntls_key = {key}', environ=environ)
    assert config.doors[0].tls == DoorTls(directory / "cert.pem", directory / "key.pem")
    assert config.warnings == ()


def test_without_a_certificate_there_is_no_tls(directory: Path) -> None:
    assert read(directory).doors[0].tls is None


@pytest.mark.parametrize(("one", "other"), [("tls_cert", "tls_key"), ("tls_key", "tls_cert")])
def test_one_file_alone_is_a_mistake(directory: Path, one: str, other: str) -> None:
    with pytest.raises(FilesRejected) as caught:
        read(directory, f'{one} = "cert.pem"')
    assert said(caught.value) == [(f"there is {one} but no {other}", f'add {other} = "/path"')]


@pytest.mark.parametrize(
    "key", ["1", "true", "[]", "{}", '{ env = "KEY" }', '{ credential = "../key" }', '{ file = "a", credential = "b" }']
)
def test_what_names_no_file_is_a_mistake(directory: Path, key: str) -> None:
    with pytest.raises(FilesRejected) as caught:
        read(directory, f'tls_cert = "cert.pem"\ntls_key = {key}')
    ((message, mend),) = said(caught.value)
    assert "names no key file" in message
    assert "{ credential" in mend


def test_a_credential_that_systemd_did_not_give_is_named(directory: Path) -> None:
    with pytest.raises(FilesRejected) as caught:
        read(directory, 'tls_cert = "cert.pem"\ntls_key = { credential = "tls-key" }')
    ((message, mend),) = said(caught.value)
    assert message == 'there is no credential "tls-key": systemd gave none'
    assert "LoadCredential=tls-key:/path" in mend


def test_offline_nothing_is_asked_of_this_machine(directory: Path) -> None:
    door = 'tls_cert = "/nowhere/cert.pem"\ntls_key = { credential = "tls-key" }'
    agent = 'password_hash = { file = "/nowhere/hash" }'
    text = f'{DESK}{agent}\n[[in]]\nname = "front"\ntype = "smtp"\n{door}\n'
    config = parse(text, directory / "config.toml", {}, offline=True)
    assert config.doors[0].tls is not None
    assert config.warnings == ()


@pytest.mark.parametrize("missing", ["cert.pem", "key.pem"])
def test_a_file_that_is_not_there_is_a_warning(directory: Path, missing: str) -> None:
    (directory / missing).unlink()
    (warning,) = read(directory, 'tls_cert = "cert.pem"\ntls_key = "key.pem"').warnings
    assert warning.message == f"cannot read {directory / missing}: No such file or directory; the door will not open"


def test_a_password_hash_is_read_and_shows_nowhere(directory: Path) -> None:
    tls = 'tls_cert = "cert.pem"\ntls_key = "key.pem"'
    config = read(directory, tls, 'password_hash = { file = "nina.scrypt" }')
    assert config.password_hashes["nina"].text == HASH
    assert config.warnings == ()
    assert HASH not in repr(config)


def test_what_is_no_hash_is_a_mistake_that_does_not_show_it(directory: Path) -> None:
    (directory / "nina.scrypt").write_text("geheim")
    with pytest.raises(FilesRejected) as caught:
        read(directory, agent='password_hash = { file = "nina.scrypt" }')
    ((message, mend),) = said(caught.value)
    assert "not a password hash" in message
    assert mend == "make it with `mailgate password`"
    assert "geheim" not in message


def test_no_door_may_bear_the_name_of_mail_that_is_piped_in(directory: Path) -> None:
    text = f'{DESK}\n[[in]]\nname = "pipe"\ntype = "smtp"\n'
    with pytest.raises(FilesRejected) as caught:
        parse(text, directory / "config.toml", {})
    assert said(caught.value) == [
        ('"pipe" is the name of mail that comes by `mailgate deliver`', "give each door a name of its own")
    ]


def test_a_password_that_nobody_can_use_is_warned_of(directory: Path) -> None:
    (warning,) = read(directory, agent='password_hash = { file = "nina.scrypt" }').warnings
    assert warning.message == "nobody can log in: no door of type smtp has TLS"
    assert "tls_cert" in warning.mend
