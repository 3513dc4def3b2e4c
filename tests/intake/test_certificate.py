"""A certificate is read again when its files change; a broken one never replaces a good one."""

import logging
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from mailgate.errors import CannotStart
from mailgate.intake.certificate import Certificate
from tests.support.tls import authority


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    authority(tmp_path)
    return tmp_path / "server.pem", tmp_path / "server.key"


@pytest.fixture
def renewed(tmp_path: Path) -> tuple[Path, Path]:
    directory = tmp_path / "renewed"
    directory.mkdir()
    authority(directory)
    return directory / "server.pem", directory / "server.key"


def test_unchanged_files_are_read_once(files: tuple[Path, Path]) -> None:
    certificate = Certificate("front", *files)
    assert certificate.context() is certificate.context()


def test_nothing_older_than_tls_1_2_is_spoken(files: tuple[Path, Path]) -> None:
    assert Certificate("front", *files).context().minimum_version == ssl.TLSVersion.TLSv1_2


def test_new_files_are_taken(files: tuple[Path, Path], renewed: tuple[Path, Path]) -> None:
    certificate = Certificate("front", *files)
    old = certificate.context()
    for new, path in zip(renewed, files, strict=True):
        new.replace(path)
    assert certificate.context() is not old


def test_a_renewal_that_is_half_way_keeps_the_old_pair_and_is_told_once(
    files: tuple[Path, Path], renewed: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    certificate = Certificate("front", *files)
    old = certificate.context()
    shutil.copy(renewed[0], files[0])
    assert certificate.context() is old
    assert certificate.context() is old
    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "do not make a pair (key values mismatch)" in told.getMessage()
    assert "tls_cert is the PEM file" in told.getMessage()
    shutil.copy(renewed[1], files[1])
    assert certificate.context() is not old


def test_a_file_that_vanishes_keeps_the_old_pair(files: tuple[Path, Path], caplog: pytest.LogCaptureFixture) -> None:
    certificate = Certificate("front", *files)
    old = certificate.context()
    files[1].unlink()
    assert certificate.context() is old
    assert f"cannot read {files[1]}: No such file" in caplog.text


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot read"), (b"", "do not make a pair"), (b"\0garbage", "do not make a pair")]
)
@pytest.mark.parametrize("which", [0, 1])
def test_a_door_does_not_start_with_what_it_cannot_use(
    files: tuple[Path, Path], which: int, content: bytes | None, said: str
) -> None:
    files[which].unlink() if content is None else files[which].write_bytes(content)
    with pytest.raises(CannotStart, match=said) as caught:
        Certificate("front", *files)
    assert caught.value.code == 78
    assert str(files[which]) in str(caught.value)


def test_a_locked_key_is_named_and_nobody_is_asked_for_its_password(files: tuple[Path, Path]) -> None:
    locked = files[1].with_name("locked.key")
    subprocess.run(
        ("openssl", "pkey", "-in", files[1], "-aes256", "-passout", "pass:x", "-out", locked),
        check=True,
        capture_output=True,
    )
    with pytest.raises(CannotStart, match="openssl pkey -in KEY -out NEW"):
        Certificate("front", files[0], locked)
